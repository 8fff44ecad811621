import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/client-purpose-wrong',
    title: 'Client certificate not meant for TLS clients',
    description:
      'The extended key usage of the client certificate excludes client authentication; public authorities stop issuing it.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy:
      'Get a client certificate with extended key usage clientAuth from a private or sector authority and register it at the peer.',
    verification: { command: 'openssl verify -purpose sslclient -CAfile ca.pem client.pem', expect: 'client.pem: OK' },
    references: ['RFC 5280 section 4.2.1.12'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'purpose-wrong',
      cause: 'client-eku-missing',
      role: 'client',
      events: ['tls.purpose-wrong', 'tls.client-cert-rejected', 'tls.alert-received'],
      unmistakable: ['tls.purpose-wrong'],
      alerts: [43],
      title: (host) => `The client certificate of ${host} is not meant for TLS clients`,
    }),
});
