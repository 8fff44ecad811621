import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'messages/duplicate-payment',
    title: 'Payments made twice',
    description: 'The same order was charged more than once.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'observed',
    needs: [],
    remedy: 'Reverse the second charge, then make the call idempotent (one key per order).',
    verification: {
      command: "SELECT order_no, count(*) FROM payments WHERE status = 'PAID' GROUP BY 1 HAVING count(*) > 1",
      expect: 'no row',
    },
    references: ['ISO 8583 response code 94'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'duplicate-payment',
      events: ['pay.duplicate'],
      confidence: 0.6,
      keep: (s) => !s.events.every((e) => e.hits.every((h) => /ignor|skip|已忽略|重复通知/i.test(h.text))),
      title: () => 'Orders are charged more than once',
      side: 'client',
    }),
});
