/** Opens connections to one target within a budget, a rate and a width, and slows down when the server shows strain. */
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ExchangeResult, exchange } from './exchange.ts';
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
  /** Opens connections some other way than by TCP to `host` and `port`. */
  open?: () => Duplex;
}

/** Rate after the first strain, and the least it is halved to. */
const STRAINED_RATE = 10;
const LEAST_RATE = 1;

export class Line {
  readonly target: DialerTarget;
  readonly gentleness: Gentleness;
  readonly signal: AbortSignal | undefined;
  connections = 0;
  /** How often it had to slow down. */
  strains = 0;
  #open = 0;
  #waiting: (() => void)[] = [];
  #tokens: number;
  #refilled = performance.now();
  #strainedRate = STRAINED_RATE;
  #strainedAt = 0;

  constructor(target: DialerTarget, gentleness: Partial<Gentleness>, signal?: AbortSignal) {
    this.target = target;
    this.gentleness = { ...DEFAULT_GENTLENESS, ...gentleness };
    this.signal = signal;
    this.#tokens = this.gentleness.burst;
  }

  /** Connections that could be opened at once without waiting. */
  get idle(): number {
    return Math.max(0, this.#width - this.#open - this.#waiting.length);
  }

  /** Why no further connection may be opened, if so. */
  get closedBecause(): string | undefined {
    if (this.signal?.aborted) return 'interrupted';
    return this.connections >= this.gentleness.budget
      ? `the budget of ${this.gentleness.budget} connections is spent`
      : undefined;
  }

  /** Sends one hello on a new connection. */
  send(hello: Buffer, options: { timeoutMs?: number; helloOnly?: boolean } = {}): Promise<ExchangeResult> {
    return this.lend(() => {
      const { host, port, starttls, serverName, open } = this.target;
      return exchange(hello, {
        host,
        port,
        timeoutMs: options.timeoutMs ?? this.gentleness.timeoutMs,
        ...(options.helloOnly ? { helloOnly: true } : {}),
        ...(starttls ? { starttls: startTls(starttls, serverName ?? host) } : {}),
        ...(this.signal ? { signal: this.signal } : {}),
        ...(open ? { open } : {}),
      });
    });
  }

  /** Runs something that opens one connection, when its turn has come. The caller looks at `closedBecause` before. */
  async lend<T>(use: () => Promise<T>): Promise<T> {
    // Counted before waiting for a turn, so that no two callers spend the last connection of the budget.
    this.connections++;
    while (this.#open >= this.#width) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#open++;
    try {
      await this.#token();
      return await use();
    } finally {
      this.#open--;
      this.#waiting.shift()?.();
    }
  }

  /** From now on one connection at a time and at most ten per second; each further strain halves the rate. */
  strain(): void {
    const now = performance.now();
    if (this.strains === 0) this.#tokens = Math.min(this.#tokens, 1);
    // Several hellos run into one limit together; that is one strain.
    else if (now - this.#strainedAt > 1000) this.#strainedRate = Math.max(LEAST_RATE, this.#strainedRate / 2);
    else return;
    this.#strainedAt = now;
    this.strains++;
  }

  get #width(): number {
    return this.strains > 0 ? 1 : this.gentleness.concurrency;
  }

  async #token(): Promise<void> {
    for (;;) {
      const strained = this.strains > 0;
      const rate = strained ? Math.min(this.gentleness.rate, this.#strainedRate) : this.gentleness.rate;
      const now = performance.now();
      this.#tokens = Math.min(
        strained ? 1 : this.gentleness.burst,
        this.#tokens + ((now - this.#refilled) / 1000) * rate,
      );
      this.#refilled = now;
      if (this.#tokens >= 1) {
        this.#tokens--;
        return;
      }
      await sleep(Math.max(1, ((1 - this.#tokens) / rate) * 1000));
    }
  }
}
