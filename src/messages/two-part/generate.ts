/** Makes two-part messages as files side by side, sound or broken in one named way: for tests and drills. */
import { createHash, type KeyObject, sign } from 'node:crypto';
import type { Hash, TwoPartCode } from './types.ts';

/** Ways to break a message, each with what the judge has to say about it. */
const TWO_PART_FAULTS = {
  'order-altered': 'order-altered',
  'payment-altered': 'payment-altered',
  'digests-swapped': 'digests-swapped',
  'joined-as-text': 'joined-differently',
} as const satisfies { [fault: string]: TwoPartCode };

export type TwoPartFault = keyof typeof TWO_PART_FAULTS;

export interface TwoPartPlan {
  order: string;
  payment: string;
  key: KeyObject;
  hash?: Hash;
  fault?: TwoPartFault;
  /** What an altered part is replaced by. */
  altered?: string;
}

/** Name and content of each file: both texts, both digests in hexadecimal, the signature in base64. */
export function makeTwoParts(plan: TwoPartPlan): { [name: string]: string } {
  const { order, payment, key, hash = 'sha1', fault, altered = `${plan.order}#` } = plan;
  const digest = (text: string): Buffer => createHash(hash).update(text).digest();
  const [pimd, oimd] = [digest(payment), digest(order)];
  const joined =
    fault === 'digests-swapped'
      ? Buffer.concat([oimd, pimd])
      : fault === 'joined-as-text'
        ? Buffer.from(pimd.toString('hex') + oimd.toString('hex'))
        : Buffer.concat([pimd, oimd]);
  return {
    'oi.txt': fault === 'order-altered' ? altered : order,
    'pi.txt': fault === 'payment-altered' ? altered : payment,
    'oimd.hex': `${oimd.toString('hex')}\n`,
    'pimd.hex': `${pimd.toString('hex')}\n`,
    'dual_signature.b64': `${sign(hash, joined, key).toString('base64')}\n`,
  };
}
