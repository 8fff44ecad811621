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

/** Below this a second thread costs more than it saves. */
const WORTH_A_THREAD = 64 * 2 ** 20;
/** What is read to find a line with which a range can begin. */
const PROBE_BYTES = 1 << 20;
const MOST_THREADS = 8;
/** Little is allocated in the pass, so that a small nursery saves memory and costs nothing. */
const YOUNG_MB = 8;

export interface WorkerSetup extends Omit<ReadLogsOptions, 'lexicon' | 'digestKey'> {
  digestKey: Uint8Array;
}

/** A log, and the regular file on disk that holds exactly its bytes, if there is one. */
export interface ParallelInput extends LogInput {
  path?: string;
}

export interface RangeTask {
  plan: SourcePlan;
  file: string;
  from: number;
  to: number;
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

/** Threads that take one task after another. */
class Pool {
  readonly #workers: Worker[];
  readonly #waiting: { task: RangeTask; done: (part: PartialPass) => void; failed: (error: Error) => void }[] = [];
  readonly #idle: Worker[] = [];

  constructor(threads: number, setup: WorkerSetup) {
    this.#workers = Array.from(
      { length: threads },
      () => new Worker(WORKER, { workerData: setup, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } }),
    );
    this.#idle.push(...this.#workers);
  }

  run(task: RangeTask): Promise<PartialPass> {
    return new Promise((done, failed) => {
      this.#waiting.push({ task, done, failed });
      this.#next();
    });
  }

  #next(): void {
    const worker = this.#idle.pop();
    if (!worker) return;
    const job = this.#waiting.shift();
    if (!job) {
      this.#idle.push(worker);
      return;
    }
    const settle = (act: () => void): void => {
      worker.removeAllListeners();
      this.#idle.push(worker);
      act();
      this.#next();
    };
    worker.once('message', (answer: { part?: PartialPass; error?: string }) =>
      settle(() => (answer.part ? job.done(answer.part) : job.failed(new Error(answer.error)))),
    );
    worker.once('error', (error) => {
      // The thread is gone; what waits for it is refused rather than left hanging.
      worker.removeAllListeners();
      job.failed(error as Error);
      for (const { failed } of this.#waiting.splice(0)) failed(error as Error);
    });
    worker.postMessage(job.task);
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
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
  const { lexicon: _lexicon, digestKey = randomBytes(32), ...rest } = options;
  const pool = new Pool(threads, { ...rest, digestKey });
  try {
    const plans = planSources(inputs, options);
    const parts = plans.map((plan, index) => {
      const file = inputs[index]!.path;
      if (file === undefined || sizes[index]! < PROBE_BYTES) return undefined;
      const count = canBeSplit(plan)
        ? Math.max(1, Math.min(threads, Math.floor(sizes[index]! / (8 * PROBE_BYTES))))
        : 1;
      const all = Promise.all(
        cut(plan, file, sizes[index]!, count).map(([from, to]) => pool.run({ plan, file, from, to })),
      );
      // Refusals are met where the parts are put together.
      all.catch(() => undefined);
      return all;
    });
    const collector = newCollector(options, digestKey);
    const read: LogSource[] = [];
    for (const [index, plan] of plans.entries()) {
      const found = await parts[index]?.catch(() => undefined);
      // A thread that failed, or a bound that makes parts differ from the whole: one pass settles it.
      if (found && addUp(found)) read.push(mergeParts(collector, plan, found));
      else read.push((await readSource(plan, inputs[index]!.chunks(), collector, options.now)).source);
    }
    return observationsOf(collector, read);
  } finally {
    await pool.close();
  }
}
