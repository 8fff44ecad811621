/** Threads that help to read logs. They are started before what reads is loaded; this file loads nothing but what starts them. */
import { existsSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Delegate } from '../../logs/traffic/series.ts';
import type { FoundElsewhere, HelperMessage, HelperTask, WorkerSetup } from './ranges.ts';

/** Below this a second thread costs more than it saves: it compiles anew what the first one runs. */
const WORTH_A_THREAD = 64 * 2 ** 20;
/** Lines that can be read by range are read so fast that two threads on two cores gain nothing below twice as much. */
const LIGHTER = 0.5;

/** Whether files are worth a second thread. @param bytes that can be read by range, and that cannot. */
export const worthAThread = (byRange: number, others: number): boolean => byRange * LIGHTER + others >= WORTH_A_THREAD;
const MOST_THREADS = 8;
/** Little is allocated in the pass: a nursery of 2 MB takes no more time than one of 8, and a gigabyte of JSON lines 6 MiB less. */
const YOUNG_MB = 2;

const COMPRESSED = /\.(?:gz|tgz|zst|zip|xz|bz2)$/i;

/** Starts log-worker.ts from its built file. */
export const WORKER = fileURLToPath(new URL('../../bin/log-worker.js', import.meta.url));

/**
 * Threads that wait for ranges to read. They take as long to begin as everything else that comes before the reading, so they
 * are started first, where files that were named are large enough to need them.
 */
export class Helpers {
  readonly #idle: Worker[] = [];
  readonly #busy: Worker[] = [];
  /** Those of the busy ones that have read all. */
  readonly #read: Worker[] = [];

  /** @param files as they were named. @param jobs most threads, this one included. */
  static forFiles(files: readonly string[], jobs: number | undefined): Helpers {
    const helpers = new Helpers();
    const sizes = files
      .filter((file) => !COMPRESSED.test(file))
      .map((file) => statSync(file, { throwIfNoEntry: false }))
      .flatMap((stat) => (stat?.isFile() ? [stat.size] : []));
    const size = sizes.reduce((sum, one) => sum + one, 0);
    // What is in them is not known yet, but one file is read by one thread unless it can be read by range.
    const worth = sizes.length === 1 ? worthAThread(size, 0) : worthAThread(0, size);
    if (!worth || !existsSync(WORKER)) return helpers;
    for (let i = 1; i < threadsFor(jobs); i++) helpers.#idle.push(start());
    return helpers;
  }

  /** Lets a thread take ranges. @returns when it has none left, or is gone. */
  help(setup: WorkerSetup, found: FoundElsewhere): Promise<void> {
    const worker = this.#idle.pop() ?? start();
    return new Promise((resolve) => {
      this.#busy.push(worker);
      worker.ref();
      worker.on('message', (message: HelperMessage) => {
        if ('part' in message) found.part(message.index, message.part);
        else if ('counts' in message) found.counts(message.source, message.ranges, message.counts);
        else if ('read' in message) {
          this.#read.push(worker);
          resolve();
        }
      });
      // What it had taken is missing then, and read again by this thread.
      worker.on('error', () => resolve());
      worker.on('exit', () => resolve());
      worker.postMessage({ ranges: setup } satisfies HelperTask);
    });
  }

  /** Threads that have read all their ranges and can count series. They fail where a thread is gone. */
  get delegates(): Delegate[] {
    return this.#read.map(
      (worker) => (work) =>
        new Promise((resolve, reject) => {
          worker.on('message', (message: HelperMessage) => {
            if ('counted' in message) resolve();
          });
          worker.on('error', reject);
          worker.on('exit', () => reject(new Error('a thread ended')));
          worker.postMessage({ series: work } satisfies HelperTask);
        }),
    );
  }

  /** Ends all threads. */
  dismiss(): void {
    for (const worker of [...this.#idle.splice(0), ...this.#busy.splice(0)]) {
      worker.unref();
      void worker.terminate();
    }
    this.#read.length = 0;
  }
}

function start(): Worker {
  const worker = new Worker(WORKER, { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB } });
  // One that cannot start is missed when it is asked to help.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

/** @param jobs most threads, as asked. */
export const threadsFor = (jobs: number | undefined): number => Math.min(MOST_THREADS, jobs ?? availableParallelism());
