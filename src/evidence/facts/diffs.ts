import type { ChangeFact } from '../small-facts.ts';
import { type FactContext, type FactText, factTime, type NumberedLine } from './context.ts';

/** Lines told of one file of a diff, and characters of each. */
const MOST_PAIRS = 6;
const LONGEST_LINE = 160;
/** Files of one diff that are told. */
const MOST_FILES = 500;

interface FileDiff {
  line: number;
  path: string;
  time: number;
  removed: string[];
  added: string[];
  what?: 'new file' | 'deleted';
}

/** `b/conf/pay.yaml` of git, `conf/pay.yaml (revision 12)` of Subversion. */
const pathOf = (text: string): string =>
  text
    .replace(/^"|"$/g, '')
    .replace(/^[ab]\//, '')
    .replace(/\s+\((?:revision|working copy|nonexistent).{0,40}\)$/, '');

/** The name of a setting: what stands before its value. */
const keyOf = (line: string): string => /^["']?([\w.$-]{1,80})["']?(?=[\s:=(])/.exec(line)?.[1] ?? '';

/** `timeout: 30s -> timeout: 3s`: each removed line beside the added one of the same setting. */
function pairsOf({ removed, added }: FileDiff): string[] {
  const rest = [...added];
  const pairs = removed.map((old) => {
    const key = keyOf(old);
    const at = rest.findIndex((line) => key !== '' && keyOf(line) === key);
    return at === -1 ? `removed ${old}` : `${old} -> ${rest.splice(at, 1)[0]!}`;
  });
  return [...pairs, ...rest.map((line) => `added ${line}`)];
}

function toText(diff: FileDiff, subject: string): string {
  const pairs = pairsOf(diff);
  const more = pairs.length > MOST_PAIRS ? ` and ${pairs.length - MOST_PAIRS} more lines` : '';
  return [
    subject,
    `${diff.path}${diff.what ? ` (${diff.what})` : ''}`,
    diff.what ? '' : `${pairs.slice(0, MOST_PAIRS).join('; ')}${more}`,
  ]
    .filter((part) => part !== '')
    .join(': ');
}

/** Date and subject that a patch of git carries as a mail; a subject runs on over indented lines. */
function headerOf(lines: NumberedLine[], context: FactContext): { time: number; subject: string; team?: string } {
  const end = lines.findIndex(({ text }) => /^(?:diff |--- |Index: )/.test(text));
  const head = lines.slice(0, end === -1 ? 0 : Math.min(end, 200)).map(({ text }) => text);
  const field = (name: string): string | undefined =>
    head
      .find((text) => text.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  const date = field('Date')?.replace(/^\w{3},? /, '') ?? '';
  // git's own form puts the year last: Nov 22 09:05:00 2026 +0100.
  const own = /^(\w{3}) (\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) ([+-]\d{4})$/.exec(date);
  const read = factTime(own ? `${own[2]} ${own[1]} ${own[4]} ${own[3]} ${own[5]}` : date, context);
  const message = head.find((text) => /^ {4}\S/.test(text))?.trim();
  const subject = field('Subject')?.replace(/^\[PATCH[^\]]{0,40}\] */, '') ?? message ?? '';
  const author = (field('From') ?? field('Author'))?.replace(/ *<.*$/, '');
  return { time: read?.time ?? Number.NaN, subject, ...(author ? { team: author } : {}) };
}

/**
 * Unified diffs of configuration and code (POSIX diff -u, git, Subversion) as changes, one a file: what was changed to what, and when
 * where the diff says so, by the stamp behind the new file's name or the date of the patch.
 */
export function readDiff(file: FactText, context: FactContext): ChangeFact[] {
  const header = headerOf(file.lines, context);
  const diffs: FileDiff[] = [];
  let inHunk = 0;
  for (const [index, { line, text }] of file.lines.entries()) {
    const next = file.lines[index + 1]?.text ?? '';
    const last = diffs.at(-1);
    if (inHunk <= 0 && text.startsWith('--- ') && next.startsWith('+++ ')) {
      if (diffs.length >= MOST_FILES) break;
      const [old, now] = [text.slice(4).split('\t'), next.slice(4).split('\t')] as [string[], string[]];
      const gone = now[0]!.trim() === '/dev/null';
      const stamp = factTime(now[1]?.trim() ?? '', context);
      diffs.push({
        line,
        path: pathOf((gone ? old : now)[0]!.trim()),
        // A file that is not there has the beginning of all time.
        time: stamp && stamp.time > 86_400_000 ? stamp.time : header.time,
        removed: [],
        added: [],
        ...(gone ? { what: 'deleted' as const } : old[0]!.trim() === '/dev/null' ? { what: 'new file' as const } : {}),
      });
      continue;
    }
    const hunk = /^@@ -\d{1,9}(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@/.exec(text);
    if (hunk) {
      inHunk = Number(hunk[1] ?? 1) + Number(hunk[2] ?? 1);
      continue;
    }
    if (!last || inHunk <= 0) continue;
    const mark = text[0];
    inHunk -= mark === '-' || mark === '+' ? 1 : mark === '\\' ? 0 : 2;
    const said = text.slice(1).trim().slice(0, LONGEST_LINE);
    if (said === '') continue;
    if (mark === '-') last.removed.push(said);
    if (mark === '+') last.added.push(said);
  }
  return diffs.map((diff) => ({
    file: file.file,
    line: diff.line,
    time: diff.time,
    text: toText(diff, header.subject),
    ...(header.team ? { team: header.team } : {}),
  }));
}
