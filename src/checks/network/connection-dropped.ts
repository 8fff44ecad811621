import { isLoopback, isPrivate } from '../../address.ts';
import { stripPort } from '../../graph/endpoints.ts';
import type { Symptom } from '../../graph/types.ts';
import { type Join, symptomHits } from '../_symptom-rule.ts';
import { fullQueues } from '../capacity/_host-state.ts';
import { type CheckContext, defineCheck } from '../types.ts';
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
        yield* queueFull(c, symptoms);
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

/**
 * A listener of ours whose queue is full drops what comes; nothing on the way does (tcp_v4_syn_recv_sock of Linux). The list is of a
 * machine of ours, so a stranger's address with the same port is another listener.
 */
function* queueFull(context: CheckContext, symptoms: Symptom[]): Iterable<Join> {
  const ports = symptoms
    .flatMap((s) => s.events.flatMap((e) => e.peer ?? []))
    .flatMap((peer) => {
      const port = /:(\d{1,5})$/.exec(peer)?.[1];
      const address = stripPort(peer);
      return port !== undefined && (isPrivate(address) || isLoopback(address)) ? [Number(port)] : [];
    });
  for (const { says, evidence } of fullQueues(context, new Set(ports)).slice(0, 1))
    yield { confidence: 0.8, proof: 'observed', evidence: [evidence], says, owner: 'app' };
}
