import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'parameters/renegotiation-missing',
    title: 'Peer lacks secure renegotiation',
    description: 'OpenSSL 3 refuses peers without RFC 5746.',
    class: 'incompatibility',
    basePriority: 'important',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Ask the peer to update its TLS stack; until then allow UnsafeLegacyServerConnect for this host only.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 </dev/null | grep "Secure Renegotiation"',
      expect: 'Secure Renegotiation IS supported',
    },
    references: ['RFC 5746'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'secure-renegotiation-missing',
      events: ['tls.legacy-renegotiation'],
      confidence: 0.92,
      title: ({ host }) => `${host} does not support secure renegotiation`,
      side: 'server',
    }),
});
