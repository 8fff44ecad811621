/** Counts every client once a minute in each series, however often it was heard there. */
import type { RowColumns } from './traffic.ts';

/** Series of one word of bits. */
export const SERIES_A_WORD = 32;

/** For up to 32 series: which clients were heard in them during a minute, and which of those got a good answer. */
export class Voices {
  /** Clients heard in the minute at hand, by series. */
  readonly heard: Uint32Array = new Uint32Array(SERIES_A_WORD);
  /** Those of them that were served. */
  readonly served: Uint32Array = new Uint32Array(SERIES_A_WORD);
  /** By client: the number of the minute it was heard in last, and bits of the series then. */
  readonly #clients: Int32Array;
  #minute = 0;

  /** @param clients how many ids of clients there are. */
  constructor(clients: number) {
    this.#clients = new Int32Array(clients * 3);
  }

  /** Begins another minute. */
  next(): void {
    this.#minute++;
    this.heard.fill(0);
    this.served.fill(0);
  }

  /** @param everybody bits of the series in which every client is heard. @param byEndpoint, @param byUpstream bits of the series by name. */
  hear(
    { length, client, endpoint, upstream, failed }: RowColumns,
    everybody: number,
    byEndpoint: Int32Array,
    byUpstream: Int32Array,
  ): void {
    // Names of a class are looked up each time, so the loop has its own.
    const clients = this.#clients;
    const minute = this.#minute;
    const { heard, served } = this;
    for (let row = 0; row < length; row++) {
      const bits = everybody | byEndpoint[endpoint[row]!]! | byUpstream[upstream[row]!]!;
      const one = client[row]!;
      const at = (one << 1) + one;
      if (clients[at] !== minute) {
        clients[at] = minute;
        clients[at + 1] = 0;
        clients[at + 2] = 0;
      }
      let fresh = bits & ~clients[at + 1]!;
      clients[at + 1]! |= bits;
      for (; fresh !== 0; fresh &= fresh - 1) heard[31 - Math.clz32(fresh & -fresh)]!++;
      if (failed[row] !== 0) continue;
      fresh = bits & ~clients[at + 2]!;
      clients[at + 2]! |= bits;
      for (; fresh !== 0; fresh &= fresh - 1) served[31 - Math.clz32(fresh & -fresh)]!++;
    }
  }
}
