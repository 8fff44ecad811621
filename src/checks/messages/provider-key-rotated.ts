import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { paymentJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/provider-key-rotated',
    title: 'Provider signs with a key we do not hold',
    description:
      'Responses or callbacks of the provider no longer verify because it signs with a new key or certificate.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy:
      'Fetch the new platform certificate or public key, keep both during the change, replay the stored callbacks.',
    verification: {
      command: 'curl -sS https://$HOST/v3/certificates',
      expect: 'the serial that the callbacks name is in the list',
    },
    references: ['WeChat Pay API v3, platform certificates'],
  },
  *run(context) {
    // Callbacks that fail their check have several causes: only a change of the key at that time points here.
    const callbacks = symptomHits(context, {
      cause: 'provider-key-rotated',
      events: ['pay.callback-verify-failed'],
      confidence: 0,
      *join(c, symptoms, _handshakes, onset) {
        yield* paymentJoin(c, symptoms, onset, 'provider-key-rotated');
      },
      title: () => 'The provider signs its callbacks with a key or secret that we do not hold',
      side: 'server',
    });
    for (const hit of callbacks) if (hit.confidence! > 0) yield hit;
    yield* symptomHits(context, {
      cause: 'provider-key-rotated',
      events: ['pay.response-verify-failed'],
      confidence: 0.62,
      *join(c, symptoms, _handshakes, onset) {
        yield* paymentJoin(c, symptoms, onset, 'provider-key-rotated');
      },
      title: () => 'The provider signs with a key that we do not hold',
      side: 'client',
    });
  },
});
