import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';

export default defineCheck({
  meta: {
    id: 'network/no-route',
    title: 'No route to the peer',
    description:
      'The local stack or a router rejects packets at once: no route, network unreachable or administratively prohibited.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'textual',
    needs: [],
    remedy: 'Restore the route (or the policy) towards the peer; ip route get $HOST shows the decision.',
    verification: { command: 'ip route get $HOST', expect: 'a route through the expected gateway' },
    references: ['RFC 792', 'RFC 1812 section 5.2.7.1'],
  },
  run: (context) =>
    symptomHits(context, {
      cause: 'no-route',
      events: ['net.no-route', 'net.permission'],
      filter: {},
      confidence: 0.86,
      keepHandshake: (h) => !!h.tcp.icmp,
      title: ({ host }) => `No route to ${host}: packets are rejected at once`,
      side: 'between',
    }),
});
