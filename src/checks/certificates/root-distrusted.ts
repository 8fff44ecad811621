import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'certificates/root-distrusted',
    title: 'Root distrusted by the runtime',
    description: 'The runtime still holds the root but refuses certificates issued under it after a date.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy: 'Have the certificate reissued under a trusted root; do not switch the distrust off.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -showcerts </dev/null | grep "i:"',
      expect: 'the issuer is under a root that the runtime trusts',
    },
    references: ['JDK security property jdk.security.caDistrustPolicies'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'root-distrusted',
      events: ['tls.root-distrusted'],
      confidence: 0.9,
      title: ({ host }) => `The root of ${host} is distrusted by the runtime`,
    }),
});
