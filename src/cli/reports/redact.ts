/** A copy of a bundle that can be shared: card numbers and secrets masked line by line, private keys removed, binaries left out. */
import { createHash, X509Certificate } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createGunzip } from 'node:zlib';
import { maskText } from '../../report/mask.ts';
import { maskCardNumbers } from '../../report/mask-cards.ts';

const HEAD = 64 * 1024;
/** A longer line is masked in pieces of this size. */
const MAX_LINE = 1024 * 1024;
const MAX_FILES = 100_000;
const MAX_DEPTH = 64;
const MAX_UNPACKED = 4 * 2 ** 30;
/** First words of pcap (both byte orders, µs and ns) and pcapng. */
const CAPTURES = new Set([0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a]);

export interface RedactedFile {
  path: string;
  lines: number;
  masked: number;
  sha256Before: string;
  sha256After: string;
}

export interface RedactionResult {
  files: RedactedFile[];
  leftOut: { path: string; why: string }[];
}

/** The lines of a file one by one, each without its line end, bytes as Latin-1 so that nothing is lost. */
async function* linesOf(
  path: string,
  hash: { update(data: Buffer): unknown },
  packed: boolean,
): AsyncGenerator<string> {
  let rest = '';
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  source.on('data', (chunk) => hash.update(chunk as Buffer));
  let bytes = 0;
  for await (const chunk of packed ? source.pipe(createGunzip()) : source) {
    if (packed && bytes === 0 && (chunk as Buffer).includes(0))
      throw Object.assign(new Error(), { code: 'what is packed in it is no text; unpack it first' });
    bytes += (chunk as Buffer).length;
    if (packed && bytes > MAX_UNPACKED) throw Object.assign(new Error(), { code: 'more than 4 GiB unpacked' });
    const parts = (rest + (chunk as Buffer).toString('latin1')).split('\n');
    rest = parts.pop()!;
    yield* parts;
    while (rest.length > MAX_LINE) {
      // A break inside digits or a token would hide it from the mask.
      const end = rest.slice(0, MAX_LINE).search(/[\s,;&"'{}][^\s,;&"'{}]*$/) + 1 || MAX_LINE;
      yield `${rest.slice(0, end)}\u0000`;
      rest = rest.slice(end);
    }
  }
  if (rest) yield `${rest}\u0000`;
}

/** Latin-1 carried bytes to text and back when they are UTF-8, so that full-width digits are seen. */
function maskLine(line: string): string {
  const bytes = Buffer.from(line, 'latin1');
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? Buffer.from(maskText(text)).toString('latin1') : maskText(line);
}

/** What a file is by its first bytes: text, gzip (RFC 1952 section 2.3.1), a capture, a certificate in DER, or some binary. */
function kindOf(path: string): 'text' | 'gzip' | 'capture' | 'certificate' | 'binary' {
  const head = Buffer.alloc(HEAD);
  const handle = openSync(path, 'r');
  const length = readSync(handle, head, 0, HEAD, 0);
  closeSync(handle);
  const seen = head.subarray(0, length);
  if (seen[0] === 0x1f && seen[1] === 0x8b) return 'gzip';
  if (length >= 4 && CAPTURES.has(seen.readUInt32BE(0))) return 'capture';
  if (!seen.includes(0)) return 'text';
  if (statSync(path).size > HEAD) return 'binary';
  try {
    // A certificate is public; whatever else is DER may be a key.
    return new X509Certificate(readFileSync(path)).raw.length === statSync(path).size ? 'certificate' : 'binary';
  } catch {
    return 'binary';
  }
}

async function redactFile(from: string, to: string, path: string, packed = false): Promise<RedactedFile> {
  const [before, after] = [createHash('sha256'), createHash('sha256')];
  mkdirSync(dirname(to), { recursive: true });
  const handle = openSync(to, 'wx', 0o600);
  const result = { path, lines: 0, masked: 0 };
  let insideKey = false;
  try {
    for await (const raw of linesOf(from, before, packed)) {
      const joined = raw.endsWith('\u0000');
      const line = joined ? raw.slice(0, -1) : raw;
      result.lines++;
      let shown: string | undefined;
      if (insideKey) {
        const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/.exec(line);
        if (end) {
          insideKey = false;
          shown = maskLine(line.slice(end.index + end[0].length));
        }
      } else {
        shown = maskLine(line);
        insideKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?![\s\S]*-----END )/.test(line);
      }
      if (shown !== line) result.masked++;
      if (shown === undefined) continue;
      const out = Buffer.from(joined ? shown : `${shown}\n`, 'latin1');
      after.update(out);
      writeSync(handle, out);
    }
  } catch (error) {
    // Half a file is no copy: it is listed as left out.
    rmSync(to, { force: true });
    throw error;
  } finally {
    closeSync(handle);
  }
  return { ...result, sha256Before: before.digest('hex'), sha256After: after.digest('hex') };
}

/** A public file as it is. */
function copy(from: string, to: string, path: string): RedactedFile {
  const data = readFileSync(from);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, data, { flag: 'wx', mode: 0o600 });
  const sha256 = createHash('sha256').update(data).digest('hex');
  return { path, lines: 0, masked: 0, sha256Before: sha256, sha256After: sha256 };
}

/** Copies `bundle` to the new folder `out`. What cannot be masked is left out and listed. */
export async function redactBundle(bundle: string, out: string): Promise<RedactionResult> {
  const result: RedactionResult = { files: [], leftOut: [] };
  mkdirSync(out);
  const leaveOut = (path: string, why: string): void => {
    // The name itself can hold a card number.
    result.leftOut.push({ path: maskCardNumbers(path), why });
  };
  const unreadable = (error: unknown): string =>
    `cannot be read or written (${(error as NodeJS.ErrnoException).code ?? 'error'})`;
  const walk = async (folder: string, depth: number): Promise<void> => {
    let names: string[];
    try {
      names = readdirSync(folder).sort();
    } catch (error) {
      leaveOut(relative(bundle, folder), unreadable(error));
      return;
    }
    for (const name of names) {
      const full = join(folder, name);
      const path = relative(bundle, full);
      let info: Stats;
      try {
        info = lstatSync(full);
      } catch (error) {
        // Gone since, or of a name that is no text.
        leaveOut(path, unreadable(error));
        continue;
      }
      if (info.isDirectory() && depth < MAX_DEPTH) await walk(full, depth + 1);
      else if (info.isDirectory()) leaveOut(path, `deeper than ${MAX_DEPTH} folders`);
      else if (!info.isFile()) leaveOut(path, info.isSymbolicLink() ? 'a link' : 'not a plain file');
      else if (result.files.length >= MAX_FILES) leaveOut(path, `more than ${MAX_FILES} files`);
      else {
        try {
          const safeName = maskCardNumbers(path);
          const kind = kindOf(full);
          if (kind === 'text') result.files.push(await redactFile(full, join(out, safeName), safeName));
          else if (kind === 'gzip') {
            const plain = safeName.replace(/\.gz$/i, '');
            result.files.push(await redactFile(full, join(out, plain), plain, true));
          } else if (kind === 'certificate') result.files.push(copy(full, join(out, safeName), safeName));
          else if (kind === 'capture') leaveOut(path, 'a capture: paymedic pcap slice writes one without payload');
          else
            leaveOut(
              path,
              'binary or packed otherwise than gzip: unpack it first, or share it on its own after looking into it',
            );
        } catch (error) {
          leaveOut(path, unreadable(error));
        }
      }
    }
  };
  await walk(bundle, 0);
  writeFileSync(join(out, 'redaction.json'), `${JSON.stringify({ schemaVersion: 1, ...result }, null, 2)}\n`, {
    mode: 0o600,
  });
  return result;
}
