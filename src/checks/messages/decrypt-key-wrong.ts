import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { paymentJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/decrypt-key-wrong',
    title: 'Payload cannot be decrypted',
    description:
      'The signature of callbacks is right, but their payload cannot be decrypted: the symmetric key was changed on one side.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy: 'Put the key of the provider console into the configuration and replay the stored callbacks.',
    verification: { command: 'npm test -- decrypt-callback', expect: 'a stored callback decrypts' },
    references: ['WeChat Pay API v3, AEAD_AES_256_GCM'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'decrypt-key-wrong',
      events: ['pay.decrypt-failed'],
      confidence: 0.78,
      *join(c, symptoms, _handshakes, onset) {
        yield* paymentJoin(c, symptoms, onset, 'decrypt-key-wrong');
      },
      title: () => 'Callbacks cannot be decrypted: the key differs from that of the provider',
      side: 'server',
    }),
});
