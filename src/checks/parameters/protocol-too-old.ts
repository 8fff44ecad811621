import { defineCheck } from '../types.ts';
import { versionHits } from './_versions.ts';

export default defineCheck({
  meta: {
    id: 'parameters/protocol-too-old',
    title: 'No common protocol version',
    description:
      'One side offers only versions that the other no longer accepts. Which side is too old is read from the hellos, the configurations and who else still connects.',
    class: 'incompatibility',
    basePriority: 'important',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Bring the older side to TLS 1.2 or later; a lowered minimum only for this peer and with an end date.',
    verification: {
      command: 'openssl s_client -tls1_2 -connect $HOST:$PORT </dev/null | grep Protocol',
      expect: 'Protocol: TLSv1.2',
    },
    references: ['RFC 8996', 'PCI DSS 4.0.1 requirement 4.2.1'],
  },
  run: (context) => versionHits(context),
});
