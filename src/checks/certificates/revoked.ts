import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { revokedSerial } from './_revocation.ts';

export default defineCheck({
  meta: {
    id: 'certificates/revoked',
    title: 'Presented certificate is revoked',
    description: 'Validators say that the certificate is revoked.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ca',
    proof: 'textual',
    needs: [],
    remedy: 'New key and certificate on every node; find out why it was revoked.',
    verification: {
      command: 'openssl verify -crl_check -CAfile ca.pem -CRLfile ca.crl cert.pem',
      expect: 'cert.pem: OK',
    },
    references: ['RFC 5280 section 5', 'RFC 6960'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'cert-revoked',
      events: ['tls.cert-revoked'],
      confidence: 0.7,
      *join(c) {
        yield* revokedSerial(c);
      },
      title: ({ host }) => `The certificate of ${host} is revoked`,
    }),
});
