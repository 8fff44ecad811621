import type { Symptom } from '../../graph/types.ts';
import type { Join } from '../_symptom-rule.ts';
import { changeReference, changesNear, symptomsOf } from '../support.ts';
import type { CheckContext } from '../types.ts';

/** Most requests pass: by the payments where there are any, since an error log holds nothing but failures. */
export function sporadic(s: Symptom, context: CheckContext): boolean {
  const { payments, span } = context.graph;
  const during = payments.change(s.onset, span.to + 1);
  return during.attempts >= 20 ? during.share - during.shareBefore < 0.5 : s.share < 0.5;
}

/** Signs that it is idle connections: keep-alive towards the peer, working requests in between, an idle timeout in a notice. */
export function* idleGaps(context: CheckContext, symptoms: Symptom[]): Iterable<Join> {
  const handshakes = symptomsOf(context, ['tls.handshake-failed', 'tls.alert-received', 'tls.no-shared-cipher']).find(
    (s) =>
      symptoms.some((x) => Math.abs(x.onset - s.onset) < 3 * 60_000) && s.burstCount * 3 >= symptoms[0]!.burstCount,
  );
  if (handshakes) yield { veto: 'the handshakes failed: no connection was there to be idle' };
  const broken = symptomsOf(context, ['upstream.response-truncated']).find(
    (s) =>
      symptoms.some((x) => Math.abs(x.onset - s.onset) < 3 * 60_000) && s.burstCount * 3 >= symptoms[0]!.burstCount,
  );
  if (broken) yield { veto: 'answers broke off in the middle: the connections were in use, not idle' };
  const keepalive = context.observations.configurations.flatMap((c) => c.upstreams).find((u) => u.keepalive);
  if (keepalive?.keepalive) {
    yield {
      confidence: 0.72,
      evidence: [
        {
          file: keepalive.keepalive.file,
          line: keepalive.keepalive.line,
          text: `keepalive ${keepalive.keepalive.value}`,
        },
      ],
      says: 'connections to the peer are kept alive',
    };
  }
  const idle =
    context.graph.changes.find((c) => /idle|keep-?alive|timeout/i.test(c.text)) ??
    symptoms.flatMap((s) => changesNear(context, s.onset)).find((c) => /firewall|nat|idle|session/i.test(c.text));
  if (idle) yield { confidence: 0.78, evidence: [changeReference(idle)], says: `change before it: ${idle.text}` };
  const notice = context.graph.notices.find((n) => /idle|keep-?alive/i.test(n.text));
  if (notice)
    yield { confidence: 0.8, evidence: [{ file: notice.file, line: notice.line, text: notice.text.slice(0, 200) }] };
}
