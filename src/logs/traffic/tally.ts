/** Counts the requests of one minute by series: how many there were, how many failed, of how many clients, how long they took. */
import { Durations } from './durations.ts';
import type { Piece, RowColumns } from './rows.ts';

/**
 * Words of one client: the minute it was heard in last, bits of the series in which it was heard then, and in which one of its
 * requests failed; in which one was answered, where it is a client that habitually fails.
 */
const NARROW = 3;
/** The same for more series than a word has bits. */
const WIDE = 5;

/** Which series a request counts in besides series 0, by id of its endpoint and upstream. */
export interface SeriesOf {
  endpoint: Uint8Array;
  upstream: Uint8Array;
  /** The number that stands for no series, one behind the last. */
  none: number;
}

/** Counts of the minute at hand by series, where the last one stands for none. */
export interface MinuteCounts {
  readonly requests: Uint32Array;
  readonly failures: Uint32Array;
  /** Clients that were heard, each once. */
  readonly heard: Uint32Array;
  /** Those of them of which a request failed; every request, of clients that habitually fail. */
  readonly failing: Uint32Array;
  /** Requests that were turned away; none are counted of upstreams. */
  readonly refused: Uint32Array;
  /** Begins another minute. */
  next(): void;
  /** Counts the rows of a piece of the minute. */
  add(piece: Piece): void;
}

export class MinuteTally {
  /** See MinuteCounts. */
  readonly requests: Uint32Array;
  readonly failures: Uint32Array;
  readonly heard: Uint32Array;
  readonly failing: Uint32Array;
  readonly refused: Uint32Array;
  readonly durations: Durations;
  readonly #clients: Int32Array;
  readonly #habitual: Uint8Array;
  readonly #wide: boolean;
  #minute = 0;

  /** @param habitual by id, whether a client habitually fails. @param series how many, 64 at most, with the one that stands for none. */
  constructor(habitual: Uint8Array, series: number) {
    this.#habitual = habitual;
    this.requests = new Uint32Array(series);
    this.failures = new Uint32Array(series);
    this.heard = new Uint32Array(series);
    this.failing = new Uint32Array(series);
    this.refused = new Uint32Array(series);
    this.durations = new Durations(series);
    this.#wide = series > 32;
    this.#clients = new Int32Array(habitual.length * (this.#wide ? WIDE : NARROW));
  }

  /** Begins another minute. */
  next(): void {
    this.#minute++;
    this.requests.fill(0);
    this.failures.fill(0);
    this.heard.fill(0);
    this.failing.fill(0);
    this.refused.fill(0);
  }

  add(rows: RowColumns, of: SeriesOf): void {
    this.#count(rows, of);
    if (this.#wide) this.#hearWide(rows, of);
    else this.#hear(rows, of);
    if (rows.timed) this.#time(rows, of);
    if (rows.refusals) this.#countRefused(rows, of);
  }

  #countRefused({ length, endpoint, refused }: RowColumns, of: SeriesOf): void {
    const counts = this.refused;
    const byEndpoint = of.endpoint;
    let all = 0;
    for (let row = 0; row < length; row++) {
      counts[byEndpoint[endpoint[row]!]!]! += refused[row]!;
      all += refused[row]!;
    }
    counts[0]! += all;
  }

  #count({ length, endpoint, upstream, failed }: RowColumns, of: SeriesOf): void {
    // Names of a class are looked up each time, so the loops have their own.
    const { requests, failures } = this;
    const byEndpoint = of.endpoint;
    const byUpstream = of.upstream;
    let allFailed = 0;
    for (let row = 0; row < length; row++) {
      const first = byEndpoint[endpoint[row]!]!;
      const second = byUpstream[upstream[row]!]!;
      const bad = failed[row]!;
      requests[first]!++;
      requests[second]!++;
      failures[first]! += bad;
      failures[second]! += bad;
      allFailed += bad;
    }
    requests[0]! += length;
    failures[0]! += allFailed;
  }

  #hear({ length, client, endpoint, upstream, failed }: RowColumns, of: SeriesOf): void {
    const { heard, failing } = this;
    const clients = this.#clients;
    const habitual = this.#habitual;
    const minute = this.#minute;
    const byEndpoint = of.endpoint;
    const byUpstream = of.upstream;
    for (let row = 0; row < length; row++) {
      const first = byEndpoint[endpoint[row]!]!;
      const second = byUpstream[upstream[row]!]!;
      const bits = 1 | (1 << first) | (1 << second);
      const one = client[row]!;
      const at = (one << 1) + one;
      const bad = failed[row] !== 0;
      if (clients[at] !== minute) {
        clients[at] = minute;
        clients[at + 1] = bits;
        heard[0]!++;
        heard[first]!++;
        heard[second]!++;
        if (bad) {
          failing[0]!++;
          failing[first]!++;
          failing[second]!++;
        }
        clients[at + 2] = bad === (habitual[one] === 0) ? bits : 0;
        continue;
      }
      let fresh = bits & ~clients[at + 1]!;
      if (fresh !== 0) {
        clients[at + 1]! |= fresh;
        heard[first]! += (fresh >>> first) & 1;
        heard[second]! += (fresh >>> second) & 1;
        if (habitual[one] !== 0) {
          failing[first]! += (fresh >>> first) & 1;
          failing[second]! += (fresh >>> second) & 1;
        }
      }
      if (bad !== (habitual[one] === 0)) continue;
      fresh = bits & ~clients[at + 2]!;
      if (fresh === 0) continue;
      clients[at + 2]! |= fresh;
      const more = bad ? 1 : -1;
      failing[0]! += (fresh & 1) * more;
      failing[first]! += ((fresh >>> first) & 1) * more;
      failing[second]! += ((fresh >>> second) & 1) * more;
    }
  }

  /** The same with two words of bits. */
  #hearWide({ length, client, endpoint, upstream, failed }: RowColumns, of: SeriesOf): void {
    const clients = this.#clients;
    const minute = this.#minute;
    for (let row = 0; row < length; row++) {
      const habitual = this.#habitual[client[row]!] !== 0;
      const at = client[row]! * 5;
      if (clients[at] !== minute) {
        clients[at] = minute;
        for (let word = at + 1; word < at + WIDE; word++) clients[word] = 0;
      }
      const bad = failed[row] !== 0;
      this.#mark(at + 1, 0, bad, habitual);
      this.#mark(at + 1, of.endpoint[endpoint[row]!]!, bad, habitual);
      this.#mark(at + 1, of.upstream[upstream[row]!]!, bad, habitual);
    }
  }

  #mark(at: number, series: number, bad: boolean, habitual: boolean): void {
    const clients = this.#clients;
    const word = at + (series >>> 5);
    const bit = 1 << (series & 31);
    if ((clients[word]! & bit) === 0) {
      clients[word]! |= bit;
      this.heard[series]!++;
      if (habitual) this.failing[series]!++;
    }
    if (bad === habitual || (clients[word + 2]! & bit) !== 0) return;
    clients[word + 2]! |= bit;
    this.failing[series]! += bad ? 1 : -1;
  }

  #time({ length, endpoint, upstream, seconds }: RowColumns, of: SeriesOf): void {
    const { durations } = this;
    durations.reserve(length);
    const values = durations.seconds;
    const series = durations.series;
    const byEndpoint = of.endpoint;
    const byUpstream = of.upstream;
    let at = durations.length;
    for (let row = 0; row < length; row++) {
      const taken = seconds[row]!;
      if (Number.isNaN(taken)) continue;
      values[at] = taken;
      series[at++] = byEndpoint[endpoint[row]!]! | (byUpstream[upstream[row]!]! << 8);
    }
    durations.length = at;
  }
}
