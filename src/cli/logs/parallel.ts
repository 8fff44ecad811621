/** The log pass over several threads: large files by range where their lines stand alone, else whole; same result as one. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { attackSearches } from '../../logs/attacks/matcher.ts';
import {
  addUp,
  canBeSplit,
  isApproximated,
  mergeParts,
  type PartialCounts,
  type PartialPass,
  partialCounts,
  rangeStart,
} from '../../logs/parts.ts';
import {
  type LogInput,
  newCollector,
  observationsOf,
  planSources,
  type ReadLogsOptions,
  readLogs,
  readSource,
  type SharedTables,
  type SourcePlan,
} from '../../logs/read-logs.ts';
import { shareSeries } from '../../logs/traffic/series.ts';
import type { LogObservations, LogSource } from '../../logs/types.ts';
import { type Helpers, threadsFor, WORKER, worthAThread } from './helpers.ts';
import { letNurseriesGrow } from './nursery.ts';
import { type Found, type FoundElsewhere, type RangeTask, readRanges, type WorkerSetup } from './ranges.ts';

/** What is read to find a line with which a range can begin, and where there is none in it. */
const SHORT_PROBE_BYTES = 1 << 16;
const PROBE_BYTES = 1 << 20;
/** Requests and operations whose series are counted by several threads. */
const WORTH_SHARING = 200_000;
/** Ranges are not smaller than this. */
const RANGE_BYTES = 8 * 2 ** 20;

/** A log, and the regular file on disk that holds exactly its bytes, if there is one. */
export interface ParallelInput extends LogInput {
  path?: string;
}

/**
 * Where ranges of a file should begin, rising from 0: each takes a part of what is left, so that the first are large and the
 * last small, and nobody waits long for who started later or is slower ("guided self-scheduling": Polychronopoulos and
 * Kuck, IEEE Transactions on Computers 36(12), 1987).
 */
function startsFor(threads: number, size: number): number[] {
  const starts = [0];
  for (let at = 0; ; ) {
    const length = Math.max(RANGE_BYTES, Math.floor((size - at) / (2 * threads)));
    at += length;
    // What is left at last stays with the range before.
    if (size - at < RANGE_BYTES) return starts;
    starts.push(at);
  }
}

/** Cuts a file into ranges at lines that can begin one. @param wanted where they should begin, rising from 0. */
function cut(plan: SourcePlan, file: string, size: number, wanted: readonly number[]): [number, number][] {
  const starts = [0];
  // One that is gone by now is told of where it is read.
  if (!existsSync(file)) return [[0, size]];
  const descriptor = openSync(file, 'r');
  try {
    const probe = Buffer.allocUnsafe(PROBE_BYTES);
    for (const offset of wanted.slice(1)) {
      const startIn = (most: number): number => {
        const length = readSync(descriptor, probe, 0, most, offset);
        return rangeStart(plan, probe.subarray(0, length));
      };
      let start = startIn(SHORT_PROBE_BYTES);
      if (start <= 0) start = startIn(PROBE_BYTES);
      if (start > 0 && offset + start > starts.at(-1)!) starts.push(offset + start);
    }
  } finally {
    closeSync(descriptor);
  }
  return starts.map((from, i) => [from, starts[i + 1] ?? size]);
}

/** Whether the options ask for nothing but counts, which threads can add up. */
const countsOnly = (options: ReadLogsOptions): boolean => options.keep === 'counts';

/**
 * Reads the sources with as many threads as are wanted and worth it. The result is that of one thread.
 * @param jobs most threads to use; the machine's own number when absent. @param helpers threads that wait already, if any; to
 * be dismissed by the caller. @param forSeries single requests are wanted for series by minute only.
 */
export async function readInParallel(
  inputs: ParallelInput[],
  options: ReadLogsOptions,
  jobs: number | undefined,
  helpers: Helpers,
  forSeries: boolean,
): Promise<LogObservations> {
  const sizes = inputs.map(({ path }) =>
    path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0),
  );
  const threads = threadsFor(jobs);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (!countsOnly(options) || threads < 2 || (!worthAThread(0, total) && jobs === undefined) || !existsSync(WORKER))
    return readLogs(inputs, options);
  const plans = planSources(inputs, options);
  const byRange = sizes.reduce((sum, size, index) => sum + (canBeSplit(plans[index]!) ? size : 0), 0);
  if (!worthAThread(byRange, total - byRange) && jobs === undefined) return readLogs(inputs, options);
  const { digestKey = randomBytes(32) } = options;
  const tasks: RangeTask[] = [];
  /** By source: index of its first task, and how many there are. */
  const shares = plans.map((plan, index) => {
    const file = inputs[index]!.path;
    const size = sizes[index]!;
    if (file === undefined || size < PROBE_BYTES) return undefined;
    const wanted = canBeSplit(plan) && size >= threads * RANGE_BYTES ? startsFor(threads, size) : [0];
    const first = tasks.length;
    const ranges = cut(plan, file, size, wanted);
    for (const [from, to] of ranges) tasks.push({ plan, file, from, to, size, alone: ranges.length === 1 });
    return { first, count: tasks.length - first };
  });
  const parts: (PartialPass | undefined)[] = [];
  const part = (index: number, one: PartialPass): void => {
    parts[index] = one;
  };
  /** By source: how many ranges were counted, in tables of this thread and by others. */
  const counted = plans.map(() => ({
    ranges: 0,
    own: undefined as SharedTables | undefined,
    of: [] as PartialCounts[],
  }));
  const found: Found = {
    part,
    counts: (source, ranges, tables) => {
      counted[source]!.ranges += ranges;
      counted[source]!.own = tables;
    },
  };
  const foundElsewhere: FoundElsewhere = {
    part,
    counts: (source, ranges, counts) => {
      counted[source]!.ranges += ranges;
      counted[source]!.of.push(counts);
    },
  };
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const abandoned = new Uint8Array(new SharedArrayBuffer(plans.length));
  const setup: WorkerSetup = { options, attacks: attackSearches(), digestKey, tasks, taken, abandoned };
  const others = Array.from({ length: Math.min(threads, tasks.length) - 1 }, () => helpers.help(setup, foundElsewhere));
  letNurseriesGrow(false);
  await Promise.all([readRanges(setup, found), ...others]);
  // What threads hold that read in vain is wanted by the pass that reads it again.
  if (abandoned.includes(1)) helpers.dismiss();
  /** By source: its parts in order, where they add up to the whole. */
  const whole = shares.map((share, index) => {
    if (!share) return undefined;
    const { ranges, own, of } = counted[index]!;
    const all = parts.slice(share.first, share.first + share.count).filter((one) => one !== undefined);
    // A thread that failed, or a bound that makes parts differ from the whole: one pass settles it.
    const sure = abandoned[index] === 0 && all.length === share.count && ranges === share.count;
    if (sure && addUp(all, own ? [own, ...of] : of)) return all;
    // They are as large as what is read then.
    counted[index] = { ranges: 0, own: undefined, of: [] };
    return undefined;
  });
  parts.length = 0;
  // What this thread counted needs no merging: the others' counts are added to it.
  const base = counted.findIndex(({ own }) => own !== undefined);
  const collector = newCollector(options, digestKey, counted[base]?.own);
  const read: LogSource[] = [];
  let merged = false;
  for (const [index, plan] of plans.entries()) {
    const all = whole[index];
    const { own, of } = counted[index]!;
    if (all) {
      merged ||= all.length > 1;
      if (own && index !== base) of.push(partialCounts(own));
      read.push(mergeParts(collector, plan, all, of));
      whole[index] = undefined;
      of.length = 0;
    } else read.push((await readSource(plan, inputs[index]!.chunks(), collector, options.now)).source);
  }
  // What is counted together when there is too much depends on the order of the lines.
  if (merged && isApproximated(collector)) return readLogs(inputs, { ...options, digestKey });
  const observations = observationsOf(collector, read);
  if (!forSeries || collector.traffic.total + collector.operations.total < WORTH_SHARING) return observations;
  try {
    const { delegates } = helpers;
    const traffic = await shareSeries(collector.traffic, delegates);
    return { ...observations, series: { traffic, operations: await shareSeries(collector.operations, delegates) } };
  } catch {
    // A thread is gone with rows that it was given.
    return readLogs(inputs, { ...options, digestKey });
  } finally {
    letNurseriesGrow(true);
  }
}
