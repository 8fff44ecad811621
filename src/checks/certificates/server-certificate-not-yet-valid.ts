import { defineCheck } from '../types.ts';
import { chainHits } from './_chain.ts';

export default defineCheck({
  meta: {
    id: 'certificates/server-certificate-not-yet-valid',
    title: 'Server certificate not yet valid',
    description:
      'The leaf certificate was put in service before its notBefore. When only one host says so, its clock is the suspect instead (network/clock-skew).',
    class: 'configuration',
    basePriority: 'urgent',
    owner: 'ops',
    proof: 'structural',
    needs: [],
    remedy:
      'Go back to the previous certificate until notBefore has passed, or have it reissued with the right date; reload.',
    verification: {
      command: 'openssl s_client -connect $HOST:443 -servername $HOST -verify_return_error </dev/null',
      expect: 'Verify return code: 0 (ok)',
    },
    references: ['RFC 5280 section 4.1.2.5'],
  },
  run: (context) =>
    chainHits(context, {
      fault: 'leaf-not-yet-valid',
      cause: 'server-cert-not-yet-valid',
      candidate: { all: 0.48, some: 0.35 },
      role: 'server',
      events: [
        'tls.cert-not-yet-valid',
        'tls.cert-expired-or-not-yet-valid',
        'tls.cert-verify-failed',
        'tls.alert-received',
      ],
      unmistakable: [],
      alerts: [42, 45],
      title: (host) => `The server certificate of ${host} is not valid yet`,
      accept: (fault, _chain, context) => fault.certificate.notBefore > context.graph.span.from,
    }),
});
