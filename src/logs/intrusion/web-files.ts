/** Files of a web root that are not what their baseline holds: another copy of the folder, or a list of SHA-256 sums. */
import { createHash } from 'node:crypto';
import { decodedTexts } from './indicators.ts';
import type { HostFile, TamperedProgram } from './types.ts';

const WEB_FILE = /\.(?:m?js|html?|php\d?|phtml|jspx?|aspx?|css|svg|json)$/i;
/** A folder of this name, by itself or as a word of it (`baseline-2026`), holds how it should be; `preferences` does not. */
const BASELINE_FOLDER =
  /(?:^|\/)(?:(?:[\w.-]*[\d_.-])?(?:baseline|golden|known.?good|original|reference)s?(?:[\d_.-][\w.-]*)?|基线|基準)\//i;
const SUM = /^([0-9a-f]{64}) [ *](?:\.\/)?([^/\s].{0,400})$/;
const MOST_LINES = 50_000;

interface Wanted {
  /** Path below its folder. */
  path: string;
  from: string;
  sha256: string;
  text?: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Addresses that stand in the changed file only: where it may send what it takes. */
function addedAddresses(now: string, before: string): string[] {
  const hosts = new Set<string>();
  // Skimmers write where they send to as Base64.
  const hidden = decodedTexts(now).join('\n');
  for (const [address] of `${now}\n${hidden}`.matchAll(
    /(?:https?:|wss?:)?\/\/[a-z0-9.-]{4,100}\.[a-z]{2,24}(?=[/"'?:])/gi,
  ))
    if (!before.includes(address)) hosts.add(address);
  return [...hosts].slice(0, 5);
}

/** @param files text files of the evidence; only those of web roots and lists of sums are judged. */
export function alteredWebFiles(files: readonly HostFile[]): TamperedProgram[] {
  const wanted: Wanted[] = [];
  for (const { file, text } of files) {
    const folder = BASELINE_FOLDER.exec(file);
    if (!folder) continue;
    if (WEB_FILE.test(file) && !text.includes('\ufffd'))
      wanted.push({ path: file.slice(folder.index + folder[0].length), from: file, sha256: sha256(text), text });
    else
      for (const [number, line] of text.split('\n', MOST_LINES).entries()) {
        const sum = SUM.exec(line.replace(/\r$/, ''));
        if (sum && WEB_FILE.test(sum[2]!))
          wanted.push({ path: sum[2]!, from: `${file}:${number + 1}`, sha256: sum[1]! });
      }
  }
  if (wanted.length === 0) return [];
  const byPath = new Map<string, Wanted>();
  // A copy says more than its sum.
  for (const entry of wanted) if (entry.text !== undefined || !byPath.has(entry.path)) byPath.set(entry.path, entry);
  const found: TamperedProgram[] = [];
  for (const { file, text, modified } of files) {
    if (!WEB_FILE.test(file) || BASELINE_FOLDER.test(file) || text.includes('\ufffd')) continue;
    // The longest path below any folder that the baseline knows.
    let rest = file;
    let known = byPath.get(rest);
    while (!known && rest.includes('/')) {
      rest = rest.slice(rest.indexOf('/') + 1);
      known = byPath.get(rest);
    }
    if (!known) continue;
    const hash = sha256(text);
    if (hash === known.sha256) continue;
    const added = known.text === undefined ? [] : addedAddresses(text, known.text);
    found.push({
      path: file,
      why: `it is not what ${known.from} has${added.length > 0 ? `; new in it: ${added.join(', ')}` : ''}`,
      hash,
      expected: known.sha256,
      proof: { file, text: added[0] ?? `sha256 ${hash}`, time: modified ?? Number.NaN },
    });
  }
  return found;
}
