import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/san-missing',
    title: 'Certificate without subject alternative name',
    description:
      'The certificate names its host only in the common name, which strict clients such as Go no longer read.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Have the certificate reissued with the host name as subject alternative name.',
    verification: {
      command: 'openssl x509 -in cert.pem -noout -ext subjectAltName',
      expect: 'DNS: with the host name',
    },
    references: ['RFC 9525 section 4.1'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'san-missing',
      cause: 'san-missing',
      role: 'server',
      events: ['tls.san-missing'],
      unmistakable: ['tls.san-missing'],
      alerts: [],
      title: (host) => `The certificate of ${host} carries no subject alternative name`,
    }),
});
