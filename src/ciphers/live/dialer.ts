/**
 * Asks a server one ClientHello at a time without hurting it: retries with back-off, and a refusal by closing told from a
 * connection that was lost and from a limit that was hit.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionFailure, ExchangeResult } from './exchange.ts';
import { type DialerTarget, type Gentleness, Line } from './line.ts';
import type { ServerAnswer } from './server-answer.ts';

export type Reply =
  | { kind: 'answer'; answer: ServerAnswer }
  /**
   * The server closed or reset every attempt of this hello. `deliberate` when it answered another hello afterwards, so that
   * this is how it refuses; undefined when no hello was answered so far.
   */
  | { kind: 'dropped'; how: Drop; attempts: number; deliberate?: boolean }
  /** Nothing can be concluded: no answer in time, budget spent, or the endpoint is gone. */
  | { kind: 'unknown'; why: string; failure?: ConnectionFailure };

type Drop = 'closed' | 'reset';
type Drops = { kind: 'drops'; how: Drop; attempts: number; last: number };

export interface AskOptions {
  /** Instead of the target's number of attempts. */
  attempts?: number;
  timeoutMs?: number;
  helloOnly?: boolean;
  /** Silence is an expected answer and no sign of strain. */
  silenceExpected?: boolean;
}

/** Drops in a row that chance explains less often than this are taken as meant. */
const CHANCE = 1e-5;
/** Loss that is assumed at least on a server that was seen to lose connections: few drops make a poor estimate. */
const LEAST_LOSS = 0.1;
/** Attempts at most on a server that was seen to lose connections. */
const MOST_ATTEMPTS = 8;
/** How often a question is asked anew after a limit was hit. */
const ROUNDS = 4;

export class Dialer {
  readonly line: Line;
  answered = 0;
  /** Reasons why something stayed unknown, without repetition. */
  readonly troubles = new Set<string>();
  /** Settles with the reply of the first hello. */
  readonly first: Promise<Reply>;
  #settleFirst: (reply: Reply) => void = () => {};
  /** Drops that a retry of the same hello made good: the server loses connections at random. */
  readonly #recovered = { closed: 0, reset: 0 };
  /** Hellos that were dropped while others were answered: that is how this server refuses. */
  readonly #refusals = { closed: 0, reset: 0 };
  /** A hello that the server answered with a ServerHello, and the number of the last connection on which it answered one. */
  #good: Buffer | undefined;
  #goodNumber = 0;
  #gaveUp = false;

  constructor(target: DialerTarget, gentleness: Partial<Gentleness> = {}, signal?: AbortSignal) {
    this.line = new Line(target, gentleness, signal);
    this.first = new Promise((resolve) => {
      this.#settleFirst = resolve;
    });
  }

  get target(): DialerTarget {
    return this.line.target;
  }

  get gentleness(): Gentleness {
    return this.line.gentleness;
  }

  get recoveredDrops(): number {
    return this.#recovered.closed + this.#recovered.reset;
  }

  /** Sends one hello and returns what the server made of it. */
  async ask(hello: Buffer, options: AskOptions = {}): Promise<Reply> {
    const reply = await this.#question(hello, options);
    this.#settleFirst(reply);
    return reply;
  }

  /**
   * Lends a connection to a caller that has more to say than one hello.
   * @returns undefined when the budget is spent or the scan was interrupted
   */
  async lend<T>(use: () => Promise<T>): Promise<T | undefined> {
    const closed = this.line.closedBecause;
    if (closed === undefined) return this.line.lend(use);
    this.troubles.add(closed);
    return undefined;
  }

  async #question(hello: Buffer, options: AskOptions): Promise<Reply> {
    for (let round = 1; ; round++) {
      const tried = await this.#try(hello, options);
      if (tried.kind !== 'drops') return tried;
      const { how, attempts, last } = tried;
      const good = this.#good;
      if (good === undefined || good === hello) return { kind: 'dropped', how, attempts };
      const verdict = await this.#judgeDrops(hello, good, options, last);
      if (verdict === 'meant') this.#refusals[how]++;
      if (verdict === 'meant') return { kind: 'dropped', how, attempts, deliberate: true };
      if (verdict !== 'limit') return verdict;
      if (round >= ROUNDS || !(await this.#limitIsOver(good, round))) {
        this.troubles.add(
          `the server began to drop connections (${how}), so that a refusal cannot be told from a limit`,
        );
        return { kind: 'dropped', how, attempts, deliberate: false };
      }
    }
  }

  /** Repeats a hello until it is answered or was dropped often enough. */
  async #try(hello: Buffer, options: AskOptions): Promise<Exclude<Reply, { kind: 'dropped' }> | Drops> {
    const drops = { closed: 0, reset: 0 };
    let silences = 0;
    let pause = 0;
    let last = 0;
    for (let attempt = 1; attempt <= this.#attempts(options); attempt++) {
      if (pause > 0) await sleep(pause * 2 ** (attempt - 1));
      const closed = this.line.closedBecause;
      if (closed !== undefined) return this.#unknown(closed);
      last = this.line.connections + 1;
      const result = await this.line.send(hello, options);
      if (result.ok) {
        this.#recovered.closed += drops.closed;
        this.#recovered.reset += drops.reset;
        return this.#take(hello, last, result);
      }
      const { failure, detail } = result;
      if (failure === 'closed' || failure === 'reset') {
        drops[failure]++;
        if (this.#convincing(drops)) break;
        pause = failure === 'closed' ? 2 : 10;
      } else if (failure === 'timeout-answer') {
        // A second silence would only keep a strained server busy.
        if (options.silenceExpected || ++silences >= 2) return this.#unknown(detail, failure, options.silenceExpected);
        this.line.strain();
        pause = 40;
      } else if (failure === 'refused' && this.answered > 0) {
        // After answers, a refusal means a limiter or a restart: wait for it.
        this.line.strain();
        pause = 40;
        if (attempt === this.#attempts(options)) return this.#unknown(detail, failure);
      } else return this.#unknown(detail, failure);
    }
    const attempts = drops.closed + drops.reset;
    return attempts === 0
      ? this.#unknown('no answer')
      : { kind: 'drops', how: drops.closed > drops.reset ? 'closed' : 'reset', attempts, last };
  }

  #take(hello: Buffer, number: number, result: ExchangeResult & { ok: true }): Reply & { kind: 'answer' } {
    this.answered++;
    this.line.noteAnswer(result);
    if (result.answer.serverHello) this.#agreed(hello, number);
    return { kind: 'answer', answer: result.answer };
  }

  #agreed(hello: Buffer, number: number): void {
    this.#good = hello;
    this.#goodNumber = Math.max(this.#goodNumber, number);
    this.#gaveUp = false;
  }

  #attempts(options: AskOptions): number {
    return options.attempts ?? (this.recoveredDrops > 0 ? MOST_ATTEMPTS : this.gentleness.attempts);
  }

  /** A clean close is hardly ever an accident, a reset may be; each counts for less on a server that loses connections that way. */
  #convincing(drops: { closed: number; reset: number }): boolean {
    const { closed, reset } = this.#recovered;
    if (closed === 0 && drops.closed >= (this.#refusals.closed > 0 ? 2 : 3)) return true;
    if (reset === 0 && drops.reset >= (this.#refusals.reset > 0 ? 3 : 4)) return true;
    const lost = closed + reset;
    const loss = Math.max(LEAST_LOSS, lost / (this.answered + lost));
    return loss ** (drops.closed + drops.reset) <= CHANCE;
  }

  /** `meant` when others are answered where this hello is dropped; its answer, if it gets one after all. */
  async #judgeDrops(
    hello: Buffer,
    good: Buffer,
    options: AskOptions,
    last: number,
  ): Promise<Reply | 'meant' | 'limit'> {
    if (!(await this.#answersOthers(good, last))) return 'limit';
    if (this.line.strains === 0) return 'meant';
    // Where a limit was hit before, the drops may have been its doing: only a drop between two answers counts.
    if (this.line.closedBecause !== undefined) return 'limit';
    const number = this.line.connections + 1;
    const again = await this.line.send(hello, options);
    if (again.ok) return this.#take(hello, number, again);
    return (await this.#answersOthers(good, number)) ? 'meant' : 'limit';
  }

  /** Whether a hello was answered on a connection opened after the dropped one; if none was so far, a known one is sent again. */
  async #answersOthers(good: Buffer, dropped: number): Promise<boolean> {
    // On a server that loses connections a second try is fair; behind a limiter it would be one more offence.
    for (let tries = this.recoveredDrops > 0 ? 3 : 1; tries > 0 && this.#goodNumber <= dropped; tries--)
      await this.#sendKnown(good);
    return this.#goodNumber > dropped;
  }

  async #sendKnown(good: Buffer): Promise<boolean> {
    if (this.line.closedBecause !== undefined) return false;
    const number = this.line.connections + 1;
    const control = await this.line.send(good, { helloOnly: true });
    if (!control.ok || !control.answer.serverHello) return false;
    this.#agreed(good, number);
    return true;
  }

  /** Slows down, waits, and tries whether the known hello gets through again. */
  async #limitIsOver(good: Buffer, round: number): Promise<boolean> {
    this.line.strain();
    const before = this.#goodNumber;
    for (let attempt = 0; attempt < 3 && !this.#gaveUp; attempt++) {
      await sleep(300 * 2 ** (round + attempt - 1));
      if (this.#goodNumber > before || (await this.#sendKnown(good))) return true;
    }
    this.#gaveUp = true;
    return false;
  }

  #unknown(why: string, failure?: ConnectionFailure, expected = false): Reply & { kind: 'unknown' } {
    if (!expected) this.troubles.add(why);
    return { kind: 'unknown', why, ...(failure === undefined ? {} : { failure }) };
  }
}
