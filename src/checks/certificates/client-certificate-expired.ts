import { rejectedWithoutReason } from '../mutual-tls/_rejected.ts';
import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/client-certificate-expired',
    title: 'Client certificate expired',
    description:
      'The certificate with which our side authenticates is past its notAfter at the incident time and the peer rejects it.',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy: 'Renew the client certificate, register it at the peer and load it on every node.',
    verification: {
      command: 'openssl x509 -in client.pem -noout -enddate -checkend 0',
      expect: 'Certificate will not expire',
    },
    references: ['RFC 5280 section 4.1.2.5'],
  },
  *run(context) {
    yield* chainHits(context, {
      fault: 'leaf-expired',
      cause: 'client-cert-expired',
      candidate: { all: 0.48, some: 0.42 },
      role: 'client',
      events: [
        'tls.client-cert-expired',
        'tls.client-cert-rejected',
        'tls.cert-expired',
        'tls.alert-received',
        'tls.cert-verify-failed',
      ],
      unmistakable: ['tls.client-cert-expired'],
      alerts: [45],
      title: (host) => `The client certificate of ${host} has expired`,
    });
    yield* rejectedWithoutReason(
      context,
      'client-cert-expired',
      0.35,
      'The refused client certificate may have expired',
    );
  },
});
