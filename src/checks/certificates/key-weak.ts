import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';
import { rejectedAtStart } from './_rejected-at-start.ts';

export default defineCheck({
  meta: {
    id: 'certificates/key-weak',
    title: 'Certificate with a short key',
    description:
      'The key of the presented certificate is shorter than 2048 bits (RSA) and clients or the server software refuse it.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ca',
    proof: 'structural',
    needs: [],
    remedy: 'Make a new key (RSA 2048 or more, or P-256) and have a certificate issued for it.',
    verification: { command: 'openssl x509 -in cert.pem -noout -text | grep "Public-Key"', expect: '2048 bit or more' },
    references: ['NIST SP 800-57 part 1', 'RFC 9325 section 4.5'],
  },
  *run(context) {
    yield* chainHits(context, {
      fault: 'key-weak',
      cause: 'cert-key-weak',
      role: 'server',
      events: ['tls.key-weak'],
      unmistakable: ['tls.key-weak'],
      alerts: [42],
      title: (host) => `The key of the certificate of ${host} is too short`,
    });
    yield* rejectedAtStart(context, {
      cause: 'cert-key-weak',
      event: 'tls.key-weak',
      fault: 'key-weak',
      title: 'The server does not start: the key of its certificate is too short for its TLS library',
    });
  },
});
