import { isLoopback, isPrivate } from '../../address.ts';
import { MINUTE } from '../../graph/bursts.ts';
import { stripPort } from '../../graph/endpoints.ts';
import type { Symptom } from '../../graph/types.ts';
import { reasonGiven } from '../_answers.ts';
import { type Join, symptomHits } from '../_symptom-rule.ts';
import { endedForMemory } from '../capacity/_host-state.ts';
import { quote, symptomsOf, together } from '../support.ts';
import { type CheckContext, defineCheck } from '../types.ts';
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
      *join(c, symptoms, handshakes, onset) {
        yield* otherExplanation(c, symptoms, handshakes);
        yield* ownProgramEnded(c, symptoms, onset);
        yield* endedByKernel(c, symptoms, onset);
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

/**
 * A program of ours that the kernel ended for lack of memory when its host began to refuse: nothing listens there since. Addresses
 * of strangers are left alone, since the report is of a machine of ours.
 */
function* endedByKernel(context: CheckContext, symptoms: Symptom[], onset: number): Iterable<Join> {
  const peers = symptoms.flatMap((s) => s.peers).map(stripPort);
  if (peers.length === 0 || !peers.every((peer) => isPrivate(peer) || isLoopback(peer))) return;
  const [from, to] = [onset - 2 * MINUTE, onset + 2 * MINUTE];
  const said = symptomsOf(context, ['cap.memory'], { any: true }).filter((s) => s.onset >= from && s.onset <= to);
  const evidence = [...quote(context, said, 2), ...endedForMemory(context, from, to)].slice(0, 2);
  if (evidence.length > 0)
    yield {
      confidence: 0.85,
      proof: 'observed',
      evidence,
      says: 'a program of ours was ended for lack of memory at that time',
      owner: 'ops',
    };
}

/** What a program on the host itself, which nothing answers for any more, said when it ended or failed to start. */
function* ownProgramEnded(context: CheckContext, symptoms: Symptom[], onset: number): Iterable<Join> {
  const peers = symptoms.flatMap((s) => s.peers);
  if (peers.length === 0 || !peers.every((peer) => isLoopback(stripPort(peer)))) return;
  const ended = symptomsOf(context, ['cap.memory', 'start.crashed'], { any: true }).filter(
    (s) => s.onset >= onset - 2 * MINUTE && s.onset <= onset + 2 * MINUTE,
  );
  if (ended.length > 0) {
    yield { evidence: quote(context, ended, 2), owner: 'app' };
  }
  const reason = reasonGiven(context, onset, together(symptoms).end);
  if (reason) yield { evidence: [reason.evidence], says: `our own log says: ${reason.text}`, owner: 'app' };
}
