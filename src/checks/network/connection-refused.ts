import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { otherExplanation } from './_target.ts';
import { unconnected } from './_terminations.ts';

export default defineCheck({
  meta: {
    id: 'network/connection-refused',
    title: 'Connection refused',
    description:
      'Connects to a peer are answered with a reset. Dropped when the peer is our own server that cannot start, or when the name points to a former address.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Ask the operator of the peer whether its listener is down; if a second address is published, route there.',
    verification: { command: 'nc -vz -w3 $HOST $PORT', expect: 'succeeded / open' },
    references: ['RFC 9293 section 3.10.7.1'],
  },
  *run(context) {
    yield* symptomHits(context, {
      cause: 'connection-refused',
      ownerHere: 'ops',
      events: ['net.refused'],
      verdicts: ['port_closed'],
      confidence: 0.72,
      captureConfidence: 0.86,
      *join(c, symptoms, handshakes) {
        yield* otherExplanation(c, symptoms, handshakes);
      },
      title: ({ host }) => `${host} refuses connections`,
      side: 'server',
    });
    yield* unconnected(context, {
      cause: 'connection-refused',
      state: 'SC',
      says: 'the server or the network refused the connection',
      title: (peer) => `${peer} refuses the connections of HAProxy`,
    });
  },
});
