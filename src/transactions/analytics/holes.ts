/**
 * Whether nobody paid, or nobody exported: a stretch without rows is an outage only if the export of that time is whole. A part of an
 * export that is missing ends where exports are cut (at a file's border, on full hours) and lacks everybody; an outage ends anywhere.
 */
import { firstAtLeast } from '../../lists.ts';
import type { TransactionTable } from '../types.ts';
import { countedOn } from './counters.ts';
import { attemptsInOrder, outcomeOf } from './view.ts';

/** A stretch of time in which attempts stay away. */
interface Hole {
  from: number;
  to: number;
  /** Several times without attempts within the stretch. */
  parts?: readonly unknown[];
  expected: number;
}

export type HoleVerdict = { kind: 'silence' } | { kind: 'not-exported' } | { kind: 'unclear'; why: string };

const SILENCE: HoleVerdict = { kind: 'silence' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** An edge lies on the hour if it is this many usual pauses from it or nearer, and never further than five minutes. */
const PAUSES = 5;
const NEAR_HOUR = 5 * MINUTE;
/** Failures just before or after a hole, and their share, that only an outage explains. */
const FAILURES = 3;
const FAILING = 0.2;
const BESIDE = 10 * MINUTE;

const overlaps = (one: { from: number; to: number }, other: { from: number; to: number }): boolean =>
  one.from < other.to && other.from < one.to;

/** Whether attempts failed beside the hole, as they do where something breaks or comes back. */
function failsBeside(table: TransactionTable, order: Uint32Array, next: number): boolean {
  const share = (from: number, step: 1 | -1): boolean => {
    const edge = table.time[order[from]!]!;
    let [all, failed] = [0, 0];
    for (let i = from; i >= 0 && i < order.length && Math.abs(table.time[order[i]!]! - edge) <= BESIDE; i += step) {
      all++;
      const outcome = outcomeOf(table, order[i]!);
      if (outcome === 'error' || outcome === 'pending') failed++;
    }
    return failed >= FAILURES && failed >= all * FAILING;
  };
  return share(next - 1, -1) || share(next, 1);
}

/** Whether both edges lie on full hours: by chance less than once in a hundred times. */
function onHours(before: number, after: number, pause: number): boolean {
  const near = Math.min(NEAR_HOUR, PAUSES * pause);
  const [first, last] = [Math.ceil(before / HOUR) * HOUR, Math.floor(after / HOUR) * HOUR];
  return last > first && first - before <= near && after - last <= near;
}

/** Share of a stretch that one pause must make up for the stretch to be one without anybody. */
const ONE_PAUSE = 0.9;

/** Position in `order` of the first row after the pause that makes up the stretch; undefined where there is none. */
function afterPause(table: TransactionTable, order: Uint32Array, { from, to, parts }: Hole): number | undefined {
  if ((parts?.length ?? 1) > 1) return undefined;
  const times = Float64Array.from(order, (row) => table.time[row]!);
  let next: number | undefined;
  let longest = (to - from) * ONE_PAUSE;
  for (let i = Math.max(1, firstAtLeast(times, from)); i < times.length && times[i - 1]! < to; i++) {
    const pause = times[i]! - times[i - 1]!;
    if (pause < longest) continue;
    longest = pause;
    next = i;
  }
  return next;
}

/**
 * Judges a stretch in which attempts stay away.
 * @param whole the stretch is one of all attempts, not of one route or merchant.
 */
export function judgeHole(table: TransactionTable, hole: Hole, whole: boolean): HoleVerdict {
  const gap = table.gaps?.find((one) => overlaps(one, hole));
  if (gap?.named) return { kind: 'not-exported' };
  const thin = table.thin?.find(
    ({ from, to }) => hole.from >= from - BESIDE && hole.to <= to + BESIDE && overlaps({ from, to }, hole),
  );
  if (thin) return { kind: 'unclear', why: `the export of ${thin.lacks} has no rows in that time` };
  // Of one part the numbers say nothing: others take some of them.
  if (!whole) return gap ? { kind: 'not-exported' } : SILENCE;
  const order = attemptsInOrder(table);
  const next = afterPause(table, order, hole);
  if (next === undefined) return gap ? { kind: 'not-exported' } : SILENCE;
  const numbers = countedOn(table, order, next, hole.expected);
  if (numbers === 'none-came' || failsBeside(table, order, next)) return SILENCE;
  if (numbers === 'numbers-missing')
    return {
      kind: 'unclear',
      why: 'the numbers of the payments go on meanwhile, so that rows are missing here or were rolled back',
    };
  if (gap) return { kind: 'unclear', why: 'it lies exactly between two files, and nothing says that they adjoin' };
  const [before, after] = [table.time[order[next - 1]!]!, table.time[order[next]!]!];
  if (onHours(before, after, (hole.to - hole.from) / hole.expected))
    return { kind: 'unclear', why: 'it begins and ends on the full hour, as a part that an export lacks does' };
  return SILENCE;
}
