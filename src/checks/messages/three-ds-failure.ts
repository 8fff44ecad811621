import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { threeDsJoin } from './_joins.ts';

export default defineCheck({
  meta: {
    id: 'messages/three-ds-failure',
    title: '3-D Secure fails',
    description: 'Authentication errors of 3-D Secure; the codes and the issuers they cluster on tell where.',
    class: 'technical',
    basePriority: 'important',
    owner: 'psp',
    proof: 'textual',
    needs: [],
    remedy:
      'Tell the provider and the issuer the error code, the range of cards and the times; offer another payment method meanwhile.',
    verification: { command: 'grep -c \'"messageType": "Erro"\' 3ds.jsonl', expect: '0 in the last ten minutes' },
    references: ['EMV 3-D Secure protocol specification, error codes'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'three-ds-failure',
      events: ['pay.three-ds-error'],
      confidence: 0.66,
      *join(c, symptoms, _handshakes, onset) {
        yield* threeDsJoin(c, symptoms, onset);
      },
      title: () => '3-D Secure authentication fails',
      side: 'server',
    }),
});
