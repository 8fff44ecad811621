/** A mail as its reader sees it: RFC 5322, with the words of its headers (RFC 2047) and its parts (RFC 2045, 2046) decoded. */
import { wordsOfPage } from './markup-text.ts';

/** Parts looked at, and how deep they may lie in one another. */
const MOST_PARTS = 50;
const DEEPEST_PART = 5;
/** Header lines of one part. */
const MOST_HEADER = 65_536;

interface Part {
  headers: Map<string, string>;
  body: string;
}

function decodeBytes(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(charset || 'utf-8').decode(bytes);
  } catch {
    // A character set that this Node does not know: its ASCII is readable in any case.
    return bytes.toString('latin1');
  }
}

/** Bytes of quoted-printable text; `header`: the Q encoding of RFC 2047, in which an underscore is a space. */
function fromQuotedPrintable(text: string, header: boolean): Buffer {
  const joined = header ? text.replace(/_/g, ' ') : text.replace(/=[ \t]{0,40}\r?\n/g, '');
  return Buffer.from(
    Buffer.from(joined, 'utf8')
      .toString('latin1')
      .replace(/=([\dA-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

const WORD = /=\?([\w-]{1,40})(?:\*[\w-]{1,20})?\?([bq])\?([^?\s]{0,4000})\?=/gi;

/** `=?utf-8?Q?Change?=` and the like in a header; white space between two such words is no part of the text. */
const decodeWords = (value: string): string =>
  value
    .replace(/\?=[ \t]{1,40}=\?/g, '?==?')
    .replace(WORD, (_, charset: string, way: string, text: string) =>
      decodeBytes(
        way.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : fromQuotedPrintable(text, true),
        charset.toLowerCase(),
      ),
    );

function partOf(text: string): Part | undefined {
  // A part may have no headers: it begins with the empty line.
  const end = /(?:^|\r?\n)\r?\n/.exec(text.slice(0, MOST_HEADER));
  if (!end) return undefined;
  const headers = new Map<string, string>();
  const unfolded = text.slice(0, end.index).replace(/\r?\n[ \t]+/g, ' ');
  for (const line of unfolded.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: text.slice(end.index + end[0].length) };
}

const parameter = (header: string, name: string): string =>
  new RegExp(`;\\s{0,20}${name}\\s{0,5}=\\s{0,5}(?:"([^"]{1,200})"|([^\\s;"]{1,200}))`, 'i')
    .exec(header)
    ?.slice(1)
    .find((value) => value !== undefined) ?? '';

/** The plain text of a part, of the first part of it that has any, or what its HTML says. */
function wordsOf(part: Part, budget: { parts: number }, depth = 0): string {
  const type = part.headers.get('content-type') ?? 'text/plain';
  if (/^multipart\//i.test(type)) {
    const boundary = parameter(type, 'boundary');
    if (boundary === '' || depth >= DEEPEST_PART) return '';
    // The first piece stands before the first boundary, the last one after the end.
    const inner = `\n${part.body}`
      .split(`\n--${boundary}`)
      .slice(1, MOST_PARTS)
      .filter((piece) => /^[ \t]{0,40}\r?\n/.test(piece))
      .flatMap((piece) => partOf(piece.slice(piece.indexOf('\n') + 1)) ?? []);
    let html = '';
    for (const one of inner) {
      if (budget.parts-- <= 0) break;
      const words = wordsOf(one, budget, depth + 1);
      if (words === '') continue;
      if (!/^text\/html/i.test(one.headers.get('content-type') ?? '')) return words;
      html ||= words;
    }
    return html;
  }
  if (!/^text\/(?:plain|html)/i.test(type)) return '';
  const charset = parameter(type, 'charset').toLowerCase();
  const way = (part.headers.get('content-transfer-encoding') ?? '').toLowerCase();
  const body =
    way === 'base64'
      ? decodeBytes(Buffer.from(part.body, 'base64'), charset)
      : way === 'quoted-printable'
        ? decodeBytes(fromQuotedPrintable(part.body, false), charset)
        : part.body;
  return /^text\/html/i.test(type) ? wordsOfPage(body) : body.replace(/\r\n/g, '\n').trim();
}

/**
 * @param text a file.
 * @returns subject, sender, date and words, or undefined where the text is no stored mail with headers of its own (mails copied as
 * words are readable as they are).
 */
export function wordsOfMail(text: string): string | undefined {
  if (!/^(?:[A-Za-z][\w-]{1,60}:|From \S+@)/.test(text)) return undefined;
  const mail = partOf(text.replace(/^From \S{1,300} [^\n]{1,100}\n/, ''));
  if (!mail?.headers.has('from') || !(mail.headers.has('mime-version') || mail.headers.has('message-id')))
    return undefined;
  const head = ['Subject', 'From', 'To', 'Date'].flatMap((name) => {
    const value = mail.headers.get(name.toLowerCase());
    return value === undefined ? [] : [`${name}: ${decodeWords(value)}`];
  });
  return [...head, '', wordsOf(mail, { parts: MOST_PARTS })].join('\n');
}
