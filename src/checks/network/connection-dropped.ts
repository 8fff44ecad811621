import { symptomHits } from '../_symptom-rule.ts';
import { defineCheck } from '../types.ts';
import { otherExplanation } from './_target.ts';
import { unconnected } from './_terminations.ts';

export default defineCheck({
  meta: {
    id: 'network/connection-dropped',
    title: 'Connections time out unanswered',
    description: 'Connects to a peer get no answer at all: something on the path drops the packets.',
    class: 'technical',
    basePriority: 'urgent',
    owner: 'net',
    proof: 'textual',
    needs: [],
    remedy: 'Have the network team and the peer compare the allow-lists for this source, destination and port.',
    verification: { command: 'nc -vz -w3 $HOST $PORT', expect: 'succeeded / open' },
    references: ['RFC 9293 section 3.8.3'],
  },
  *run(context) {
    yield* symptomHits(context, {
      cause: 'connection-dropped',
      ownerHere: 'ops',
      events: ['net.connect-timeout'],
      verdicts: ['syn_blackhole'],
      confidence: 0.7,
      captureConfidence: 0.88,
      *join(c, symptoms, handshakes) {
        yield* otherExplanation(c, symptoms, handshakes);
      },
      title: ({ host }) => `Connections to ${host} are silently dropped`,
      side: 'between',
    });
    yield* unconnected(context, {
      cause: 'connection-dropped',
      state: 'sC',
      says: 'no answer came before the connect time-out',
      title: (peer) => `The connections of HAProxy to ${peer} are not answered`,
    });
  },
});
