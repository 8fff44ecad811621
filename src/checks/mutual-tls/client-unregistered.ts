import { defineCheck } from '../types.ts';
import { unregisteredHits } from './_registered.ts';

export default defineCheck({
  meta: {
    id: 'mutual-tls/client-unregistered',
    title: 'Client certificate not registered at the peer',
    description:
      'The handshake succeeds and the peer answers 401 or 403: the serial or fingerprint it registered is not that of the certificate in use.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'bank',
    proof: 'structural',
    needs: [],
    remedy: 'Register the serial of the certificate in use at the peer, or go back to the registered one until then.',
    verification: {
      command: 'openssl x509 -in client.pem -noout -serial',
      expect: 'the serial that the peer registered',
    },
    references: ['RFC 9110 section 15.5.4'],
  },
  run: (context) => unregisteredHits(context),
});
