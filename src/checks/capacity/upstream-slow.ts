import { symptomHits } from '../_symptom-rule.ts';
import { otherExplanation } from '../network/_target.ts';
import { orElse } from '../support.ts';
import { type CheckContext, defineCheck, type Hit } from '../types.ts';
import { slowEvidence } from './_requests.ts';
import { slowInRequests } from './_slow.ts';

export default defineCheck({
  meta: {
    id: 'capacity/upstream-slow',
    title: 'The peer answers too late',
    description: 'Connecting is fast, but the answer does not come before the read timeout.',
    class: 'technical',
    basePriority: 'important',
    owner: 'bank',
    proof: 'textual',
    needs: [],
    remedy: 'Tell the peer with times and order numbers; route around it or queue; do not raise timeouts blindly.',
    verification: {
      command: "awk '{print $NF}' access.log | sort -n | tail -3",
      expect: 'response times back at the usual level',
    },
    references: ['RFC 9110 section 15.6.5'],
  },
  *run(context) {
    yield* orElse(fromWords(context), () => slowInRequests(context));
  },
});

/** What balancers, servers and applications say of it. */
const fromWords = (context: CheckContext): Iterable<Hit> =>
  symptomHits(context, {
    cause: 'upstream-slow',
    ownerHere: 'ops',
    events: ['net.read-timeout'],
    filter: { role: ['client', 'unknown'] },
    confidence: 0.72,
    verdicts: ['server_accepts_but_no_reply'],
    captureConfidence: 0.45,
    // A capture can be cut short after the hello; beside logs, they are what tells of waiting.
    keepHandshake: (h, c) => h.verdict.confidence >= 0.6 && c.observations.logs.recordTotal === 0,
    *join(c, symptoms, handshakes, onset) {
      yield* otherExplanation(c, symptoms, handshakes);
      yield* slowEvidence(c, onset);
    },
    title: ({ host }) => `${host} answers too late; connecting is fast`,
    side: 'server',
  });
