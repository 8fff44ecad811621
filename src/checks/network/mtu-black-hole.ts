import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { stalledBecause, timeoutsOf } from './_target.ts';

export default defineCheck({
  meta: {
    id: 'network/mtu-black-hole',
    title: 'Large packets vanish on the path',
    description:
      'Small packets pass, full-size ones do not: the handshake stalls after the hello because the certificate flight never arrives.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'observed',
    needs: [],
    remedy: 'Clamp the MSS on the tunnel or router, and let ICMP "fragmentation needed" pass.',
    verification: { command: 'ping -M do -s 1472 -c 3 $HOST', expect: 'replies, or a smaller MSS in the SYN' },
    references: ['RFC 2923', 'RFC 8899'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'mtu-black-hole',
      events: ['tls.handshake-timeout'],
      filter: { role: ['client', 'unknown'] },
      verdicts: ['mtu_blackhole_c2s', 'mtu_blackhole_s2c'],
      confidence: 0.4,
      captureConfidence: 0.9,
      *join(c, _s, handshakes, onset) {
        if (handshakes.length) yield* timeoutsOf(c, handshakes);
        else yield* stalledBecause(c, 'mtu', onset);
      },
      title: ({ host }) => `Full-size packets to or from ${host} vanish on the path`,
      side: 'between',
    }),
});
