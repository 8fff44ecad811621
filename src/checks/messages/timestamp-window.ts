import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { paymentJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/timestamp-window',
    title: 'Timestamps outside the window',
    description:
      'Signed requests or callbacks are refused because their time is outside the window. When one host alone is hit, its clock is the cause.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Compare the clocks of both sides, repair the time source, check the time zone of the signed field.',
    verification: { command: 'curl -sI https://$HOST | grep -i ^date; date -u', expect: 'within a second' },
    references: ['RFC 5905'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'timestamp-outside-window',
      events: ['pay.timestamp-window'],
      confidence: 0.66,
      *join(c, symptoms, _handshakes, onset) {
        yield* paymentJoin(c, symptoms, onset, 'timestamp-outside-window');
      },
      title: ({ nodes }) =>
        `Timestamps${nodes[0] ? ` of ${nodes[0]}` : ''} are outside the window that the other side accepts`,
      side: 'client',
    }),
});
