import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/server-certificate-expired',
    title: 'Server certificate expired',
    description:
      'The leaf certificate that a server presents is past its notAfter at the incident time, and its clients complain or break off. Judged on the certificate seen on the wire before any file.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy:
      'Install a renewed certificate on every node and reload the server; a renewed file on disk does nothing until the reload.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -verify_return_error </dev/null',
      expect: 'Verify return code: 0 (ok)',
    },
    references: ['RFC 5280 section 4.1.2.5', 'PCI DSS 4.0.1 requirement 4.2.1'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'leaf-expired',
      cause: 'server-cert-expired',
      candidate: { all: 0.48, some: 0.35 },
      role: 'server',
      events: ['tls.cert-expired', 'tls.cert-expired-or-not-yet-valid', 'tls.cert-verify-failed', 'tls.alert-received'],
      unmistakable: [],
      alerts: [45],
      title: (host) => `The server certificate of ${host} has expired`,
    }),
});
