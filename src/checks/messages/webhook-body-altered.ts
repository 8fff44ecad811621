import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { paymentJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/webhook-body-altered',
    title: 'Callback body changed before its check',
    description:
      'Callbacks fail their signature check although key and secret are right: the body that is checked is not the one that was sent.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy: 'Verify the raw bytes before any parser touches them; undo the release that put the parser first.',
    verification: { command: 'npm test -- webhook-signature', expect: 'a stored callback verifies' },
    references: ['Stripe documentation, webhook signatures'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'webhook-body-altered',
      events: ['pay.callback-verify-failed'],
      confidence: 0.55,
      *join(c, symptoms, _handshakes, onset) {
        yield* paymentJoin(c, symptoms, onset, 'webhook-body-altered');
      },
      title: () => 'Callbacks fail their signature check: the body is changed before it is checked',
      side: 'server',
    }),
});
