import { type Claim, defineScheme } from '../scheme.ts';
import type { StoredMessage } from '../stored-message.ts';
import { readFolder } from '../two-part/folder.ts';
import { readTwoPartJson } from '../two-part/json.ts';
import { carriedKey, twoPartVerdict } from '../two-part/verdict.ts';

/** The parts beside the message, or the message itself as JSON profile. */
function claimsOf(message: StoredMessage): Claim[] {
  const folder = message.parts && readFolder(message.parts);
  if (folder) {
    const { order, payment } = folder.message;
    const parts = {
      ...(order.readings[0] ? { order: order.readings[0].bytes } : {}),
      ...(payment.readings[0] ? { payment: payment.readings[0].bytes } : {}),
    };
    return [
      {
        kind: 'judged',
        label: 'two-part signature',
        direction: 'request',
        judge: (keys, options) => ({
          ...twoPartVerdict(folder.message, parts, keys, options),
          ...(Number.isFinite(folder.time) ? { time: folder.time } : {}),
        }),
      },
    ];
  }
  const json = readTwoPartJson(message.body);
  if (!json) return [];
  const carried = json.certificate && carriedKey(json.certificate);
  return [
    {
      kind: 'judged',
      label: 'two-part signature',
      direction: 'request',
      judge: (keys, options) => ({
        ...twoPartVerdict(json.message, json, keys, options, carried),
        ...(Number.isFinite(json.time) ? { time: json.time } : {}),
      }),
    },
  ];
}

export default defineScheme({
  meta: {
    id: 'two-part',
    title: 'Two-part (dual) signature',
    description:
      'One signature over the digests of an order part and a payment part: H(H(payment) || H(order)); parts as files side by side, or JSON with oi, pi, oimd, pimd, pomd, sig, cert.',
    references: ['SET Secure Electronic Transaction Specification, Book 2', 'RFC 3538'],
  },
  detect: (message) => (message.parts && readFolder(message.parts) ? 2 : readTwoPartJson(message.body) ? 2 : 0),
  claims: claimsOf,
});
