import type { TransactionTable } from '../types.ts';
import { limit, type TransactionLimits } from './limits.ts';
import { groupBy } from './runs.ts';
import { attemptsInOrder, cite, type LineReference, outcomeOf, textOf } from './view.ts';

/** Attempts stay away, or come in far greater number than shortly before. */
export interface VolumeChange {
  kind: 'drop' | 'surge';
  /** What it concerns: the whole table, one route, or one merchant. */
  dimension: 'all' | 'route' | 'merchant';
  /** Name of the route or merchant; `all` for the whole table. */
  route: string;
  /** First and last minute of the stretch, ms UTC. */
  from: number;
  to: number;
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

const MINUTE = 60_000;
/** Routes or merchants that are looked at one by one. */
const MOST_PARTS = 200;

interface Minutes {
  start: number;
  counts: Uint32Array;
}

function perMinute(table: TransactionTable, rows: ArrayLike<number>, first: number, last: number): Minutes {
  const start = Math.floor(first / MINUTE) * MINUTE;
  const counts = new Uint32Array(Math.floor((last - start) / MINUTE) + 1);
  for (let i = 0; i < rows.length; i++) counts[Math.floor((table.time[rows[i]!]! - start) / MINUTE)]!++;
  return { start, counts };
}

interface Stretch {
  start: number;
  end: number;
  expected: number;
  attempts: number;
}

function sumOf(counts: Uint32Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i <= to; i++) sum += counts[i]!;
  return sum;
}

/** Log-likelihood ratio from which the usual rate is back: by chance once in a thousand. */
const RETURNED = Math.log(1000);

/**
 * CUSUM of Poisson log-likelihood ratios (Page 1954) against a moving average that learns only from ordinary minutes.
 * @param factor the rate looked for, as a multiple of the usual one: 0.3 for a drop, 3 for a surge.
 * @param extraordinary stretches known otherwise, whose minutes teach the average nothing.
 */
function stretches(
  counts: Uint32Array,
  factor: number,
  alarm: number,
  extraordinary: readonly Stretch[] = [],
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
      const there = factor < 1 ? Math.min(0.6, Math.max(0.05, measured)) : Math.max(1.6, measured);
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
    // A rush of a few minutes must not teach the average, or what follows it would look like a drop.
    while (next && next.end < i) next = known.next().value;
    if (sum < alarm / 4 && !(next && next.start <= i))
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

/** Median rate of the quarter hours in which anything happened. */
function middleRate(counts: Uint32Array): number {
  const rates: number[] = [];
  for (let i = 0; i + 15 <= counts.length; i += 15) {
    const sum = sumOf(counts, i, i + 14);
    if (sum > 0) rates.push(sum / 15);
  }
  return rates.sort((a, b) => a - b)[rates.length >> 1] ?? 0;
}

/** Minutes before and after the alarm's own stretch in which its edges are looked for. */
const EDGE_MINUTES = 10;

/**
 * Sets the edges where the measured rate fits best: the maximum-scoring stretch of minutes around the alarm. A stretch
 * without any attempt then begins with the first empty minute.
 */
function finish(stretch: Stretch, end: number, counts: Uint32Array, earliest: number): void {
  const usual = stretch.expected / (stretch.end - stretch.start + 1);
  const sum = sumOf(counts, stretch.start, end);
  // The recovery at the end dilutes the rate; half of the measured one separates better than all of it.
  const measured = sum / (end - stretch.start + 1) / usual;
  const factor = measured < 1 ? Math.max(0.02, measured / 2) : measured;
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
/** A part of the table is one of many that are looked at, and its average is less sure: it must have all but stopped. */
const PART_STOPPED = 0.35;
/** The rate looked for in parts: below the one whose break-even is `PART_STOPPED`. */
const PART_FACTOR = 0.07;
/** Times the middle rate of the table above which the attempts just before a drop were a rush. */
const RUSHED = 1.5;
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

function changesOf(
  table: TransactionTable,
  dimension: VolumeChange['dimension'],
  route: string,
  rows: Uint32Array,
  first: number,
  last: number,
  limits: TransactionLimits,
): VolumeChange[] {
  if (rows.length < limit(limits, 'volume.minimumAttempts')) return [];
  const { start, counts } = perMinute(table, rows, first, last);
  const middle = middleRate(counts);
  const approved = (list: Uint32Array): number =>
    list.length ? list.filter((row) => outcomeOf(table, row) === 'approved').length / list.length : Number.NaN;
  const alarm = limit(limits, 'volume.alarm');
  const drops = stretches(counts, dimension === 'all' ? limit(limits, 'volume.dropFactor') : PART_FACTOR, alarm);
  // The return of the customers after an outage is no surge: what came meanwhile says nothing of what is usual.
  const surges = stretches(counts, limit(limits, 'volume.surgeFactor'), alarm, drops);
  return (
    [
      ['drop', drops],
      ['surge', surges],
    ] as const
  ).flatMap(([kind, changes]) =>
    changes.flatMap((stretch) => {
      const minutes = stretch.end - stretch.start + 1;
      const ratio = stretch.attempts / stretch.expected;
      // After a surge the average is high; what merely returns to the table's own middle is no drop.
      const most = dimension === 'all' ? 0.5 : PART_STOPPED;
      // After a rush the average is high, and customers who would have come later have been.
      if (kind === 'drop' && dimension !== 'all' && stretch.expected > middle * minutes * RUSHED) return [];
      const wanted = kind === 'drop' ? ratio <= most && stretch.attempts <= middle * minutes * most : ratio >= 2;
      // What happens at this time on other days is the rhythm of the shop.
      const usual = otherDays(counts, stretch);
      if (usual !== undefined && (kind === 'drop' ? usual < stretch.expected * 0.5 : usual * 2 > stretch.attempts))
        return [];
      // A sale at one merchant is told where it shows in the whole or on a route.
      if (kind === 'surge' && dimension === 'merchant') return [];
      if (!wanted || minutes < limit(limits, 'volume.minimumMinutes')) return [];
      const from = start + stretch.start * MINUTE;
      const to = start + (stretch.end + 1) * MINUTE;
      const inside = rows.filter((row) => table.time[row]! >= from && table.time[row]! < to);
      const before = rows.filter((row) => table.time[row]! < from);
      return [
        {
          kind,
          dimension,
          route,
          from,
          to,
          toEnd: stretch.end === counts.length - 1,
          attempts: stretch.attempts,
          expected: stretch.expected,
          successShare: approved(inside),
          usualSuccessShare: approved(before),
          lines: cite(table, inside.length ? inside : before.slice(-1)),
        },
      ];
    }),
  );
}

/**
 * Stretches in which attempts stay away (an outage before the payment step, a broken button, a route taken out) or come in
 * far greater number (a sale, a flood, a carding run), for the whole table, each route and the merchants with enough attempts.
 * The slow swing of a day is followed, from three days on its usual pauses and rushes too; a table of less than an hour says
 * nothing.
 */
export function volumeChanges(table: TransactionTable, limits: TransactionLimits): VolumeChange[] {
  const order = attemptsInOrder(table);
  if (order.length === 0) return [];
  const first = table.time[order[0]!]!;
  const last = table.time[order.at(-1)!]!;
  // A handful of minutes, or rows of months, are not a series of minutes.
  if (last - first < 3_600_000 || last - first > 32 * 86_400_000) return [];
  const all = changesOf(table, 'all', 'all', order, first, last, limits);
  const parts = (['route', 'merchant'] as const).flatMap((dimension) => {
    const rowsOf = groupBy(order, (row) => table[dimension][row]!);
    // One route is the whole; of hundreds of small ones none has enough attempts to show a pause.
    if (rowsOf.size < 2 || rowsOf.size > MOST_PARTS) return [];
    return [...rowsOf.values()].flatMap((rows) =>
      changesOf(table, dimension, textOf(table, dimension, rows[0]!), Uint32Array.from(rows), first, last, limits),
    );
  });
  // What the whole shows needs no telling of its parts.
  return [
    ...all,
    ...parts.filter(
      (change) =>
        !all.some((whole) => whole.kind === change.kind && whole.from <= change.to && whole.to >= change.from),
    ),
  ].sort((a, b) => a.from - b.from);
}
