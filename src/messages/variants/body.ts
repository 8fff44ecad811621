/** Spellings of a body: what parsers, editors, proxies and frameworks make of the bytes that were signed. */
import type { Reason } from '../reasons.ts';
import type { Candidate } from '../scheme.ts';
import { charsetVariants } from './charset.ts';
import { jsonSpellings } from './json.ts';
import { inPlaceSpellings } from './json-in-place.ts';

const BOM = Buffer.of(0xef, 0xbb, 0xbf);
const LF = Buffer.from('\n');
const CRLF = Buffer.from('\r\n');

/** Edges and line ends: what editors and transports do. */
function* plain(body: Buffer): Iterable<Candidate> {
  const give = (bytes: Buffer, reason: Reason, says: string): Candidate[] =>
    bytes.equals(body) ? [] : [{ bytes, reason, says }];
  const hasBom = body.subarray(0, 3).equals(BOM);
  if (hasBom) yield* give(body.subarray(3), 'byte-order-mark', 'without the byte order mark');
  else yield* give(Buffer.concat([BOM, body]), 'byte-order-mark', 'with a byte order mark');
  let end = body.length;
  while (end > 0 && (body[end - 1] === 0x0a || body[end - 1] === 0x0d)) end--;
  if (end < body.length) {
    yield* give(body.subarray(0, end), 'trailing-line-end', 'without the line end after it');
    yield* give(Buffer.concat([body.subarray(0, end), LF]), 'trailing-line-end', 'with one line end after it');
  }
  yield* give(Buffer.concat([body, LF]), 'trailing-line-end', 'with a line end (LF) after it');
  yield* give(Buffer.concat([body, CRLF]), 'trailing-line-end', 'with a line end (CRLF) after it');
  const text = body.toString('latin1');
  const latin = (t: string): Buffer => Buffer.from(t, 'latin1');
  if (text.includes('\r\n')) {
    const lf = text.replaceAll('\r\n', '\n');
    yield* give(latin(lf), 'line-ends', 'with LF line ends');
    yield* give(latin(lf.replace(/\n+$/, '')), 'line-ends', 'with LF line ends and none after it');
  }
  if (text.includes('\n')) {
    const lf = text.replaceAll('\r\n', '\n');
    yield* give(latin(lf.replaceAll('\n', '\r\n')), 'line-ends', 'with CRLF line ends');
    yield* give(latin(`${lf.replaceAll('\n', '\r\n')}\r\n`), 'line-ends', 'with CRLF line ends and one after it');
    yield* give(latin(lf.replaceAll('\n', '')), 'line-ends', 'without line ends');
    yield* give(latin(lf.replaceAll('\n', '\r')), 'line-ends', 'with CR line ends');
  }
  yield* give(latin(text.trim()), 'white-space', 'without the spaces around it');
  yield* give(latin(`${text} `), 'white-space', 'with a space after it');
  yield* give(latin(` ${text}`), 'white-space', 'with a space before it');
  if (text.includes('\t')) {
    yield* give(latin(text.replaceAll('\t', '    ')), 'white-space', 'with four spaces for each tab');
    yield* give(latin(text.replaceAll('\t', '  ')), 'white-space', 'with two spaces for each tab');
  }
}

/** Url encoding and the escapes of transports. */
function* encodings(body: Buffer): Iterable<Candidate> {
  const text = body.toString('utf8');
  const give = (t: string, says: string): Candidate[] =>
    t === text ? [] : [{ bytes: Buffer.from(t), reason: 'url-encoding', says }];
  if (/%[0-9a-fA-F]{2}/.test(text)) {
    yield* give(decodeUrl(text), 'url-decoded');
    yield* give(decodeUrl(text.replaceAll('+', ' ')), 'url-decoded, + as a space');
    yield* give(
      text.replace(/%[0-9a-fA-F]{2}/g, (h) => h.toUpperCase()),
      'with upper-case escapes',
    );
    yield* give(
      text.replace(/%[0-9a-fA-F]{2}/g, (h) => h.toLowerCase()),
      'with lower-case escapes',
    );
    yield* give(text.replaceAll('%20', '+'), 'with + for spaces');
  }
  if (text.includes('+')) {
    yield* give(text.replaceAll('+', '%20'), 'with %20 for +');
    yield* give(text.replaceAll('+', ' '), 'with spaces for +');
    yield* give(text.replaceAll('+', '%2B'), 'with %2B for +');
  }
  if (text.includes(' ')) yield* give(text.replaceAll(' ', '+'), 'with + for spaces');
  if (text.length < 65_536) yield* give(encodeURIComponent(wellFormed(text)), 'url-encoded');
  if (/&(?:amp|lt|gt|quot|#39|#x27);/.test(text))
    yield* give(
      text
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replace(/&#(?:39|x27);/g, "'")
        .replaceAll('&amp;', '&'),
      'with HTML entities decoded',
    );
  if (text.includes('\\"') || text.includes('\\/'))
    yield* give(text.replaceAll('\\"', '"').replaceAll('\\/', '/'), 'with backslash escapes removed');
}

/** Decodes what can be decoded and leaves the rest. */
export function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => {
      try {
        return decodeURIComponent(run);
      } catch {
        return run;
      }
    });
  }
}

/** Lone surrogates would make `encodeURIComponent` throw. */
const wellFormed = (text: string): string =>
  text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');

/** The mistakes of handlers that sign an object where its bytes belong. */
function* objects(body: Buffer): Iterable<Candidate> {
  const give = (bytes: Buffer | string, says: string): Candidate => ({
    bytes: Buffer.from(bytes as string),
    reason: 'json-rewritten',
    says,
  });
  if (body.length > 0) yield { bytes: Buffer.alloc(0), reason: 'string-to-sign', says: 'left out' };
  yield give('[object Object]', 'as "[object Object]", an object turned into text');
  yield give('{}', 'as the empty object {}');
  const text = body.toString('utf8');
  if (text.length < 262_144) {
    yield give(JSON.stringify(text), 'quoted as one JSON string');
    yield give(body.toString('base64'), 'in base64');
    yield give(body.toString('hex'), 'in hex');
  }
}

/**
 * Every other spelling of a body, likely ones first; each with its reason. Two changes at once are tried where they come
 * together in life: JSON written again and a line end after it, another charset and JSON written again.
 */
export function* bodyVariants(body: Buffer): Iterable<Candidate> {
  yield* plain(body);
  for (const v of charsetVariants(body)) yield { bytes: v.bytes, reason: 'charset', says: v.says };
  const text = body.toString('utf8');
  if (/^\s*(?:\ufeff)?\s*[{[]/.test(text.slice(0, 64)) && text.length <= 2 ** 20) {
    for (const { text: written, says } of inPlaceSpellings(text))
      yield { bytes: Buffer.from(written), reason: 'json-rewritten', says: `as JSON ${says}` };
    for (const { text: written, says } of jsonSpellings(text)) {
      const bytes = Buffer.from(written);
      const what = `as JSON written again ${says}`;
      yield { bytes, reason: 'json-rewritten', says: what };
      yield { bytes: Buffer.concat([bytes, LF]), reason: 'json-rewritten', says: `${what}, with a line end after it` };
      if (text.length < 16_384)
        for (const v of charsetVariants(bytes)) yield { bytes: v.bytes, reason: 'charset', says: `${what}, ${v.says}` };
    }
  }
  yield* encodings(body);
  yield* objects(body);
}
