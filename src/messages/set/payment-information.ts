/** What the gateway finds in the opened payment information: PI-OILink and, from the RSA block, the card data. */
import { DerReader, TAG } from '../../x509/der.ts';
import { sequence } from '../../x509/write-der.ts';
import { readDigestedData } from '../cms/read-digested.ts';
import type { CmsProblem, DigestedData } from '../cms/types.ts';
import { type PaymentHead, readPaymentHead } from './payload.ts';

export interface OpenedPayment {
  head?: PaymentHead;
  /** H(OIData), all that the gateway sees of the order. */
  orderLink?: DigestedData;
  /** PIData = { PIHead, PANData }, when both halves are there. */
  piData?: Buffer;
  problems: CmsProblem[];
}

/**
 * @param plain decrypted content: PI-OILink = { PIHead, DigestedData(OIData) }
 * @param extra what followed the content key in the RSA block: PANData
 */
export function readOpenedPayment(plain: Buffer, extra: Buffer): OpenedPayment {
  const problems: CmsProblem[] = [];
  const reader = new DerReader(plain);
  const outer = reader.read(0, plain.length);
  const [head, link, more] = outer?.id === TAG.sequence ? reader.children(outer, 4) : [];
  if (head?.id !== TAG.sequence) {
    problems.push({ offset: 0, says: 'the opened payment information is not a PI-OILink', fatal: true });
    return { problems };
  }
  const orderLink = link?.id === TAG.sequence ? readDigestedData(reader, link, problems) : undefined;
  // Software without the extra block of RSA puts the card data behind the link.
  const pan = extra.length > 2 ? wholeSequence(extra) : more?.id === TAG.sequence ? reader.slice(more) : undefined;
  return {
    head: readPaymentHead(reader, head, problems),
    ...(orderLink ? { orderLink } : {}),
    ...(pan ? { piData: sequence(reader.slice(head), pan) } : {}),
    problems,
  };
}

function wholeSequence(bytes: Buffer): Buffer | undefined {
  const reader = new DerReader(bytes);
  const node = reader.read(0, bytes.length);
  return node?.id === TAG.sequence && reader.defects.length === 0 ? reader.slice(node) : undefined;
}
