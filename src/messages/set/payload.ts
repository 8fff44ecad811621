/** The parts of a purchase request: order information, payment information and what they hold (SET Book 3). */
import { type Der, type DerReader, TAG } from '../../x509/der.ts';
import { readString } from '../../x509/name.ts';
import { readTime } from '../../x509/time.ts';
import { readDigestedData } from '../cms/read-digested.ts';
import type { CmsProblem, DigestedData } from '../cms/types.ts';

export interface TransIds {
  localIdC: Buffer;
  localIdM?: Buffer;
  xid: Buffer;
  /** Date of the purchase request, ms UTC; NaN when unreadable. */
  date: number;
  language: string;
}

export interface Amount {
  /** ISO 4217 number. */
  currency: number;
  amount: number;
  exponent: number;
}

/** OIData: what the merchant sees. */
export interface OrderInformation {
  der: Buffer;
  offset: number;
  transIds?: TransIds;
  challengeC?: Buffer;
  challengeM?: Buffer;
  /** HOD: digest of order description and amount. */
  orderDigest?: DigestedData;
  salt?: Buffer;
  brand?: string;
}

/** PIHead: what the gateway sees besides the card data. */
export interface PaymentHead {
  der: Buffer;
  offset: number;
  transIds?: TransIds;
  orderDigest?: DigestedData;
  amount?: Amount;
  merchantId?: string;
}

function transIds(reader: DerReader, node: Der | undefined): TransIds | undefined {
  if (node?.id !== TAG.sequence) return undefined;
  const fields = reader.children(node, 10);
  const strings = fields.filter((f) => f.id === TAG.octetString);
  const localIdM = fields.find((f) => f.id === 0x80);
  const [localIdC, xid] = strings;
  if (!localIdC || !xid) return undefined;
  const language = fields.at(-1)!;
  return {
    localIdC: reader.contents(localIdC),
    ...(localIdM ? { localIdM: reader.contents(localIdM) } : {}),
    xid: reader.contents(xid),
    date: readTime(
      reader,
      fields.find((f) => f.id === TAG.generalizedTime || f.id === TAG.utcTime),
      'the date of the request',
    ).value,
    language: readString(reader, language),
  };
}

/** A DigestedData stands where a linkage to another part is: SEQUENCE of version, algorithm, content type, digest. */
const looksDigested = (reader: DerReader, node: Der): boolean =>
  node.id === TAG.sequence && reader.children(node, 5)[3]?.id === TAG.octetString;

/** Reads OIData. Fields are found by type, as extensions and optional fields stand between them. */
export function readOrderInformation(reader: DerReader, node: Der, problems: CmsProblem[]): OrderInformation {
  const fields = reader.children(node, 16);
  const digest = fields.find((f) => looksDigested(reader, f));
  const after = digest ? fields.slice(fields.indexOf(digest) + 1) : [];
  const before = digest ? fields.slice(0, fields.indexOf(digest)) : fields;
  const challengeC = before.findLast((f) => f.id === TAG.octetString);
  const [salt, challengeM] = after.filter((f) => f.id === TAG.octetString);
  const brand = after.find((f) => f.id === TAG.visibleString || f.id === TAG.bmpString);
  const ids = transIds(reader, fields[0]);
  const hod = digest ? readDigestedData(reader, digest, problems) : undefined;
  if (!ids)
    problems.push({
      offset: node.start,
      says: 'the order information has no transaction identifiers',
      fatal: false,
    });
  if (!hod)
    problems.push({ offset: node.start, says: 'the order information has no digest of the order', fatal: false });
  return {
    der: reader.slice(node),
    offset: node.start,
    ...(ids ? { transIds: ids } : {}),
    ...(challengeC ? { challengeC: reader.contents(challengeC) } : {}),
    ...(challengeM ? { challengeM: reader.contents(challengeM) } : {}),
    ...(hod ? { orderDigest: hod } : {}),
    ...(salt ? { salt: reader.contents(salt) } : {}),
    ...(brand ? { brand: readString(reader, brand) } : {}),
  };
}

/** Reads PIHead: transaction identifiers, inputs (order digest and amount), merchant. */
export function readPaymentHead(reader: DerReader, node: Der, problems: CmsProblem[]): PaymentHead {
  const fields = reader.children(node, 16);
  const [ids, inputs, merchant] = fields;
  const parts = inputs?.id === TAG.sequence ? reader.children(inputs, 3) : [];
  const hod = parts[0] && looksDigested(reader, parts[0]) ? readDigestedData(reader, parts[0], problems) : undefined;
  const numbers = parts[1]?.id === TAG.sequence ? reader.children(parts[1], 4) : [];
  const [currency, amount, exponent] = numbers.map((n) => integerValue(reader, n));
  const transaction = transIds(reader, ids);
  return {
    der: reader.slice(node),
    offset: node.start,
    ...(transaction ? { transIds: transaction } : {}),
    ...(hod ? { orderDigest: hod } : {}),
    ...(currency !== undefined && amount !== undefined && exponent !== undefined
      ? { amount: { currency, amount, exponent } }
      : {}),
    ...(merchant ? { merchantId: readString(reader, merchant) } : {}),
  };
}

function integerValue(reader: DerReader, node: Der): number | undefined {
  if (node.id !== TAG.integer || node.end - node.content > 6 || node.end === node.content) return undefined;
  return reader.bytes.readIntBE(node.content, node.end - node.content);
}
