/** The other handshake messages that stand in clear text up to TLS 1.2, or come out of decryption in TLS 1.3. */
import { ByteReader } from './byte-reader.ts';

export const HANDSHAKE = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  helloRetryRequest: 6,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  certificateStatus: 22,
  keyUpdate: 24,
  compressedCertificate: 25,
} as const;

const MAX_CERTIFICATES = 32;
const MAX_AUTHORITIES = 512;

/** Where the DER certificates of a Certificate message lie (RFC 5246 section 7.4.2; RFC 8446 section 4.4.2). */
export function certificateRanges(
  bytes: Buffer,
  start: number,
  end: number,
  tls13: boolean,
): { start: number; end: number }[] {
  const reader = new ByteReader(bytes, start, end);
  if (tls13) reader.skip(reader.u8());
  const list = reader.part(Math.min(reader.u24(), reader.left));
  const ranges: { start: number; end: number }[] = [];
  while (list.left >= 3 && ranges.length < MAX_CERTIFICATES) {
    const length = list.u24();
    if (length > list.left) break;
    ranges.push({ start: list.at, end: list.at + length });
    list.skip(length);
    if (tls13 && list.left >= 2) list.skip(list.u16());
  }
  return ranges;
}

export interface CertificateRequestInfo {
  certificateTypes: number[];
  signatureAlgorithms: number[];
  /** DER distinguished names, base64. */
  authorities: string[];
}

/** CertificateRequest; `version` decides whether signature algorithms are present (RFC 5246 7.4.4, RFC 8446 4.3.2). */
export function parseCertificateRequest(
  bytes: Buffer,
  start: number,
  end: number,
  version: number,
  tls13: boolean,
): CertificateRequestInfo {
  const reader = new ByteReader(bytes, start, end);
  const request: CertificateRequestInfo = { certificateTypes: [], signatureAlgorithms: [], authorities: [] };
  if (tls13) {
    reader.skip(reader.u8());
    const extensions = reader.part(Math.min(reader.u16(), reader.left));
    while (extensions.left >= 4) {
      const type = extensions.u16();
      const body = extensions.part(Math.min(extensions.u16(), extensions.left));
      if (type === 13) request.signatureAlgorithms = body.part(Math.min(body.u16(), body.left)).u16s();
      else if (type === 47) request.authorities = readNames(body);
    }
    return request;
  }
  request.certificateTypes = [...reader.slice(Math.min(reader.u8(), reader.left))];
  if (version >= 0x0303 && version < 0x0400)
    request.signatureAlgorithms = reader.part(Math.min(reader.u16(), reader.left)).u16s();
  request.authorities = readNames(reader);
  return request;
}

function readNames(reader: ByteReader): string[] {
  const list = reader.part(Math.min(reader.u16(), reader.left));
  const names: string[] = [];
  while (list.left >= 2 && names.length < MAX_AUTHORITIES) {
    const name = list.slice(list.u16());
    if (list.overrun) break;
    names.push(name.toString('base64'));
  }
  return names;
}

/** Named group of an ECDHE ServerKeyExchange (RFC 8422 section 5.4), or undefined. */
export function serverKeyExchangeGroup(bytes: Buffer, start: number, end: number): number | undefined {
  return end - start >= 4 && bytes[start] === 3 ? (bytes[start + 1]! << 8) | bytes[start + 2]! : undefined;
}

/** ALPN of EncryptedExtensions (RFC 8446 section 4.3.1), or undefined. */
export function encryptedExtensionsAlpn(bytes: Buffer, start: number, end: number): string | undefined {
  const reader = new ByteReader(bytes, start, end);
  const extensions = reader.part(Math.min(reader.u16(), reader.left));
  while (extensions.left >= 4) {
    const type = extensions.u16();
    const body = extensions.part(Math.min(extensions.u16(), extensions.left));
    if (type !== 16 || body.left < 3) continue;
    body.skip(2);
    return body.slice(Math.min(body.u8(), body.left)).toString('latin1');
  }
  return undefined;
}

/** Does the server take the early data (RFC 8446 section 4.2.10: an empty extension in EncryptedExtensions)? */
export function acceptsEarlyData(bytes: Buffer, start: number, end: number): boolean {
  const reader = new ByteReader(bytes, start, end);
  const extensions = reader.part(Math.min(reader.u16(), reader.left));
  while (extensions.left >= 4) {
    if (extensions.u16() === 42) return true;
    extensions.skip(extensions.u16());
  }
  return false;
}
