/** Slow answers told by the request logs of a proxy alone, where no application complains of them. */

import { bursts, MINUTE } from '../../graph/bursts.ts';
import { MinuteCounts } from '../../graph/minute-counts.ts';
import { impactBetween, iso, line, scopeData } from '../support.ts';
import type { CheckContext, Hit } from '../types.ts';

/** Seconds, and times the usual, that make an answer slow. */
const SLOW = 5;
const TIMES = 10;
const FEWEST = 12;

/** Answers outside the slow stretch from which one knows what a path usually takes. */
const KNOWN = 5;
/** Share of fast answers during it from which a path that is asked for at no other time is taken for a fast one. */
const OFTEN_FAST = 0.2;

/**
 * What is usually fast, by what its path takes at other times: a nightly export takes long by nature, and nobody waits for it.
 * @param during whether a row lies in the slow stretch. @returns whether a row is of such a path.
 */
function usuallyFast(
  context: CheckContext,
  taken: (row: number) => number,
  during: (row: number) => boolean,
  limit: number,
): (row: number) => boolean {
  const r = context.observations.logs.requests;
  const usual = new Map<number, { fast: number; all: number; everFast: number; everAll: number }>();
  for (let i = 0; i < r.length; i++) {
    if (!(taken(i) >= 0) || r.status[i]! >= 500) continue;
    const known = usual.get(r.path[i]!) ?? { fast: 0, all: 0, everFast: 0, everAll: 0 };
    const fast = taken(i) <= limit / 2;
    known.everAll++;
    if (fast) known.everFast++;
    if (!during(i)) {
      known.all++;
      if (fast) known.fast++;
    }
    usual.set(r.path[i]!, known);
  }
  return (row) => {
    const known = usual.get(r.path[row]!);
    if (!known) return false;
    return known.all >= KNOWN ? known.fast * 2 > known.all : known.everFast >= known.everAll * OFTEN_FAST;
  };
}

/** The burst of slow rows that is not mostly work which always takes long, and the slow rows without that work. */
function slowest(
  context: CheckContext,
  slow: readonly number[],
  taken: (row: number) => number,
  limit: number,
): { from: number; to: number; count: number; rows: readonly number[] } | undefined {
  const r = context.observations.logs.requests;
  let rows = slow;
  for (let tries = 0; tries < MOST_WORK; tries++) {
    const burst = bursts(MinuteCounts.of(rows.map((i) => r.time[i]!)))[0];
    if (!burst || burst.count < FEWEST) return undefined;
    const during = (i: number): boolean => r.time[i]! >= burst.from && r.time[i]! < burst.to + MINUTE;
    const fast = usuallyFast(context, taken, during, limit);
    const inside = rows.filter(during);
    const long = new Set(inside.filter((i) => r.status[i] !== 504 && !fast(i)).map((i) => r.path[i]!));
    if (inside.filter((i) => r.status[i] !== 504 && long.has(r.path[i]!)).length < inside.length * MOSTLY)
      return { ...burst, rows };
    // What else was slow is looked for without it.
    rows = rows.filter((i) => r.status[i] === 504 || !long.has(r.path[i]!));
  }
  return undefined;
}

/** Share of a burst that such work must be to be all of it, and bursts of it that are set aside. */
const MOSTLY = 0.8;
const MOST_WORK = 4;

/** A burst of answers that came many times later than before, or not before the proxy gave up (504), on working connections. */
export function* slowInRequests(context: CheckContext): Iterable<Hit> {
  const r = context.observations.logs.requests;
  // A session that never reached a server (states SC and sC of HAProxy) waited for a connection, not for an answer.
  const unconnected = new Set<number>();
  for (let id = 1; id < r.strings.length; id++) if (/^[Ss]C/.test(r.strings[id]!)) unconnected.add(id);
  const taken = (i: number): number => {
    if (unconnected.has(r.termination[i]!)) return Number.NaN;
    const upstream = r.upstreamResponse[i]!;
    if (!Number.isNaN(upstream)) return upstream;
    return Number.isNaN(r.upstreamHeader[i]!) ? r.requestTime[i]! : r.upstreamHeader[i]!;
  };
  const times: number[] = [];
  for (let i = 0; i < r.length && times.length < 100_000; i++)
    if (!Number.isNaN(taken(i)) && taken(i) >= 0 && r.status[i] !== 504) times.push(taken(i));
  if (times.length < 50) return;
  const usual = Float64Array.from(times).sort()[Math.floor(times.length / 4)]!;
  const limit = Math.max(SLOW, usual * TIMES);
  const all: number[] = [];
  for (let i = 0; i < r.length; i++) if (taken(i) > limit || r.status[i] === 504) all.push(i);
  const burst = slowest(context, all, taken, limit);
  if (!burst) return;
  const { rows } = burst;
  let total = 0;
  for (let i = 0; i < r.length; i++) if (r.time[i]! >= burst.from && r.time[i]! < burst.to + MINUTE) total++;
  // A report or an export takes long on any day: a fault makes a good part of everything slow, and did not before.
  const before = rows.filter((i) => r.time[i]! < burst.from).length;
  if (burst.count < total * 0.2 || before > burst.count * 0.2) return;
  const during = (i: number): boolean => r.time[i]! >= burst.from && r.time[i]! < burst.to + MINUTE;
  const inside = rows.filter(during).sort((a, b) => r.time[a]! - r.time[b]!);
  const onset = r.time[inside[0]!]!;
  const end = r.time[inside.at(-1)!]!;
  // Slow answers follow from much: where anything was said at the time, that tells more than the times do.
  if (context.graph.symptoms.some((s) => s.significant && s.onset <= onset + 5 * MINUTE && s.end >= onset)) return;
  const impact = impactBetween(context, onset, end, context.graph.span.to - end < 10 * MINUTE);
  const gaveUp = inside.filter((i) => r.status[i] === 504).length;
  const upstream = r.strings[r.upstream[inside[0]!]!] ?? '';
  const host = upstream ? context.graph.endpoints.canonical(upstream) : 'the server behind the proxy';
  yield {
    cause: 'upstream-slow',
    confidence: 0.76,
    proof: 'observed',
    subject: { kind: 'host', id: host },
    title: `${host} answers too late; connecting is fast`,
    detail: `${inside.length} of ${total} requests since ${iso(onset)} waited more than ${limit.toFixed(0)} s for the answer or got 504 (${gaveUp}); usual: ${usual.toFixed(2)} s.`,
    evidence: inside
      .slice(0, 5)
      .map((i) => line(context, r.source[i]!, r.line[i]!, `${r.status[i]} after ${taken(i)} s`, r.time[i]!)),
    impact:
      impact.failingShare === undefined
        ? {
            ...impact,
            failingShare: Math.max(gaveUp, inside.length / 2) / total,
            attempts: total,
            scope: 'all',
            minutes: (end - onset) / MINUTE,
          }
        : impact,
    count: inside.length,
    first: onset,
    last: end,
    side: 'server',
    owner: 'ops',
    data: { host, ...scopeData(impact) },
  };
}
