import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { idleGaps, sporadic } from './_idle.ts';

export default defineCheck({
  meta: {
    id: 'network/idle-connection-reset',
    title: 'Idle connections are reset',
    description:
      'Sporadic resets or early closes on reused connections while most requests succeed: one side closes idle connections sooner than the other expects.',
    class: 'configuration',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy:
      'Set the idle timeout of the client below that of the peer (and of any firewall between); retry only idempotent requests.',
    verification: {
      command: 'ss -tno state established dst $HOST',
      expect: 'timers below the idle timeout of the peer',
    },
    references: ['RFC 9112 section 9.5'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'idle-connection-reset',
      events: ['net.closed-early', 'net.reset'],
      filter: { role: ['client', 'unknown'] },
      confidence: 0.55,
      keep: sporadic,
      *join(c, symptoms) {
        yield* idleGaps(c, symptoms);
      },
      title: ({ host }) => `Idle connections to ${host} are closed under us`,
      side: 'between',
    }),
});
