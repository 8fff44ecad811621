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
  /**
   * The server closed or reset every attempt of this hello. `deliberate` when it answered another hello in between, so that
   * this is how it refuses; undefined when no hello was answered so far.
   */
  | { kind: 'dropped'; how: 'closed' | 'reset'; attempts: number; deliberate?: boolean }
  /** Nothing can be concluded: no answer in time, budget spent, or the endpoint is gone. */
  | { kind: 'unknown'; why: string; failure?: ConnectionFailure };

/** A drop that repeats itself by chance less often than this is taken as meant. */
const CHANCE = 1e-4;
/** Share of dropped connections that is expected of any network, in favour of the server. */
const LEAST_LOSS = 0.05;

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
  /** Settles with the reply of the first hello. */
  readonly first: Promise<Reply>;
  readonly #signal: AbortSignal | undefined;
  #settleFirst: (reply: Reply) => void = () => {};
  #open = 0;
  #waiting: (() => void)[] = [];
  #tokens: number;
  #refilled = performance.now();
  #strained = false;
  /** A hello that the server answered with a ServerHello. */
  #good: Buffer | undefined;

  constructor(target: DialerTarget, gentleness: Partial<Gentleness> = {}, signal?: AbortSignal) {
    this.target = target;
    this.gentleness = { ...DEFAULT_GENTLENESS, ...gentleness };
    this.#tokens = this.gentleness.burst;
    this.#signal = signal;
    this.first = new Promise((resolve) => {
      this.#settleFirst = resolve;
    });
  }

  /** Sends one hello and returns what the server made of it. `attempts` overrides the number of attempts. */
  async ask(
    hello: Buffer,
    options: { attempts?: number; timeoutMs?: number; helloOnly?: boolean } = {},
  ): Promise<Reply> {
    const reply = await this.#ask(hello, options);
    this.#settleFirst(reply);
    return reply;
  }

  async #ask(hello: Buffer, options: { attempts?: number; timeoutMs?: number; helloOnly?: boolean }): Promise<Reply> {
    const attempts = options.attempts ?? this.gentleness.attempts;
    let drops = 0;
    let silences = 0;
    let how: 'closed' | 'reset' = 'closed';
    let pause = 0;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (pause > 0) await sleep(pause * 2 ** (attempt - 1));
      if (this.#signal?.aborted) return this.#unknown('interrupted');
      if (this.connections >= this.gentleness.budget) return this.#unknown(this.#spent());
      const result = await this.#connect(hello, options);
      if (result.ok) {
        this.answered++;
        this.fastestMs = Math.min(this.fastestMs, result.milliseconds);
        this.recoveredDrops += drops;
        if (result.answer.serverHello) this.#good = hello;
        return { kind: 'answer', answer: result.answer };
      }
      switch (result.failure) {
        case 'closed':
        case 'reset':
          drops++;
          how = result.failure;
          pause = how === 'closed' ? 2 : 10;
          if (drops >= this.#dropsThatConvince(how)) return this.#dropped(hello, how, drops);
          break;
        case 'timeout-answer':
          this.#strain();
          pause = 40;
          // A second silence would only keep a strained server busy.
          if (++silences >= 2) return this.#unknown(result.detail, result.failure);
          break;
        case 'refused':
          // After answers, a refusal means a limiter or a restart: wait for it.
          this.#strain();
          pause = 40;
          if (this.answered === 0 || attempt === attempts) return this.#unknown(result.detail, result.failure);
          break;
        default:
          return this.#unknown(result.detail, result.failure);
      }
    }
    return drops > 0 ? this.#dropped(hello, how, drops) : this.#unknown('no answer');
  }

  /** A clean close is hardly ever an accident, a reset may be; both count for less on a server that loses connections. */
  #dropsThatConvince(how: 'closed' | 'reset'): number {
    if (this.recoveredDrops === 0) return how === 'closed' ? 2 : 3;
    const loss = Math.max(LEAST_LOSS, this.recoveredDrops / (this.answered + this.recoveredDrops));
    return Math.ceil(Math.log(CHANCE) / Math.log(loss));
  }

  /** Tells a refusal by closing from a server that has had enough: one hello that was answered before is sent again. */
  async #dropped(hello: Buffer, how: 'closed' | 'reset', attempts: number): Promise<Reply> {
    const good = this.#good;
    if (good === undefined || good === hello) return { kind: 'dropped', how, attempts };
    const convincing = attempts >= this.#dropsThatConvince(how);
    for (let attempt = 1; convincing && attempt <= 3; attempt++) {
      if (this.#signal?.aborted || this.connections >= this.gentleness.budget) break;
      const control = await this.#connect(good, { helloOnly: true });
      if (control.ok && control.answer.serverHello) return { kind: 'dropped', how, attempts, deliberate: true };
      // Long enough for a limiter that counts by the second.
      await sleep(20 * 4 ** attempt);
    }
    this.#strain();
    this.troubles.add(`the server began to drop connections (${how}), so that a refusal cannot be told from a limit`);
    return { kind: 'dropped', how, attempts, deliberate: false };
  }

  /**
   * Lends a connection to a caller that has more to say than one hello, within the same budget, rate and limits.
   * @returns undefined when the budget is spent or the scan was interrupted
   */
  async lend<T>(use: () => Promise<T>): Promise<T | undefined> {
    if (this.#signal?.aborted) return undefined;
    if (this.connections >= this.gentleness.budget) {
      this.troubles.add(this.#spent());
      return undefined;
    }
    return this.#withSlot(use);
  }

  #spent(): string {
    return `the budget of ${this.gentleness.budget} connections is spent`;
  }

  #unknown(why: string, failure?: ConnectionFailure): Reply {
    this.troubles.add(why);
    return { kind: 'unknown', why, ...(failure === undefined ? {} : { failure }) };
  }

  #connect(hello: Buffer, options: { timeoutMs?: number; helloOnly?: boolean }): ReturnType<typeof exchange> {
    return this.#withSlot(() => {
      const { host, port, starttls, serverName } = this.target;
      return exchange(hello, {
        host,
        port,
        timeoutMs: options.timeoutMs ?? this.gentleness.timeoutMs,
        ...(options.helloOnly ? { helloOnly: true } : {}),
        ...(starttls ? { starttls: startTls(starttls, serverName ?? host) } : {}),
        ...(this.#signal ? { signal: this.#signal } : {}),
      });
    });
  }

  async #withSlot<T>(use: () => Promise<T>): Promise<T> {
    // Counted before waiting for a slot, so that no two callers spend the last connection of the budget.
    this.connections++;
    while (this.#open >= (this.#strained ? 1 : this.gentleness.concurrency))
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#open++;
    try {
      await this.#token();
      return await use();
    } finally {
      this.#open--;
      this.#waiting.shift()?.();
    }
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
