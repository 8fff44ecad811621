import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';
import { isInspection } from './_inspection.ts';

export default defineCheck({
  meta: {
    id: 'certificates/cross-sign-expired',
    title: 'Expired cross-signed certificate served',
    description:
      'The presented chain carries an expired certificate whose subject and key also exist in a certificate that is still valid: clients that only know the old root fail, the others work.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy:
      'Take the expired cross-signed certificate out of the served chain; give the affected clients the new root.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -showcerts </dev/null | grep -E "s:|i:"',
      expect: 'the old issuer is no longer listed',
    },
    references: ['RFC 4158 section 1.5'],
  },
  run: (context) =>
    chainHits(context, {
      fault: ['cross-expired', 'root-expired'],
      cause: 'cross-sign-expired',
      candidate: { all: 0.25, some: 0.42 },
      role: 'server',
      events: ['tls.cert-expired', 'tls.cert-expired-or-not-yet-valid', 'tls.cert-verify-failed', 'tls.alert-received'],
      unmistakable: [],
      alerts: [45],
      // An inspecting proxy's own authority is no cross-certificate of the peer.
      accept: (fault, chain, c) => !isInspection(fault.certificate, chain, c),
      title: (host, fault) =>
        `The chain of ${host} still carries an expired cross-signed certificate${fault ? ` (issuer ${fault.certificate.issuer.commonName ?? fault.certificate.issuer.text})` : ''}`,
    }),
});
