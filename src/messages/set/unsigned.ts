/**
 * PReqUnsigned: the purchase request of a cardholder without a certificate (SET Book 3). Nobody signs it; the parts are
 * bound by digests alone. The operator EXH puts H(PI-OILink) and the card data behind the content key in the RSA block, the
 * order travels with H(PIDataUnsigned).
 */

import type { KeyObject } from 'node:crypto';
import { append } from '../../lists.ts';
import { type Der, DerReader, TAG } from '../../x509/der.ts';
import { sequence } from '../../x509/write-der.ts';
import { envelopeDefect, openEnveloped } from '../cms/open.ts';
import { readDigestedData } from '../cms/read-digested.ts';
import { readEnvelopedData } from '../cms/read-enveloped.ts';
import type { CmsProblem, DigestedData, EnvelopedData } from '../cms/types.ts';
import { digest } from '../two-part/oracle.ts';
import type { Hash } from '../two-part/types.ts';
import type { SetCode, SetFault } from './judge.ts';
import { SET_CONTENT } from './oids.ts';
import { type OrderInformation, readOrderInformation } from './payload.ts';
import { readOpenedPayment } from './payment-information.ts';
import { compareViews } from './views.ts';

export interface UnsignedRequest {
  sealed?: EnvelopedData;
  order?: OrderInformation;
  /** H(PIDataUnsigned), all that the merchant sees of the payment. */
  paymentDigest?: DigestedData;
  problems: CmsProblem[];
}

/** Whether a node is PReqUnsigned: { EnvelopedData of PIUnsignedTBE, { OIData, DigestedData } }. */
function isUnsigned(reader: DerReader, node: Der): boolean {
  if (node.id !== TAG.sequence) return false;
  const [sealed, order, more] = reader.children(node, 3);
  if (sealed?.id !== TAG.sequence || order?.id !== TAG.sequence || more) return false;
  const [version, recipients, info] = reader.children(sealed, 4);
  if (version?.id !== TAG.integer || recipients?.id !== TAG.set || info?.id !== TAG.sequence) return false;
  const [type] = reader.children(info, 4);
  return type?.id === TAG.oid && reader.oid(type) === SET_CONTENT.piUnsignedTbe;
}

/** Reads PReqUnsigned; never throws. */
export function readUnsigned(reader: DerReader, node: Der): UnsignedRequest {
  const problems: CmsProblem[] = [];
  const [payment, order] = reader.children(node, 2);
  const sealed = readEnvelopedData(reader, payment!, problems);
  const [oiData, link] = reader.children(order!, 2);
  const paymentDigest = link ? readDigestedData(reader, link, problems) : undefined;
  if (!oiData) problems.push({ offset: order!.start, says: 'the order information is missing', fatal: true });
  else if (!paymentDigest)
    problems.push({ offset: oiData.next, says: 'the digest of the payment information is missing', fatal: true });
  for (const d of reader.defects)
    if (d.rule === 'der/truncated' || d.rule === 'der/length')
      problems.unshift({ offset: d.offset, says: d.says, fatal: true });
  return {
    ...(sealed ? { sealed } : {}),
    ...(oiData ? { order: readOrderInformation(reader, oiData, problems) } : {}),
    ...(paymentDigest ? { paymentDigest } : {}),
    problems,
  };
}

export interface UnsignedResult {
  faults: SetFault[];
  /** The payment information was opened, and its digests were compared. */
  compared: boolean;
  /** Date of the request, ms UTC; NaN when unreadable. */
  time: number;
  proof: string[];
}

/**
 * Compares what can be compared. Without the key of the gateway that is nothing but the structure.
 * @param privateKeys of the gateway
 */
export function judgeUnsigned(request: UnsignedRequest, privateKeys: readonly KeyObject[]): UnsignedResult {
  const { sealed, order, paymentDigest } = request;
  const out: UnsignedResult = { faults: [], compared: false, time: order?.transIds?.date ?? Number.NaN, proof: [] };
  const fault = (code: SetCode, says: string, offset?: number): void => {
    out.faults.push({ code, says: offset === undefined ? says : `byte ${offset}: ${says}`, ...at(offset) });
  };
  const cut = request.problems.find((p) => p.fatal);
  if (cut) fault('message-truncated', cut.says, cut.offset);
  if (!sealed || !order || !paymentDigest) return out;
  const defect = envelopeDefect(sealed);
  if (defect) fault('sealed-incomplete', defect.says, defect.offset);
  if (out.faults.length > 0) return out;
  const opened = privateKeys.map((key) => openEnveloped(sealed, key, true)).find((o) => 'plain' in o);
  if (!opened || !('plain' in opened)) return out;
  out.compared = true;
  compare(opened.plain, opened.extra, order, paymentDigest, fault, out.proof);
  return out;
}

const at = (offset: number | undefined): { offset?: number } => (offset === undefined ? {} : { offset });

const HASHES: { readonly [name: string]: Hash } = {
  sha1: 'sha1',
  sha256: 'sha256',
  sha384: 'sha384',
  sha512: 'sha512',
};

function compare(
  plain: Buffer,
  extra: Buffer,
  order: OrderInformation,
  paymentDigest: DigestedData,
  fault: (code: SetCode, says: string, offset?: number) => void,
  proof: string[],
): void {
  const hash = HASHES[paymentDigest.digest] ?? 'sha1';
  const size = digest(hash, Buffer.alloc(0)).length;
  if (!digest(hash, plain).equals(extra.subarray(0, size)))
    fault('payment-altered', 'the digest in the RSA block is not that of the opened payment information');
  const payment = readOpenedPayment(plain, extra.subarray(size));
  const { orderLink } = payment;
  if (!orderLink || !payment.piData) {
    fault('sealed-incomplete', 'the payment information decrypts, but order digest or card data cannot be read in it');
    return;
  }
  if (!digest(HASHES[orderLink.digest] ?? 'sha1', order.der).equals(orderLink.value))
    fault(
      'order-altered',
      'the order information is not the one whose digest the payment information holds',
      order.offset,
    );
  if (!digest(hash, payment.piData).equals(paymentDigest.value))
    fault(
      'stated-digest-wrong',
      'the digest of the payment beside the order is not that of the payment information',
      paymentDigest.offset,
    );
  for (const says of compareViews(order, paymentDigest, payment)) fault('views-disagree', says);
  proof.push('both digests were recomputed from the opened payment information and the order information');
}

/** PReqUnsigned of its parts, for tests and drills. */
export const unsignedRequest = (sealed: Buffer, order: Buffer, paymentDigest: Buffer): Buffer =>
  sequence(sealed, sequence(order, paymentDigest));

/** The unsigned request in DER, with or without its wrapper; undefined when it is something else. */
export function findUnsigned(der: Buffer): { reader: DerReader; node: Der } | undefined {
  const reader = new DerReader(der);
  const outer = der[0] === 0x30 ? reader.read(0, der.length) : undefined;
  const open = outer ? [outer] : [];
  for (let steps = 0; open.length > 0 && steps < 200; steps++) {
    const node = open.shift()!;
    if (isUnsigned(reader, node)) return { reader, node };
    if (node.id === TAG.sequence || (node.id & 0xe0) === 0xa0) append(open, reader.children(node, 8));
  }
  return undefined;
}
