import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'messages/sign-type-mismatch',
    title: 'Signature type does not fit',
    description: 'The declared signature type is not the one that was used.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'app',
    proof: 'textual',
    needs: [],
    remedy: 'Use RSA2 (SHA-256) on both sides, in the parameter and in the code.',
    verification: { command: 'grep -R sign_type conf/', expect: 'RSA2 everywhere' },
    references: ['Alipay open platform, sign_type'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'sign-type-mismatch',
      events: ['pay.sign-type'],
      confidence: 0.85,
      title: () => 'The declared signature type is not the one that was used',
      side: 'client',
    }),
});
