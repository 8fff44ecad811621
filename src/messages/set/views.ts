/** Merchant and gateway see different halves of one purchase: what has to be equal in both. */

import { isoTime } from '../../instant.ts';
import type { DigestedData } from '../cms/types.ts';
import type { OrderInformation } from './payload.ts';
import type { OpenedPayment } from './payment-information.ts';

const hex = (b: Buffer | undefined): string => b?.toString('hex') ?? 'absent';

/** One sentence per field that differs, with both values; card data is not among them. */
export function compareViews(
  order: OrderInformation | undefined,
  paymentDigest: DigestedData | undefined,
  payment: OpenedPayment | undefined,
): string[] {
  const head = payment?.head;
  if (!order || !head) return [];
  const out: string[] = [];
  const differ = (field: string, merchant: Buffer | undefined, gateway: Buffer | undefined): void => {
    if (merchant && gateway && !merchant.equals(gateway))
      out.push(`${field} differs: the merchant sees ${hex(merchant)}, the gateway ${hex(gateway)}`);
  };
  differ('XID', order.transIds?.xid, head.transIds?.xid);
  differ('LID_M', order.transIds?.localIdM, head.transIds?.localIdM);
  differ('LID_C', order.transIds?.localIdC, head.transIds?.localIdC);
  differ('the digest of the order (HOD)', order.orderDigest?.value, head.orderDigest?.value);
  if (order.transIds && head.transIds && order.transIds.date !== head.transIds.date)
    out.push(
      `the date of the request differs: the merchant sees ${isoTime(order.transIds.date)}, the gateway ${isoTime(head.transIds.date)}`,
    );
  if (payment.orderLink && paymentDigest && payment.orderLink.digest !== paymentDigest.digest)
    out.push(`the two sides digest differently: ${paymentDigest.digest} and ${payment.orderLink.digest}`);
  return out;
}
