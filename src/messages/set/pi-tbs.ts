/** What the cardholder signs: PI-TBS = { DigestedData(PIData), DigestedData(OIData) } (SET Book 3). */
import { DerReader, TAG } from '../../x509/der.ts';
import { algorithm, integer, octetString, oid, sequence } from '../../x509/write-der.ts';
import { readDigestedData } from '../cms/read-digested.ts';
import { TEXTBOOK_BINDINGS, WRONG_BINDINGS } from '../two-part/bindings.ts';
import type { Binding, Hash } from '../two-part/types.ts';
import { SET_CONTENT } from './oids.ts';

export const DIGEST_OID: { readonly [hash in Hash]: string } = {
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};

/** DetachedDigest: DigestedData whose content stays elsewhere. */
export function detachedDigest(contentType: string, value: Buffer, hash: Hash): Buffer {
  return sequence(integer(0), algorithm(DIGEST_OID[hash]), sequence(oid(contentType)), octetString(value));
}

export const piTbs = (paymentDigest: Buffer, orderDigest: Buffer, hash: Hash): Buffer =>
  sequence(
    detachedDigest(SET_CONTENT.piData, paymentDigest, hash),
    detachedDigest(SET_CONTENT.oiData, orderDigest, hash),
  );

/** The two digests of a PI-TBS that travels in the message; undefined when it is something else. */
export function readPiTbs(der: Buffer): { payment: Buffer; order: Buffer } | undefined {
  const reader = new DerReader(der);
  const outer = reader.read(0, der.length);
  const [first, second] = outer?.id === TAG.sequence ? reader.children(outer, 3) : [];
  const payment = first && readDigestedData(reader, first, []);
  const order = second && readDigestedData(reader, second, []);
  return payment && order ? { payment: payment.value, order: order.value } : undefined;
}

/** Contents of a short or long DER value without its header. */
const contents = (der: Buffer): Buffer => der.subarray(der[1]! < 0x80 ? 2 : 2 + (der[1]! & 0x7f));

/** Ways in which the two digests become what is signed on the wire. */
export const WIRE_BINDINGS: readonly Binding[] = [
  { says: 'PI-TBS {H(PIData), H(OIData)}', standard: true, data: piTbs },
  {
    says: 'the contents octets of PI-TBS {H(PIData), H(OIData)} (RFC 2315 section 9.3)',
    standard: true,
    data: (first, second, hash) => contents(piTbs(first, second, hash)),
  },
  ...TEXTBOOK_BINDINGS,
  ...WRONG_BINDINGS,
];
