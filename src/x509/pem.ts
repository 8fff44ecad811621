/** Finds PEM blocks (RFC 7468, RFC 1421) in any text: mail, YAML, environment files, logs, `openssl s_client` output. */

export interface PemBlock {
  /** `CERTIFICATE`, `RSA PRIVATE KEY`, ... */
  label: string;
  der: Buffer;
  /** 1-based line of the BEGIN marker. */
  line: number;
  /** Encapsulated headers (`Proc-Type`, `DEK-Info`). */
  headers: string[];
  /** What was odd about it, each one sentence. */
  oddities: string[];
}

/** Blocks in one file that are read; a bundle of all public roots has about 150. */
const MAX_BLOCKS = 100_000;
/** Base64 text of one block (a list of a million revocations is about 50 MB). */
const MAX_BLOCK_TEXT = 128 * 1024 * 1024;

/** Text of a file: byte order marks and UTF-16 are taken away. The text is latin1 or decoded UTF-16. */
export function decodeText(bytes: Buffer): { text: string; encoding: 'utf8' | 'utf16le' | 'utf16be' } {
  const sample = bytes.subarray(0, 512);
  if (sample.length >= 2 && ((sample[0] === 0xff && sample[1] === 0xfe) || zeroShare(sample, 1) > 0.8)) {
    return { text: bytes.toString('utf16le').replace(/^\ufeff/, ''), encoding: 'utf16le' };
  }
  if (sample.length >= 2 && ((sample[0] === 0xfe && sample[1] === 0xff) || zeroShare(sample, 0) > 0.8)) {
    const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
    return {
      text: even
        .swap16()
        .toString('utf16le')
        .replace(/^\ufeff/, ''),
      encoding: 'utf16be',
    };
  }
  return { text: bytes.toString('latin1').replace(/^\u00ef\u00bb\u00bf/, ''), encoding: 'utf8' };
}

/** Share of zero bytes at even (0) or odd (1) positions, for UTF-16 without a mark. */
function zeroShare(sample: Buffer, parity: number): number {
  if (sample.length < 16) return 0;
  let zeros = 0;
  for (let i = parity; i < sample.length; i += 2) if (sample[i] === 0) zeros++;
  let others = 0;
  for (let i = 1 - parity; i < sample.length; i += 2) if (sample[i] === 0) others++;
  return others > 0 ? 0 : zeros / (sample.length / 2);
}

/** All PEM blocks of a text, in order. Never throws; damaged blocks are returned with what could be decoded. */
export function findPem(text: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let line = 1;
  let counted = 0;
  let at = 0;
  // The next END marker, kept while it lies ahead: many BEGINs before one END must not be searched for again and again.
  let knownEnd = -2;
  while (blocks.length < MAX_BLOCKS) {
    const begin = text.indexOf('-----BEGIN ', at);
    if (begin < 0) break;
    const labelEnd = text.indexOf('-----', begin + 11);
    if (labelEnd < 0) break;
    const label = text.slice(begin + 11, labelEnd);
    if (!/^[A-Z0-9][A-Z0-9 _.-]{0,63}$/.test(label)) {
      at = begin + 11;
      continue;
    }
    for (; counted < begin; counted++) if (text.charCodeAt(counted) === 10) line++;
    const bodyStart = labelEnd + 5;
    const oddities: string[] = [];
    if (knownEnd !== -1 && knownEnd < bodyStart) knownEnd = text.indexOf('-----END ', bodyStart);
    const end = knownEnd;
    const nextBegin = text.indexOf('-----BEGIN ', bodyStart);
    let bodyEnd = end;
    if (end < 0 || (nextBegin >= 0 && nextBegin < end)) {
      bodyEnd = nextBegin >= 0 ? nextBegin : text.length;
      oddities.push('the block has no END line');
    } else if (!text.startsWith(label, end + 9)) oddities.push('the END line names another label than the BEGIN line');
    const body = text.slice(bodyStart, Math.min(bodyEnd, bodyStart + MAX_BLOCK_TEXT));
    const { base64, headers } = bodyOf(body, oddities);
    blocks.push({ label, der: Buffer.from(base64, 'base64'), line, headers, oddities });
    at = end >= 0 && bodyEnd === end ? end + 9 : bodyEnd;
  }
  return blocks;
}

const plainBody = /^[A-Za-z0-9+/=\r\n]*$/;

/** Base64 of a block body with headers, indents, quotes, escaped line ends and quoting marks taken away. */
function bodyOf(body: string, oddities: string[]): { base64: string; headers: string[] } {
  if (plainBody.test(body)) return { base64: body, headers: [] };
  const headers: string[] = [];
  let text = body;
  if (text.includes('\\')) {
    text = text.replace(/\\+[rn]/g, '\n');
    oddities.push('line ends are written as \\n');
  }
  let base64 = '';
  const lines = text.split(/\r\n|\n|\r/);
  const marked = lines.filter((l) => l.trim() !== '');
  const diffMark =
    marked.length > 2 && marked.slice(0, -1).every((l) => l.startsWith('+') || l.startsWith('>')) ? 1 : 0;
  let continuesHeader = false;
  for (const raw of lines) {
    const folded = continuesHeader && /^[ \t]/.test(raw) && raw.includes(',');
    if (folded || /^\s{0,64}[A-Za-z][A-Za-z0-9-]{1,40}:\s/.test(raw)) {
      headers.push(raw.trim().slice(0, 200));
      continuesHeader = true;
      continue;
    }
    continuesHeader = false;
    base64 += raw.slice(diffMark).replace(/[^A-Za-z0-9+/=]/g, '');
  }
  return { base64, headers };
}

/** `-----BEGIN` in base64, at the alignment that wrapping a whole file gives. */
const WRAPPED_MARK = 'LS0tLS1CRUdJTi';
const MAX_WRAPPED = 10_000;

const isBase64 = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 47 && code <= 57) || code === 43;

/** PEM texts that are themselves base64 (Kubernetes Secret, kubeconfig): decoded, with their line. */
export function findWrappedPem(text: string): { text: string; line: number }[] {
  const found: { text: string; line: number }[] = [];
  let line = 1;
  let counted = 0;
  for (let at = text.indexOf(WRAPPED_MARK); at >= 0 && found.length < MAX_WRAPPED; ) {
    for (; counted < at; counted++) if (text.charCodeAt(counted) === 10) line++;
    const { parts, end } = wrappedRun(text, at);
    found.push({ text: Buffer.from(parts.join(''), 'base64').toString('latin1'), line });
    at = text.indexOf(WRAPPED_MARK, end);
  }
  return found;
}

/** The base64 from `start` on; a YAML block scalar folds it over several indented lines of at least 40 characters. */
function wrappedRun(text: string, start: number): { parts: string[]; end: number } {
  const parts: string[] = [];
  let at = start;
  for (;;) {
    const from = at;
    while (at < text.length && isBase64(text.charCodeAt(at))) at++;
    parts.push(text.slice(from, at));
    if (at - from < 40 || text.charCodeAt(at) === 61) return { parts, end: at };
    let next = at;
    if (text.charCodeAt(next) === 13) next++;
    if (text.charCodeAt(next) !== 10) return { parts, end: at };
    next++;
    const indent = next;
    while (next < text.length && next - indent < 64 && (text.charCodeAt(next) === 32 || text.charCodeAt(next) === 9))
      next++;
    // The next line must be base64 as a whole, else it is another key of the document.
    let stop = next;
    while (stop < text.length && isBase64(text.charCodeAt(stop))) stop++;
    let rest = stop;
    while (text.charCodeAt(rest) === 61) rest++;
    const ending = text.charCodeAt(rest);
    if (stop === next || !(rest >= text.length || ending === 10 || ending === 13)) return { parts, end: at };
    at = next;
  }
}
