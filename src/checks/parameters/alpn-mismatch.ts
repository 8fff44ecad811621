import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'parameters/alpn-mismatch',
    title: 'No common application protocol',
    description: 'The peers share no ALPN protocol.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Agree on h2 or http/1.1 on both sides.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -alpn h2,http/1.1 </dev/null | grep ALPN',
      expect: 'ALPN protocol: h2 or http/1.1',
    },
    references: ['RFC 7301'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'alpn-mismatch',
      events: ['tls.alpn-mismatch'],
      verdicts: ['alpn_mismatch', 'alert120'],
      confidence: 0.85,
      captureConfidence: 0.93,
      title: ({ host }) => `No common application protocol (ALPN) with ${host}`,
    }),
});
