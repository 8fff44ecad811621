import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'network/port-exhaustion',
    title: 'Source ports used up',
    description: 'Connects fail locally because no source port is left towards one destination.',
    class: 'technical',
    basePriority: 'important',
    owner: 'ops',
    proof: 'textual',
    needs: [],
    remedy:
      'Reuse connections (keep-alive), widen ip_local_port_range, add source addresses; find what opens so many connections.',
    verification: {
      command: 'ss -tan dst $HOST | wc -l; sysctl net.ipv4.ip_local_port_range',
      expect: 'well below the size of the range',
    },
    references: ['RFC 6056'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'port-exhaustion',
      events: ['net.address-exhausted'],
      confidence: 0.9,
      title: ({ host }) => `Our source ports towards ${host} are used up`,
      side: 'client',
    }),
});
