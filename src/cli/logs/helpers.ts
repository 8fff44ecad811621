/** Threads that help to read logs. They are started before what reads is loaded; this file loads nothing else. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { Delegate } from '../../logs/traffic/series.ts';
import type { FoundElsewhere, HelperMessage, HelperTask, WorkerSetup } from './ranges.ts';

/** What begins threads; bin/paymedic.js begins the first with it before this is loaded. */
interface LogThreads {
  WORTH_A_THREAD: number;
  isWorthAThread(files: readonly string[]): boolean;
  take(): Worker;
  dismissAhead(): void;
}

const MOST_THREADS = 8;

/** It stands beside the bundles; there is none where the source is run as it is. */
const LOG_THREADS = fileURLToPath(new URL('../../bin/log-thread.js', import.meta.url));
const threads = existsSync(LOG_THREADS) ? (createRequire(LOG_THREADS)(LOG_THREADS) as LogThreads) : undefined;

/** Bytes below which a second thread costs more than it saves; any number where there are no threads. */
export const WORTH_A_THREAD = threads?.WORTH_A_THREAD ?? Number.POSITIVE_INFINITY;

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
    if (threads?.isWorthAThread(files)) for (let i = 1; i < threadsFor(jobs); i++) helpers.#idle.push(threads.take());
    threads?.dismissAhead();
    return helpers;
  }

  /** Lets a thread take ranges. @returns when it has none left, or is gone. */
  help(setup: WorkerSetup, found: FoundElsewhere): Promise<void> {
    const worker = this.#idle.pop() ?? threads!.take();
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

/** @param jobs most threads, as asked. */
export const threadsFor = (jobs: number | undefined): number => Math.min(MOST_THREADS, jobs ?? availableParallelism());

/** Whether there are threads to help. */
export const canHelp = (): boolean => threads !== undefined;
