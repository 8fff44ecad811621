import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { paymentJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/request-signature-rejected',
    title: 'Provider rejects our request signature',
    description:
      'The provider answers that the signature of our requests does not verify. Told apart from a wrong serial, charset, sign type or clock.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy: 'Load the private key whose public half is registered at the provider, on every node.',
    verification: {
      command: 'openssl pkey -in app_private.pem -pubout | sha256sum',
      expect: 'the sum of the public key registered at the provider',
    },
    references: ['WeChat Pay API v3 signature documentation', 'Alipay open platform, sub_code isv.invalid-signature'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'request-signature-wrong',
      events: ['pay.signature-rejected'],
      confidence: 0.6,
      *join(c, symptoms, _handshakes, onset) {
        yield* paymentJoin(c, symptoms, onset, 'request-signature-wrong');
      },
      title: () => 'The provider rejects the signature of our requests',
      side: 'client',
    }),
});
