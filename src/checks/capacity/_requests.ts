/** What the request table and directives add to capacity complaints. */
import type { EvidenceRef } from '../../finding.ts';
import type { Join } from '../_symptom-rule.ts';
import { line } from '../support.ts';
import type { CheckContext } from '../types.ts';

/** Upstream connect time against header time before and after the onset. */
export function* slowEvidence(context: CheckContext, onset: number): Iterable<Join> {
  const r = context.observations.logs.requests;
  let connectOk = 0;
  let slow = 0;
  let after = 0;
  let before = 0;
  let beforeSum = 0;
  let firstSlow = -1;
  for (let i = 0; i < r.length; i++) {
    const header = r.upstreamHeader[i]!;
    const total = Number.isNaN(header) ? r.upstreamResponse[i]! : header;
    const time = r.time[i]!;
    if (time < onset - 60_000) {
      if (!Number.isNaN(total)) {
        before++;
        beforeSum += total;
      }
      continue;
    }
    const connect = r.upstreamConnect[i]!;
    if (Number.isNaN(connect) && r.status[i] !== 504) continue;
    after++;
    if (!Number.isNaN(connect) && connect < 0.5) connectOk++;
    if ((total > 2 && total > 5 * (before ? beforeSum / before : 0.2)) || r.status[i] === 504) {
      slow++;
      if (firstSlow < 0) firstSlow = i;
    }
  }
  if (after >= 5 && slow >= 3 && connectOk >= after * 0.5) {
    const evidence: EvidenceRef[] =
      firstSlow >= 0
        ? [
            line(
              context,
              r.source[firstSlow]!,
              r.line[firstSlow]!,
              `${r.status[firstSlow]} after ${r.requestTime[firstSlow]} s, connect ${r.upstreamConnect[firstSlow]} s`,
              r.time[firstSlow]!,
            ),
          ]
        : [];
    yield {
      confidence: 0.92,
      proof: 'observed',
      evidence,
      says: `${slow} of ${after} requests waited for the answer while connecting stayed under half a second`,
    };
  }
}

/** Lines of a directive in any configuration. */
export function* directive(context: CheckContext, name: RegExp): Iterable<Join> {
  for (const c of context.observations.configurations) {
    for (const d of c.directives)
      if (name.test(d.name.split('.').pop() ?? d.name))
        yield { evidence: [{ file: c.file, line: d.line, text: `${d.name} ${d.value}` }], confidence: 0.93 };
  }
}

/** HAProxy sessions with a termination state, since the onset. */
export function* terminations(context: CheckContext, onset: number, state: RegExp): Iterable<Join> {
  const r = context.observations.logs.requests;
  let count = 0;
  let first: EvidenceRef | undefined;
  for (let i = 0; i < r.length; i++) {
    const text = r.strings[r.termination[i]!] ?? '';
    if (!text || !state.test(text) || r.time[i]! < onset - 120_000) continue;
    count++;
    first ??= line(context, r.source[i]!, r.line[i]!, `termination state ${text}`, r.time[i]!);
  }
  if (count >= 3 && first)
    yield {
      confidence: 0.93,
      proof: 'observed',
      evidence: [first],
      says: `${count} sessions ended in state ${state.source.replace('^', '')}`,
    };
}
