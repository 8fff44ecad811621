import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';
import { rejectedAtStart } from './_rejected-at-start.ts';

export default defineCheck({
  meta: {
    id: 'certificates/signature-weak',
    title: 'Certificate signed with a broken hash',
    description: 'The presented certificate is signed with SHA-1 or MD5 and clients or the server software refuse it.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ca',
    proof: 'structural',
    needs: [],
    remedy: 'Have the certificate reissued with SHA-256.',
    verification: {
      command: 'openssl x509 -in cert.pem -noout -text | grep "Signature Algorithm"',
      expect: 'sha256WithRSAEncryption or ecdsa-with-SHA256',
    },
    references: ['RFC 9155', 'NIST SP 800-131A'],
  },
  *run(context) {
    yield* chainHits(context, {
      fault: 'signature-weak',
      cause: 'cert-signature-weak',
      role: 'server',
      events: ['tls.signature-weak'],
      unmistakable: ['tls.signature-weak'],
      alerts: [42],
      title: (host) => `The certificate of ${host} is signed with a hash that is no longer accepted`,
    });
    yield* rejectedAtStart(context, {
      cause: 'cert-signature-weak',
      event: 'tls.signature-weak',
      fault: 'signature-weak',
      title: 'The server does not start: its certificate is signed with a hash that its TLS library refuses',
    });
  },
});
