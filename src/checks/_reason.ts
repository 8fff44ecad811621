/** What our own programs give as the reason in a stretch of time, whether or not anybody has listed the text. */
import type { EvidenceRef } from '../finding.ts';
import { MINUTE, sumBetween } from '../graph/bursts.ts';
import { innermost } from '../logs/innermost.ts';
import { line } from './support.ts';
import type { CheckContext } from './types.ts';

export interface Reason {
  /** One line, at most 200 characters. */
  text: string;
  /** Lines of that shape in the stretch. */
  count: number;
  evidence: EvidenceRef;
}

const LONGEST = 200;
/** Lines from which a shape is more than isolated, and the share of it that may stand before. */
const FEWEST = 5;
const BEFORE = 0.1;

/**
 * The most frequent shape of error that applications wrote between two times and hardly ever before.
 * @param from ms UTC. @param to ms UTC.
 */
export function reasonGiven(context: CheckContext, from: number, to: number): Reason | undefined {
  const { logs } = context.observations;
  let best: { count: number; source: number; sample: { line: number; text: string } } | undefined;
  for (const { level, source, perMinute, sample } of logs.templates) {
    if ((level !== 'error' && level !== 'critical') || logs.sources[source]?.role !== 'application') continue;
    const count = sumBetween(perMinute, from - MINUTE, to);
    const before = sumBetween(perMinute, Number.NEGATIVE_INFINITY, from - 2 * MINUTE);
    if (count >= FEWEST && before <= count * BEFORE && (!best || count > best.count)) best = { count, source, sample };
  }
  if (!best) return undefined;
  const { count, source, sample } = best;
  const record = logs.records.find((r) => r.source === source && r.line === sample.line);
  const text = (record ? innermost(record) : sample.text.split('\n')[0]!).slice(0, LONGEST);
  return { text, count, evidence: line(context, source, sample.line, text, record?.time) };
}
