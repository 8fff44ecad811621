import { ALGORITHMS } from '../algorithms.ts';
import { type Claim, defineScheme } from '../scheme.ts';
import { header, type StoredMessage } from '../stored-message.ts';
import { stampedCandidates, stampOf } from './_stamped.ts';

/** `t=1492774577,v1=5257a869...,v1=...,v0=...` (docs.stripe.com/webhooks, "Verify webhook signatures manually"). */
function parts(text: string): { time?: string; v1: string[]; others: string[] } {
  const out: { time?: string; v1: string[]; others: string[] } = { v1: [], others: [] };
  for (const piece of text.slice(0, 16_384).split(',').slice(0, 64)) {
    const at = piece.indexOf('=');
    const name = piece.slice(0, at).trim();
    const value = piece.slice(at + 1).trim();
    if (at < 0) out.others.push('');
    else if (name === 't') out.time = value;
    else if (name === 'v1') out.v1.push(value);
    else out.others.push(name);
  }
  return out;
}

export default defineScheme({
  meta: {
    id: 'stripe',
    title: 'Stripe webhook',
    description:
      'HMAC-SHA256 in hex over "timestamp.body" with the whole signing secret of the endpoint (whsec_...); 300 seconds.',
    references: ['https://docs.stripe.com/webhooks#verify-manually'],
  },
  detect: (message) => (header(message, 'stripe-signature') !== undefined ? 2 : 0),
  claims: (message: StoredMessage): Claim[] => {
    const base = { label: 'Stripe-Signature', direction: 'callback' as const };
    const text = header(message, 'stripe-signature');
    if (text === undefined)
      return [{ ...base, kind: 'defect', reason: 'signature-missing', says: 'there is no Stripe-Signature header' }];
    const { time, v1, others } = parts(text);
    if (v1.length === 0)
      return [
        {
          ...base,
          kind: 'defect',
          reason: others.includes('v0') ? 'algorithm-refused' : 'header-malformed',
          says: others.includes('v0')
            ? 'only a v0 signature is present, which is for test events; v1 is needed'
            : 'the header has no v1 signature',
        },
      ];
    if (time === undefined || !/^\d{1,16}$/.test(time))
      return [{ ...base, kind: 'defect', reason: 'header-malformed', says: 'the header has no timestamp (t=)' }];
    const compose = (t: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(`${t}.`), body]);
    return [
      {
        ...base,
        kind: 'signature',
        algorithm: ALGORITHMS.hmacSha256,
        signatures: v1.map((value) => ({ text: value, encoding: 'hex' as const, lowerCase: true })),
        signed: compose(time, message.body),
        candidates: () => stampedCandidates(message.body, time, compose),
        timestamp: { time: stampOf(time), toleranceMs: 300_000, field: 't' },
      },
    ];
  },
});
