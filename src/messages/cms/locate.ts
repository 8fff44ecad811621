/** Finds a CMS structure in what was stored: DER, PEM, base64, S/MIME (RFC 8551) with the content beside it. */
import { findPem } from '../../x509/index.ts';
import { header, type StoredMessage } from '../stored-message.ts';

const MAXIMUM_TEXT = 64 * 2 ** 20;
/** PEM labels of messages (RFC 7468 sections 8, 9). */
const LABEL = /^(?:CMS|PKCS7|PKCS #7 SIGNED DATA|SET MESSAGE)$/;

/** DER of a message stored as it is, as PEM or as base64 text; undefined when it is none of these. */
export function derOf(bytes: Buffer): Buffer | undefined {
  if (bytes[0] === 0x30) return bytes;
  if (bytes.length > MAXIMUM_TEXT || bytes.length < 40) return undefined;
  const head = bytes.toString('latin1', 0, 4096);
  if (head.includes('-----BEGIN ')) {
    const block = findPem(bytes.toString('latin1')).find((b) => LABEL.test(b.label));
    return block?.der;
  }
  // A SEQUENCE in base64 starts with M; anything but base64 in the first lines rules it out.
  if (!/^\s*M[A-Za-z0-9+/]{3}[A-Za-z0-9+/\s]*={0,2}\s*$/.test(head)) return undefined;
  const bare = bytes.toString('latin1').replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]{40,}={0,2}$/.test(bare) ? Buffer.from(bare, 'base64') : undefined;
}

export interface LocatedCms {
  der: Buffer;
  /** Content that was signed apart, as prescribed, and in other forms that are right too. */
  detached?: Buffer[];
}

const crlf = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');

/** The parts of multipart/signed (RFC 1847 section 2.1): content as it stands, and the signature. */
function multipart(message: StoredMessage): LocatedCms | undefined {
  const type = header(message, 'content-type');
  if (!type || !/^\s*multipart\/signed\b/i.test(type)) return undefined;
  const boundary = /\bboundary\s{0,4}=\s{0,4}(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type);
  const mark = boundary?.[1] ?? boundary?.[2];
  if (!mark) return undefined;
  const { body } = message;
  const marks: { start: number; end: number }[] = [];
  const delimiter = Buffer.from(`--${mark}`, 'latin1');
  for (let at = body.indexOf(delimiter); at >= 0 && marks.length < 4; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body[at - 1] !== 0x0a) continue;
    const line = body.indexOf(0x0a, at);
    marks.push({ start: at, end: line < 0 ? body.length : line + 1 });
  }
  const [first, second, third] = marks;
  if (!first || !second) return undefined;
  // The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1).
  let stop = second.start - 1;
  if (body[stop - 1] === 0x0d) stop--;
  const content = body.subarray(first.end, Math.max(first.end, stop));
  const signature = body.subarray(second.end, third ? third.start : body.length);
  const blank = /\r?\n\r?\n/.exec(signature.toString('latin1'));
  const der = blank ? derOf(signature.subarray(blank.index + blank[0].length)) : undefined;
  return der ? { der, detached: [crlf(content), content] } : undefined;
}

/** The CMS structure of a message; undefined when there is none. */
export function locateCms(message: StoredMessage): LocatedCms | undefined {
  const apart = multipart(message);
  if (apart) return apart;
  const der = derOf(message.body);
  if (!der) return undefined;
  const others = (message.parts ?? []).filter(
    (p) => p.file !== message.file && !/-----BEGIN [A-Z0-9 ]{3,40}-----/.test(p.content.toString('latin1', 0, 2000)),
  );
  return { der, ...(others.length > 0 ? { detached: others.map((p) => p.content) } : {}) };
}
