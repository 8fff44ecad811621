import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/self-signed-served',
    title: 'Self-signed certificate served',
    description: 'The server presents a certificate that signed itself and that no trust store of the evidence holds.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Put the certificate of the authority back and reload; find out who put the placeholder there.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -verify_return_error </dev/null',
      expect: 'Verify return code: 0 (ok)',
    },
    references: ['RFC 5280 section 6.1'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'self-signed',
      cause: 'self-signed-served',
      role: 'server',
      events: ['tls.self-signed', 'tls.cert-verify-failed', 'tls.alert-received'],
      unmistakable: ['tls.self-signed'],
      alerts: [48],
      title: (host) => `${host} presents a self-signed certificate`,
    }),
});
