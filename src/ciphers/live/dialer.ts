/**
 * Asks a server one ClientHello at a time without hurting it: a budget of connections, a rate, a concurrency limit, retries
 * with back-off, and a slow-down as soon as the server shows strain.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionFailure, exchange } from './exchange.ts';
import type { ServerAnswer } from './server-answer.ts';
import { type StartTlsProtocol, startTls } from './starttls.ts';

export interface Gentleness {
  /** Connections that may be opened in all. */
  budget: number;
  /** Connections open at the same time. */
  concurrency: number;
  /** New connections per second, after a burst of `burst`. */
  rate: number;
  burst: number;
  /** Attempts for one hello when the server drops it. */
  attempts: number;
  timeoutMs: number;
}

/** A scan of a healthy server takes some 30 to 250 short connections. */
export const DEFAULT_GENTLENESS: Gentleness = {
  budget: 600,
  concurrency: 4,
  rate: 250,
  burst: 60,
  attempts: 5,
  timeoutMs: 8000,
};
/** For links that are in trouble or behind a rate limiter. */
export const SLOW_GENTLENESS: Gentleness = {
  budget: 300,
  concurrency: 1,
  rate: 4,
  burst: 1,
  attempts: 3,
  timeoutMs: 15_000,
};

export interface DialerTarget {
  host: string;
  port: number;
  serverName?: string;
  starttls?: StartTlsProtocol;
}

export type Reply =
  | { kind: 'answer'; answer: ServerAnswer }
  /** The server closed or reset every attempt of this hello. */
  | { kind: 'dropped'; how: 'closed' | 'reset'; attempts: number }
  /** Nothing can be concluded: no answer in time, budget spent, or the endpoint is gone. */
  | { kind: 'unknown'; why: string; failure?: ConnectionFailure };

export class Dialer {
  readonly target: DialerTarget;
  readonly gentleness: Gentleness;
  connections = 0;
  /** Drops that a retry of the same hello made good: the server loses connections at random. */
  recoveredDrops = 0;
  answered = 0;
  /** Smallest time from connecting to the complete answer, ms. */
  fastestMs = Number.POSITIVE_INFINITY;
  /** Reasons why something stayed unknown, without repetition. */
  readonly troubles = new Set<string>();
  readonly #signal: AbortSignal | undefined;
  #open = 0;
  #waiting: (() => void)[] = [];
  #tokens: number;
  #refilled = performance.now();
  #strained = false;

  constructor(target: DialerTarget, gentleness: Partial<Gentleness> = {}, signal?: AbortSignal) {
    this.target = target;
    this.gentleness = { ...DEFAULT_GENTLENESS, ...gentleness };
    this.#tokens = this.gentleness.burst;
    this.#signal = signal;
  }

  /** Sends one hello and returns what the server made of it. `patience` overrides the number of attempts. */
  async ask(
    hello: Buffer,
    options: { attempts?: number; timeoutMs?: number; helloOnly?: boolean } = {},
  ): Promise<Reply> {
    const attempts = options.attempts ?? this.gentleness.attempts;
    let drops = 0;
    let silences = 0;
    let how: 'closed' | 'reset' = 'closed';
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (this.#signal?.aborted) return this.#unknown('interrupted');
      if (this.connections >= this.gentleness.budget)
        return this.#unknown(`the budget of ${this.gentleness.budget} connections is spent`);
      if (attempt > 1) await sleep(Math.min(2000, 40 * 2 ** (attempt - 1)));
      const result = await this.#connect(hello, options);
      if (result.ok) {
        this.answered++;
        this.fastestMs = Math.min(this.fastestMs, result.milliseconds);
        this.recoveredDrops += drops;
        return { kind: 'answer', answer: result.answer };
      }
      switch (result.failure) {
        case 'closed':
        case 'reset':
          drops++;
          how = result.failure;
          // A clean close is deliberate: twice the same is an answer.
          if (how === 'closed' && drops >= 2) return { kind: 'dropped', how, attempts: drops };
          break;
        case 'timeout-answer':
          this.#strain();
          // A second silence would only keep a strained server busy.
          if (++silences >= 2) return this.#unknown(result.detail, result.failure);
          break;
        case 'refused':
          // After answers, a refusal means a limiter or a restart: wait for it.
          this.#strain();
          if (this.answered === 0 || attempt === attempts) return this.#unknown(result.detail, result.failure);
          break;
        default:
          return this.#unknown(result.detail, result.failure);
      }
    }
    return drops > 0 ? { kind: 'dropped', how, attempts: drops } : this.#unknown('no answer');
  }

  #unknown(why: string, failure?: ConnectionFailure): Reply {
    this.troubles.add(why);
    return { kind: 'unknown', why, ...(failure === undefined ? {} : { failure }) };
  }

  async #connect(hello: Buffer, options: { timeoutMs?: number; helloOnly?: boolean }): ReturnType<typeof exchange> {
    await this.#slot();
    try {
      await this.#token();
      this.connections++;
      const { host, port, starttls, serverName } = this.target;
      return await exchange(hello, {
        host,
        port,
        timeoutMs: options.timeoutMs ?? this.gentleness.timeoutMs,
        ...(options.helloOnly ? { helloOnly: true } : {}),
        ...(starttls ? { starttls: startTls(starttls, serverName ?? host) } : {}),
        ...(this.#signal ? { signal: this.#signal } : {}),
      });
    } finally {
      this.#open--;
      this.#waiting.shift()?.();
    }
  }

  async #slot(): Promise<void> {
    const limit = this.#strained ? 1 : this.gentleness.concurrency;
    while (this.#open >= limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#open++;
  }

  async #token(): Promise<void> {
    const rate = this.#strained ? Math.min(this.gentleness.rate, 10) : this.gentleness.rate;
    for (;;) {
      const now = performance.now();
      this.#tokens = Math.min(this.gentleness.burst, this.#tokens + ((now - this.#refilled) / 1000) * rate);
      this.#refilled = now;
      if (this.#tokens >= 1) {
        this.#tokens--;
        return;
      }
      await sleep(Math.max(1, ((1 - this.#tokens) / rate) * 1000));
    }
  }

  /** From now on one connection at a time and at most ten per second. */
  #strain(): void {
    this.#strained = true;
  }
}
