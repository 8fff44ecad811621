import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { stalledBecause, timeoutsOf } from './_target.ts';

export default defineCheck({
  meta: {
    id: 'network/large-hello-dropped',
    title: 'A large ClientHello is lost',
    description: 'Hellos that need two segments (post-quantum key shares) never arrive whole, smaller ones do.',
    class: 'incompatibility',
    basePriority: 'important',
    owner: 'net',
    proof: 'observed',
    needs: [],
    remedy: 'Have the device in the path updated; until then switch off the hybrid group for this peer only.',
    verification: {
      command: 'openssl s_client -groups X25519:P-256 -connect $HOST:443 </dev/null',
      expect: 'a completed handshake',
    },
    references: ['RFC 8446 section 4.2.8'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'large-hello-dropped',
      events: ['tls.handshake-timeout'],
      filter: { role: ['client', 'unknown'] },
      verdicts: ['middlebox_drops_second_segment', 'large_clienthello_intolerance'],
      confidence: 0.35,
      captureConfidence: 0.88,
      *join(c, _s, handshakes, onset) {
        if (handshakes.length) yield* timeoutsOf(c, handshakes);
        else yield* stalledBecause(c, 'hello', onset);
      },
      title: ({ host }) => `The large ClientHello to ${host} is lost on the path`,
      side: 'between',
    }),
});
