import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/staple-missing',
    title: 'Stapled OCSP response missing',
    description: 'The certificate demands a stapled OCSP response and the clients that enforce it find none.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy:
      'Turn stapling on (nginx: ssl_stapling on with a resolver) or have the certificate reissued without the TLS feature extension.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -status </dev/null | grep "OCSP Response Status"',
      expect: 'OCSP Response Status: successful',
    },
    references: ['RFC 7633'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'staple-required',
      cause: 'ocsp-staple-missing',
      role: 'server',
      events: ['tls.staple-missing'],
      unmistakable: ['tls.staple-missing'],
      alerts: [113],
      title: (host) => `The certificate of ${host} demands an OCSP staple that the server does not send`,
    }),
});
