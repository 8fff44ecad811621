import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { terminations } from './_requests.ts';

export default defineCheck({
  meta: {
    id: 'capacity/response-truncated',
    title: 'Answers break off in the middle',
    description:
      'The peer closes while the body is still on its way; the status already said 200, so the outcome of these payments is unknown.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Reconcile these payments by query, never retry blindly; give the peer the list of orders.',
    verification: {
      command: 'grep -c "prematurely closed connection while reading upstream" error.log',
      expect: '0 in the last ten minutes',
    },
    references: ['RFC 9112 section 8'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'response-truncated',
      ownerHere: 'ops',
      events: ['upstream.response-truncated'],
      confidence: 0.82,
      *join(c, _symptoms, _handshakes, onset) {
        yield* terminations(c, onset, /^SD/);
      },
      title: ({ host }) => `${host} breaks off its answers; the outcome of those payments is unknown`,
      side: 'server',
    }),
});
