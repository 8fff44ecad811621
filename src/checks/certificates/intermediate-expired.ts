import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';
import { isInspection } from './_inspection.ts';

export default defineCheck({
  meta: {
    id: 'certificates/intermediate-expired',
    title: 'Intermediate certificate expired',
    description:
      'A CA certificate in the presented chain is past its notAfter while the leaf is valid, and no twin certificate with the same key offers another path.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy:
      'Replace the expired intermediate in the served chain with the current one of the same authority and reload.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -verify_return_error </dev/null',
      expect: 'Verify return code: 0 (ok)',
    },
    references: ['RFC 5280 section 6.1.3'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'intermediate-expired',
      cause: 'intermediate-expired',
      candidate: { all: 0.3, some: 0.25 },
      role: 'server',
      events: ['tls.cert-expired', 'tls.cert-expired-or-not-yet-valid', 'tls.cert-verify-failed', 'tls.alert-received'],
      unmistakable: [],
      alerts: [45],
      title: (host, fault) =>
        `An intermediate certificate in the chain of ${host} has expired${fault ? ` (${fault.certificate.subject.commonName ?? fault.certificate.subject.text})` : ''}`,
      accept: (fault, chain, context) =>
        !fault.certificate.issuer.organization || !isInspection(fault.certificate, chain, context),
    }),
});
