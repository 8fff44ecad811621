import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'parameters/dh-weak',
    title: 'Peer uses a short Diffie-Hellman group',
    description: 'Clients refuse the group size of the peer.',
    class: 'technical',
    basePriority: 'important',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy:
      'Ask the peer for ECDHE or a DH group of 2048 bits or more; a lower security level on our side only for this host and with an end date.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -cipher ECDHE </dev/null',
      expect: 'Server Temp Key: X25519 or ECDH',
    },
    references: ['RFC 9325 section 4.4'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'dh-key-weak',
      events: ['tls.dh-weak'],
      confidence: 0.88,
      title: ({ host }) => `${host} uses a Diffie-Hellman group that our clients refuse`,
      side: 'server',
    }),
});
