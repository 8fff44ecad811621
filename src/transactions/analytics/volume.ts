import type { MinuteSeries } from '../../logs/windows/series.ts';
import { usualProfile } from '../../logs/windows/weekly.ts';
import { endedRather, flapping, spanOf, sumOf } from '../../logs/windows/window.ts';
import { DEFAULT_WINDOW_THRESHOLDS, interruptions } from '../../logs/windows/windows.ts';
import type { TransactionTable } from '../types.ts';
import { judgeHole } from './holes.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { BUSIEST, MINUTE, minuteSeries, type Part, partsOf } from './minutes.ts';
import { cite, type LineReference, outcomeOf } from './view.ts';

/** Attempts stay away, or come in far greater number than shortly before while fewer of them succeed. */
export interface VolumeChange {
  /** `unclear`: attempts stay away, or the export of that time is not whole. */
  kind: 'drop' | 'surge' | 'unclear';
  /** Why a stretch is unclear. */
  why?: string;
  /** What it concerns: the whole table, one route, or one merchant. */
  dimension: 'all' | 'route' | 'merchant';
  /** Name of the route or merchant; `all` for the whole table. */
  route: string;
  /** First and last minute of the stretch, ms UTC. */
  from: number;
  to: number;
  /** The times without attempts, where they came and went. */
  parts?: { from: number; to: number }[];
  /** The stretch reaches the end of the table. */
  toEnd: boolean;
  attempts: number;
  /** Attempts that the time before would have led one to expect. */
  expected: number;
  /** Share of approved attempts within and before: a sale keeps it, an attack does not. */
  successShare: number;
  usualSuccessShare: number;
  lines: LineReference[];
}

interface Stretch {
  start: number;
  end: number;
  expected: number;
  attempts: number;
}

/** Log-likelihood ratio from which the usual rate is back: by chance once in a thousand. */
const RETURNED = Math.log(1000);

/**
 * CUSUM of Poisson log-likelihood ratios (Page 1954) against a moving average that learns only from ordinary minutes.
 * @param factor the rate looked for, as a multiple of the usual one.
 * @param extraordinary first and last minutes of stretches known otherwise, which teach the average nothing.
 */
function stretches(
  counts: Uint32Array,
  factor: number,
  alarm: number,
  extraordinary: readonly [number, number][],
): Stretch[] {
  const found: Stretch[] = [];
  const warmUp = Math.min(30, Math.floor(counts.length / 4));
  let usual = 0;
  for (let i = 0; i < warmUp; i++) usual += counts[i]! / warmUp;
  let sum = 0;
  let start = -1;
  let back = 0;
  let open: Stretch | undefined;
  const known = extraordinary.values();
  let next = known.next().value;
  for (let i = warmUp; i < counts.length; i++) {
    const count = counts[i]!;
    // An hour without one attempt ends what can be known about the usual rate.
    const rate = Math.max(usual, 0.02);
    if (open) {
      open.expected += rate;
      open.attempts += count;
      open.end = i;
      // Back to normal: the same sum of ratios, of the usual rate against the one of the stretch so far.
      const measured = open.attempts / open.expected;
      const there = Math.max(1.6, measured);
      back = Math.max(0, back - count * Math.log(there) + (there - 1) * rate);
      if (back > RETURNED && i - open.start >= 5) {
        open.expected -= rate;
        open.end = i - 1;
        finish(open, i, counts, (found.at(-1)?.end ?? -1) + 1);
        found.push(open);
        open = undefined;
        sum = 0;
        start = -1;
      }
      continue;
    }
    const gain = count * Math.log(factor) - (factor - 1) * rate;
    if (sum <= 0) start = i;
    sum = Math.max(0, sum + gain);
    if (sum > alarm) {
      open = { start, end: i, expected: rate * (i - start + 1), attempts: sumOf(counts, start, i) };
      back = 0;
      continue;
    }
    while (next && next[1] < i) next = known.next().value;
    if (sum < alarm / 4 && !(next && next[0] <= i))
      usual += (Math.min(count, LEARNS * Math.max(1, usual)) - usual) / 20;
  }
  if (open) {
    finish(open, counts.length - 1, counts, (found.at(-1)?.end ?? -1) + 1);
    found.push(open);
  }
  return joined(found);
}

/** Minutes that one stretch may pause: fewer attempts than a few a minute look like an end by chance. */
const PAUSE_MINUTES = 5;

/** Stretches with hardly a pause between them are one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const whole: Stretch[] = [];
  for (const stretch of stretches) {
    const last = whole.at(-1);
    if (last && stretch.start - last.end - 1 < PAUSE_MINUTES) {
      last.expected += stretch.expected;
      last.attempts += stretch.attempts;
      last.end = stretch.end;
    } else whole.push({ ...stretch });
  }
  return whole;
}

/** Minutes before and after the alarm's own stretch in which its edges are looked for. */
const EDGE_MINUTES = 10;

/** Sets the edges where the measured rate fits best: the maximum-scoring stretch of minutes around the alarm. */
function finish(stretch: Stretch, end: number, counts: Uint32Array, earliest: number): void {
  const usual = stretch.expected / (stretch.end - stretch.start + 1);
  const factor = sumOf(counts, stretch.start, end) / (end - stretch.start + 1) / usual;
  let best = 0;
  let score = 0;
  let from = stretch.start;
  let edges = { start: stretch.start, end };
  for (
    let i = Math.max(earliest, stretch.start - EDGE_MINUTES);
    i <= Math.min(counts.length - 1, end + EDGE_MINUTES);
    i++
  ) {
    if (score <= 0) {
      score = 0;
      from = i;
    }
    score += counts[i]! * Math.log(factor) - (factor - 1) * usual;
    if (score > best) {
      best = score;
      edges = { start: from, end: i };
    }
  }
  stretch.start = edges.start;
  stretch.end = edges.end;
  stretch.expected = usual * (edges.end - edges.start + 1);
  stretch.attempts = sumOf(counts, edges.start, edges.end);
}

const DAY_MINUTES = 1440;
/** Days from which one can tell what is usual at a time of day, and at a time of the week. */
const DAYS = 3;
const WEEKS = 14;
/** The most that one minute may teach, as a multiple of the usual rate. */
const LEARNS = 3;

/**
 * Attempts that the middle one of the other days, or of the other weeks where there are two, had in the same minutes;
 * undefined below three days.
 */
function otherDays(counts: Uint32Array, { start, end }: Stretch): number | undefined {
  if (counts.length < DAYS * DAY_MINUTES - 60) return undefined;
  const period = counts.length >= WEEKS * DAY_MINUTES - 60 ? 7 * DAY_MINUTES : DAY_MINUTES;
  const days: number[] = [];
  for (let shift = -(start - (start % period)); start + shift < counts.length; shift += period) {
    if (shift === 0 || end + shift >= counts.length) continue;
    days.push(sumOf(counts, start + shift, end + shift));
  }
  return days.sort((a, b) => a - b)[(days.length - 1) >> 1];
}

/** Least fall of the share of approved attempts, and standard errors of it, that make a surge more than a good day. */
const HARM = 0.1;
const HARM_Z = 4;

const approvedShare = (table: TransactionTable, rows: ArrayLike<number>): number => {
  let approved = 0;
  for (let i = 0; i < rows.length; i++) if (outcomeOf(table, rows[i]!) === 'approved') approved++;
  return rows.length === 0 ? Number.NaN : approved / rows.length;
};

/** A change with what the table shows in that time and before. */
function changeOf(
  table: TransactionTable,
  { dimension, key, rows }: Part,
  change: Pick<VolumeChange, 'kind' | 'why' | 'from' | 'to' | 'parts' | 'toEnd' | 'attempts' | 'expected'>,
): VolumeChange {
  const { from, to } = change;
  const inside = rows.filter((row) => table.time[row]! >= from && table.time[row]! < to);
  const before = rows.filter((row) => table.time[row]! < from);
  return {
    ...change,
    dimension,
    route: key,
    successShare: approvedShare(table, inside),
    usualSuccessShare: approvedShare(table, before),
    lines: cite(table, inside.length > 0 ? inside : before.slice(-1)),
  };
}

/** Attempts that come in far greater number while fewer of them are approved: a sale keeps that share, an attack does not. */
function harmfulSurges(
  table: TransactionTable,
  part: Part,
  { start, requests }: MinuteSeries,
  missing: readonly VolumeChange[],
  limits: TransactionLimits,
): VolumeChange[] {
  // The return of the customers after an outage is no surge: what came meanwhile says nothing of what is usual.
  const known = [...missing, ...(table.gaps ?? [])]
    .map(({ from, to }): [number, number] => [
      Math.floor((from - start) / MINUTE),
      Math.ceil((to - start) / MINUTE) - 1,
    ])
    .sort((a, b) => a[0] - b[0]);
  return stretches(requests, limit(limits, 'volume.surgeFactor'), limit(limits, 'volume.alarm'), known)
    .filter((stretch) => {
      const usual = otherDays(requests, stretch);
      return (
        stretch.attempts >= 2 * stretch.expected &&
        stretch.end - stretch.start + 1 >= limit(limits, 'volume.minimumMinutes') &&
        (usual === undefined || usual * 2 <= stretch.attempts)
      );
    })
    .map(({ start: first, end, attempts, expected }) =>
      changeOf(table, part, {
        kind: 'surge',
        from: start + first * MINUTE,
        to: start + (end + 1) * MINUTE,
        toEnd: end === requests.length - 1,
        attempts,
        expected,
      }),
    )
    .filter(({ successShare, usualSuccessShare: usual, attempts }) => {
      const fall = usual - successShare;
      return fall >= HARM && fall >= HARM_Z * Math.sqrt((usual * (1 - usual)) / attempts);
    });
}

/** Attempts that stay away, judged like the requests of an access log. */
function drops(
  table: TransactionTable,
  part: Part,
  series: MinuteSeries,
  whole: MinuteSeries,
  limits: TransactionLimits,
): VolumeChange[] {
  // One of many parts that are looked at, so that chance has as many tries.
  const tries = part.dimension === 'all' ? 1 : BUSIEST;
  const own = {
    ...DEFAULT_WINDOW_THRESHOLDS,
    gapEvidence: limit(limits, 'volume.alarm') + Math.log(tries),
    gapMinutes: Math.min(limit(limits, 'volume.minimumMinutes'), DEFAULT_WINDOW_THRESHOLDS.gapMinutes),
  };
  // Nobody knows what came on a day that nobody exported.
  const exported = (window: { from: number; to: number }): boolean =>
    !table.gaps?.some(({ from, to, named }) => named && window.from < to && window.to > from);
  const found = interruptions(series, own, usualProfile(series), whole === series ? undefined : whole).filter(exported);
  return flapping(found)
    .filter((window) => spanOf(window.parts ?? [window]) >= limit(limits, 'volume.minimumMinutes') * MINUTE)
    .filter((window) => part.dimension === 'all' || !endedRather(series, window))
    .flatMap(({ from, to, open, parts, requests, value, baseline }) => {
      const expected =
        requests === 0 ? (baseline * spanOf(parts ?? [{ from, to }])) / MINUTE : requests / Math.max(0.001, 1 - value);
      const stretch = { from, to, ...(parts ? { parts } : {}), expected };
      const verdict = judgeHole(table, stretch, part.dimension === 'all');
      if (verdict.kind === 'not-exported') return [];
      const told =
        verdict.kind === 'unclear' ? ({ kind: 'unclear', why: verdict.why } as const) : ({ kind: 'drop' } as const);
      return [changeOf(table, part, { ...told, ...stretch, toEnd: open, attempts: requests })];
    });
}

const isMore = ({ kind }: VolumeChange): boolean => kind === 'surge';

/**
 * Stretches in which attempts stay away (an outage before the payment step, a broken button, a route taken out), or come in
 * far greater number while fewer succeed, for the whole table and its busiest routes and merchants. The slow swing of a day is
 * followed, from three days on its usual pauses and rushes too; a table of less than an hour says nothing.
 */
export function volumeChanges(table: TransactionTable, limits: TransactionLimits): VolumeChange[] {
  let whole: MinuteSeries | undefined;
  const changes = partsOf(table, limit(limits, 'volume.minimumAttempts')).flatMap((part) => {
    const series = minuteSeries(table, part);
    whole ??= series;
    // An attack on one merchant is told where it shows in the whole or on a route, or by its declines.
    const missing = drops(table, part, series, whole, limits);
    const surges = part.dimension === 'merchant' ? [] : harmfulSurges(table, part, series, missing, limits);
    return [...missing, ...surges];
  });
  const all = changes.filter(({ dimension }) => dimension === 'all');
  // What the whole shows needs no telling of its parts.
  return changes
    .filter(
      (change) =>
        change.dimension === 'all' ||
        !all.some((whole) => isMore(whole) === isMore(change) && whole.from <= change.to && whole.to >= change.from),
    )
    .sort((a, b) => a.from - b.from);
}
