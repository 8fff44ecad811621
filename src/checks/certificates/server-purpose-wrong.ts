import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/server-purpose-wrong',
    title: 'Certificate not meant for TLS servers',
    description: 'The extended key usage of the presented certificate excludes server authentication.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Have the certificate reissued with extended key usage serverAuth.',
    verification: {
      command: 'openssl x509 -in cert.pem -noout -ext extendedKeyUsage',
      expect: 'TLS Web Server Authentication',
    },
    references: ['RFC 5280 section 4.2.1.12'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'purpose-wrong',
      cause: 'server-eku-wrong',
      role: 'server',
      events: ['tls.purpose-wrong', 'tls.cert-verify-failed'],
      unmistakable: ['tls.purpose-wrong'],
      alerts: [43],
      title: (host) => `The certificate of ${host} is not meant for a TLS server`,
    }),
});
