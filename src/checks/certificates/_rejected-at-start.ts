/** A server that does not start because its TLS library refuses its certificate (OpenSSL security level). */
import type { ChainFault } from '../../graph/types.ts';
import type { EventClass } from '../../logs/event-classes.ts';
import { symptomHits } from '../_symptom-rule.ts';
import { refusedAfter, startFailureMatters } from '../service/_start.ts';
import type { CheckContext, Hit } from '../types.ts';

/** Its log says why it is down; its clients can only say that nobody listens. */
export function rejectedAtStart(
  context: CheckContext,
  rule: { cause: string; event: EventClass; fault: ChainFault; title: string },
): Iterable<Hit> {
  return symptomHits(context, {
    cause: rule.cause,
    events: ['start.cert-rejected'],
    filter: { any: true },
    confidence: 0.85,
    keep: (s, c) => s.events.some((e) => e.also.includes(rule.event)) && startFailureMatters(s, c),
    *join(c, symptoms, _handshakes, onset) {
      for (const chain of c.graph.chains) {
        const fault = chain.faults.find((f) => f.fault === rule.fault);
        if (fault && chain.role === 'server' && !chain.former)
          yield {
            confidence: 0.95,
            proof: 'structural',
            evidence: chain.evidence.map((e) => ({ ...e, text: fault.says })),
            says: fault.says,
          };
      }
      yield* refusedAfter(c, symptoms, onset);
    },
    title: () => rule.title,
    side: 'server',
  });
}
