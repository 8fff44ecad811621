/** Asks a responder about one certificate (RFC 6960 4.1). */
import { createHash } from 'node:crypto';
import { parsedForm } from './certificate.ts';
import type { Certificate } from './types.ts';

function tlv(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...header), body]);
}

/** AlgorithmIdentifier of SHA-1, the only digest that every responder knows (RFC 5019 2.1.1). */
const SHA1 = Buffer.from('300906052b0e03021a0500', 'hex');

/** DER of a request without nonce and signature, as RFC 5019 asks of clients. */
export function ocspRequest(certificate: Certificate, issuer: Certificate): Buffer {
  const form = parsedForm(issuer);
  const digest = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();
  const id = tlv(
    0x30,
    SHA1,
    tlv(4, digest(form.bytes.subarray(form.subject.start, form.subject.end))),
    tlv(4, digest(form.key.point ?? Buffer.alloc(0))),
    tlv(2, parsedForm(certificate).serial),
  );
  return tlv(0x30, tlv(0x30, tlv(0x30, tlv(0x30, id))));
}
