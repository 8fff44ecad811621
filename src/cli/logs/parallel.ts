/** The log pass over several threads: large files by range where their lines stand alone, else whole; same result as one. */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { addUp, canBeSplit, mergeParts, type PartialPass, rangeStart } from '../../logs/parts.ts';
import {
  type LogInput,
  newCollector,
  observationsOf,
  planSources,
  type ReadLogsOptions,
  readLogs,
  readSource,
  type SourcePlan,
} from '../../logs/read-logs.ts';
import type { LogObservations, LogSource } from '../../logs/types.ts';
import { type RangeTask, readRanges, type WorkerSetup } from './ranges.ts';

/** Below this a second thread costs more than it saves. */
const WORTH_A_THREAD = 64 * 2 ** 20;
/** What is read to find a line with which a range can begin. */
const PROBE_BYTES = 1 << 20;
const MOST_THREADS = 8;
/** Ranges are not smaller than this, and not more than so many a thread: enough for threads that start later or are slower. */
const RANGE_BYTES = 16 * 2 ** 20;
const RANGES_EACH = 4;
/** Little is allocated in the pass, so that a small nursery saves memory and costs nothing. */
const YOUNG_MB = 8;

/** A log, and the regular file on disk that holds exactly its bytes, if there is one. */
export interface ParallelInput extends LogInput {
  path?: string;
}

const WORKER = fileURLToPath(new URL('./log-worker.js', import.meta.url));

/** Cuts a file into about `count` ranges of equal size at lines that can begin one. */
function cut(plan: SourcePlan, file: string, size: number, count: number): [number, number][] {
  const starts = [0];
  const descriptor = openSync(file, 'r');
  try {
    const probe = Buffer.allocUnsafe(PROBE_BYTES);
    for (let i = 1; i < count; i++) {
      const offset = Math.floor((size * i) / count);
      const length = readSync(descriptor, probe, 0, probe.length, offset);
      const start = rangeStart(plan, probe.subarray(0, length));
      if (start > 0 && offset + start > starts.at(-1)!) starts.push(offset + start);
    }
  } finally {
    closeSync(descriptor);
  }
  return starts.map((from, i) => [from, starts[i + 1] ?? size]);
}

/** Starts a thread that takes ranges. @returns when it has none left, or is gone. */
function help(setup: WorkerSetup, done: (index: number, part: PartialPass) => void): Promise<void> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, {
      workerData: setup,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
    worker.on('message', ({ index, part }: { index: number; part: PartialPass }) => done(index, part));
    // What it had taken is missing then, and read again by this thread.
    worker.on('error', () => resolve());
    worker.on('exit', () => resolve());
  });
}

/** Whether the options ask for nothing but counts, which threads can add up. */
const countsOnly = (options: ReadLogsOptions): boolean => options.keep === 'counts';

/**
 * Reads the sources with as many threads as are wanted and worth it. The result is that of one thread.
 * @param jobs most threads to use; the machine's own number when absent.
 */
export async function readInParallel(
  inputs: ParallelInput[],
  options: ReadLogsOptions,
  jobs: number | undefined,
): Promise<LogObservations> {
  const sizes = inputs.map(({ path }) => (path === undefined ? 0 : statSync(path).size));
  const large = sizes.reduce((sum, size) => sum + size, 0) >= WORTH_A_THREAD;
  const threads = Math.min(MOST_THREADS, jobs ?? availableParallelism());
  if (!countsOnly(options) || threads < 2 || (!large && jobs === undefined) || !existsSync(WORKER))
    return readLogs(inputs, options);
  const { digestKey = randomBytes(32) } = options;
  const plans = planSources(inputs, options);
  const tasks: RangeTask[] = [];
  /** By source: index of its first task, and how many there are. */
  const shares = plans.map((plan, index) => {
    const file = inputs[index]!.path;
    const size = sizes[index]!;
    if (file === undefined || size < PROBE_BYTES) return undefined;
    const count = canBeSplit(plan) ? Math.max(1, Math.min(threads * RANGES_EACH, Math.floor(size / RANGE_BYTES))) : 1;
    const first = tasks.length;
    for (const [from, to] of cut(plan, file, size, count)) tasks.push({ plan, file, from, to });
    return { first, count: tasks.length - first };
  });
  const found: (PartialPass | undefined)[] = [];
  const setup: WorkerSetup = { options, digestKey, tasks, taken: new Int32Array(new SharedArrayBuffer(4)) };
  const keep = (index: number, part: PartialPass): void => {
    found[index] = part;
  };
  const helpers = Array.from({ length: Math.min(threads, tasks.length) - 1 }, () => help(setup, keep));
  await Promise.all([readRanges(setup, keep), ...helpers]);
  const collector = newCollector(options, digestKey);
  const read: LogSource[] = [];
  for (const [index, plan] of plans.entries()) {
    const share = shares[index];
    const parts = share
      ? Array.from({ length: share.count }, (_, i) => found[share.first + i]).filter((part) => part !== undefined)
      : [];
    // A thread that failed, or a bound that makes parts differ from the whole: one pass settles it.
    if (share && parts.length === share.count && addUp(parts)) read.push(mergeParts(collector, plan, parts));
    else read.push((await readSource(plan, inputs[index]!.chunks(), collector, options.now)).source);
    if (share) found.fill(undefined, share.first, share.first + share.count);
  }
  return observationsOf(collector, read);
}
