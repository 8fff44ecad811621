/** Reads a SET purchase request (PReqDualSigned, SET Book 3), with or without its message wrapper. */
import { append } from '../../lists.ts';
import { type Der, DerReader, TAG } from '../../x509/der.ts';
import { readDigestedData } from '../cms/read-digested.ts';
import { readEnvelopedData } from '../cms/read-enveloped.ts';
import { readSignedData } from '../cms/read-signed.ts';
import type { CmsProblem, DigestedData, EnvelopedData, SignedData } from '../cms/types.ts';
import { type OrderInformation, readOrderInformation } from './payload.ts';
import { findUnsigned } from './unsigned.ts';

export interface PurchaseRequest {
  reader: DerReader;
  /** PISignature: the cardholder over PI-TBS. */
  signature?: SignedData;
  /** The payment information, readable by the gateway alone. */
  sealed?: EnvelopedData;
  order?: OrderInformation;
  /** H(PIData), all that the merchant sees of the payment. */
  paymentDigest?: DigestedData;
  problems: CmsProblem[];
}

const MAX_BYTES = 4 * 1024 * 1024;
const MAX_STEPS = 200;

/** Whether a node is PReqDualSigned: { { SignedData, EnvelopedData }, { OIData, DigestedData } }. */
function isDualSigned(reader: DerReader, node: Der): boolean {
  if (node.id !== TAG.sequence) return false;
  const [payment, order, more] = reader.children(node, 3);
  if (payment?.id !== TAG.sequence || more) return false;
  const halves = reader.children(payment, 3);
  if (halves.length === 0 || halves.length > 2 || halves.some((h) => h.id !== TAG.sequence)) return false;
  const [version, algorithms, content] = reader.children(unwrapped(reader, halves[0]!), 8);
  if (version?.id !== TAG.integer || !algorithms || content?.id !== TAG.sequence) return false;
  if (!order) return node.next >= reader.bytes.length;
  const [, link] = order.id === TAG.sequence ? reader.children(order, 3) : [];
  return order.id === TAG.sequence && (!link || link.id === TAG.sequence);
}

/** A ContentInfo around a SignedData or EnvelopedData is taken off; the SET modules nest them bare. */
function unwrapped(reader: DerReader, node: Der): Der {
  const [type, wrapper] = reader.children(node, 3);
  if (type?.id !== TAG.oid || wrapper?.id !== 0xa0) return node;
  return reader.read(wrapper.content, wrapper.end) ?? node;
}

function find(reader: DerReader): Der | undefined {
  const outer = reader.read(0, reader.bytes.length);
  const open = outer ? [outer] : [];
  for (let steps = 0; open.length > 0 && steps < MAX_STEPS; steps++) {
    const node = open.shift()!;
    if (isDualSigned(reader, node)) return node;
    // Wrapper, [0] message, [2] purchase request, [0] dual signed.
    if (node.id === TAG.sequence || (node.id & 0xe0) === 0xa0) append(open, reader.children(node, 8));
  }
  return undefined;
}

/** Whether these bytes are a purchase request, signed or not; cheap enough to ask of every DER file. */
export function looksLikePurchaseRequest(der: Buffer): boolean {
  if (der.length <= 200 || der.length >= MAX_BYTES || der[0] !== 0x30) return false;
  return find(new DerReader(der)) !== undefined || findUnsigned(der) !== undefined;
}

/**
 * Reads a purchase request. Never throws: what is missing stays undefined and `problems` say where.
 * @param der the message, from the wrapper or from PReqDualSigned on
 */
export function readPurchaseRequest(der: Buffer): PurchaseRequest {
  const problems: CmsProblem[] = [];
  const reader = new DerReader(der);
  const root = der.length <= MAX_BYTES ? find(reader) : undefined;
  const result: PurchaseRequest = { reader, problems };
  if (!root) {
    problems.push({ offset: 0, says: 'this is no dual-signed purchase request', fatal: true });
    return result;
  }
  const [payment, order] = reader.children(root, 2);
  const [signature, sealed] = reader.children(payment!, 2);
  if (signature) {
    const read = readSignedData(reader, unwrapped(reader, signature), problems);
    if (read) result.signature = read;
  }
  if (sealed) {
    const read = readEnvelopedData(reader, unwrapped(reader, sealed), problems);
    if (read) result.sealed = read;
  } else problems.push({ offset: payment!.end, says: 'the encrypted payment information is missing', fatal: true });
  const [oiData, link] = order ? reader.children(order, 2) : [];
  if (oiData) result.order = readOrderInformation(reader, oiData, problems);
  else problems.push({ offset: payment!.next, says: 'the order information is missing', fatal: true });
  const digest = link ? readDigestedData(reader, link, problems) : undefined;
  if (digest) result.paymentDigest = digest;
  else if (oiData)
    problems.push({ offset: oiData.next, says: 'the digest of the payment information is missing', fatal: true });
  for (const d of reader.defects)
    if (d.rule === 'der/truncated' || d.rule === 'der/length')
      problems.unshift({ offset: d.offset, says: d.says, fatal: true });
  return result;
}
