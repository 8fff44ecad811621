import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'certificates/ca-constraint',
    title: 'Chain violates a constraint of its authority',
    description: 'Path length, name constraints or key usage of a CA certificate forbid this chain.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ca',
    proof: 'textual',
    needs: [],
    remedy: 'Have the certificate issued from a CA that may issue it.',
    verification: {
      command: 'openssl verify -x509_strict -CAfile ca.pem -untrusted chain.pem cert.pem',
      expect: 'cert.pem: OK',
    },
    references: ['RFC 5280 section 4.2.1.9 and 4.2.1.10'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'ca-constraint-violated',
      events: ['tls.ca-constraint'],
      confidence: 0.8,
      title: ({ host }) => `The chain of ${host} violates a constraint of its authority`,
    }),
});
