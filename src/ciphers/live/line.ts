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
  /** The same for a server that is far away and answers no slower for it; `concurrency` where only that is given. */
  widest: number;
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
  widest: 16,
  rate: 250,
  burst: 120,
  attempts: 5,
  timeoutMs: 8000,
};
/** For links that are in trouble or behind a rate limiter. */
export const SLOW_GENTLENESS: Gentleness = {
  budget: 300,
  concurrency: 1,
  widest: 1,
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
/** Answers take the way there and back twice; above this it rules. Above the other limit the server itself may be slow. */
const FAR_MS = 20;
const SLOW_MS = 1000;
const ANSWERS_TO_BE_SURE = 3;
const MORE_PER_ANSWER = 4;

export class Line {
  readonly target: DialerTarget;
  readonly gentleness: Gentleness;
  readonly signal: AbortSignal | undefined;
  connections = 0;
  /** How often it had to slow down. */
  strains = 0;
  /** Smallest time from connecting to the complete answer, ms. */
  fastestMs = Number.POSITIVE_INFINITY;
  #open = 0;
  #wide: number;
  #answers = 0;
  #connectedMs = Number.POSITIVE_INFINITY;
  #waiting: (() => void)[] = [];
  #tokens: number;
  #refilled = performance.now();
  #strainedRate = STRAINED_RATE;
  #strainedAt = 0;

  constructor(target: DialerTarget, gentleness: Partial<Gentleness>, signal?: AbortSignal) {
    this.target = target;
    const narrow = gentleness.concurrency === undefined ? {} : { widest: gentleness.concurrency };
    this.gentleness = { ...DEFAULT_GENTLENESS, ...narrow, ...gentleness };
    this.#wide = this.gentleness.concurrency;
    this.signal = signal;
    this.#tokens = this.gentleness.burst;
  }

  /**
   * The time on the way rules, not the server. That a connection took its time to stand says so at once; slow answers alone
   * may be the doing of a busy machine at first.
   */
  get isFar(): boolean {
    const isSure = this.#connectedMs > FAR_MS / 2 || this.#answers >= ANSWERS_TO_BE_SURE;
    return isSure && this.fastestMs > FAR_MS && this.fastestMs < SLOW_MS;
  }

  /**
   * Takes the time of an answer. Most connections to a far server are on their way and keep it busy with nothing, so there are
   * more of them after each answer that comes as fast as the fastest, and half as many when they get slower: then they queue.
   */
  noteAnswer({ milliseconds, connectedMs }: { milliseconds: number; connectedMs: number }): void {
    this.#answers++;
    this.#connectedMs = Math.min(this.#connectedMs, connectedMs);
    this.fastestMs = Math.min(this.fastestMs, milliseconds);
    const { concurrency, widest } = this.gentleness;
    if (!this.isFar || this.#wide > widest) return;
    if (milliseconds > 2 * this.fastestMs) this.#wide = Math.max(concurrency, this.#wide >> 1);
    else if (milliseconds < 1.5 * this.fastestMs && this.#wide < widest) {
      const more = Math.min(MORE_PER_ANSWER, widest - this.#wide);
      this.#wide += more;
      for (let i = 0; i < more; i++) this.#waiting.shift()?.();
    }
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
    return this.strains > 0 ? 1 : this.#wide;
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
