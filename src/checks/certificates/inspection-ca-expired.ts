import { defineCheck } from '../types.ts';
import { inspectionHits } from './_inspection-hits.ts';

export default defineCheck({
  meta: {
    id: 'certificates/inspection-ca-expired',
    title: 'Authority of the inspecting proxy expired',
    description:
      'Unrelated outside hosts all present certificates of one internal authority, and that authority expired or is not trusted.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'structural',
    needs: [],
    remedy: 'Renew the authority of the inspecting proxy and roll it out, or exempt the payment hosts from inspection.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST </dev/null | openssl x509 -noout -issuer',
      expect: 'the public authority of the host',
    },
    references: ['RFC 5280 section 6.1.3'],
  },
  run: (context) => inspectionHits(context),
});
