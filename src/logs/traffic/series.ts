/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import type { MinuteSeries } from '../windows/series.ts';
import { Durations } from './durations.ts';
import { MINUTE, type Minute, piecesOf, RowColumns, Traffic } from './traffic.ts';

/** Longest span that is cut into minutes (120 days); stray stamps beyond it are left out. */
const MAX_MINUTES = 172_800;
const BUSIEST = 30;
/** All of them as bits of two words. */
const MOST_SERIES = 64;
const PERCENTILES = [0.5, 0.95, 0.99];

export interface TrafficSeries extends MinuteSeries {
  dimension: 'all' | 'endpoint' | 'upstream';
}

/** The minutes around the middle of the data, so that one wild stamp cannot stretch the span; in order of time. */
function mainSpan(traffic: Traffic): Minute[] {
  const minutes = [...traffic.minutes.values()].sort((a, b) => a.minute - b.minute);
  const half = minutes.reduce((sum, { requests }) => sum + requests, 0) / 2;
  let seen = 0;
  const middle = minutes.find(({ requests }) => {
    seen += requests;
    return seen > half;
  })?.minute;
  if (middle === undefined) return minutes;
  return minutes.filter(({ minute }) => Math.abs(minute - middle) <= MAX_MINUTES / 2);
}

/** Ids of the names with the most requests; equal ones by name. */
function busiest(names: readonly string[], counts: Uint32Array): number[] {
  return names
    .map((_, id) => id)
    .filter((id) => counts[id]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || (names[a]! < names[b]! ? -1 : 1))
    .slice(0, BUSIEST);
}

/**
 * Which series a client was heard in during one minute, and which of them served it: bits by number of the series, 0 to 60.
 * An open-addressing table that is emptied by walking its entries.
 */
class Voices {
  #clients = new Int32Array(1 << 12).fill(-1);
  /** Four words a slot: heard in series 0 to 31, in the others, served by the one and the other. */
  #bits = new Int32Array(1 << 14);
  #used = new Int32Array(1 << 11);
  #length = 0;

  /** @param bits of the series by endpoint and by upstream. */
  hearAll(
    { length, client, endpoint, upstream, failed }: RowColumns,
    byEndpoint: SeriesBits,
    byUpstream: SeriesBits,
  ): void {
    // Names of a class or module are looked up each time, so the loop has its own.
    let clients = this.#clients;
    let bits = this.#bits;
    let mask = clients.length - 1;
    const { low: endpointLow, high: endpointHigh } = byEndpoint;
    const { low: upstreamLow, high: upstreamHigh } = byUpstream;
    for (let row = 0; row < length; row++) {
      const one = client[row]!;
      let slot = (Math.imul(one, 0x9e3779b1) >>> 8) & mask;
      if (clients[slot] !== one) {
        slot = this.#slot(one);
        clients = this.#clients;
        bits = this.#bits;
        mask = clients.length - 1;
      }
      const at = slot << 2;
      const low = 1 | endpointLow[endpoint[row]!]! | upstreamLow[upstream[row]!]!;
      const high = endpointHigh[endpoint[row]!]! | upstreamHigh[upstream[row]!]!;
      bits[at]! |= low;
      bits[at + 1]! |= high;
      if (failed[row] !== 0) continue;
      bits[at + 2]! |= low;
      bits[at + 3]! |= high;
    }
  }

  #slot(client: number): number {
    const clients = this.#clients;
    const mask = clients.length - 1;
    let slot = (Math.imul(client, 0x9e3779b1) >>> 8) & mask;
    while (clients[slot] !== client) {
      if (clients[slot] === -1) {
        if (this.#length * 2 >= clients.length) {
          this.#grow();
          return this.#slot(client);
        }
        clients[slot] = client;
        this.#used[this.#length++] = slot;
        break;
      }
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** Adds up the voices of one minute by series and forgets them. */
  drain(heard: Uint32Array, failed: Uint32Array): void {
    const bits = this.#bits;
    const used = this.#used;
    const clients = this.#clients;
    for (let i = 0; i < this.#length; i++) {
      const slot = used[i]!;
      clients[slot] = -1;
      for (let half = 0; half < 2; half++) {
        const at = (slot << 2) + half;
        const served = bits[at + 2]!;
        for (let left = bits[at]!; left !== 0; left &= left - 1) {
          const bit = 31 - Math.clz32(left & -left);
          heard[half * 32 + bit]!++;
          if ((served & (1 << bit)) === 0) failed[half * 32 + bit]!++;
        }
        bits[at] = 0;
        bits[at + 2] = 0;
      }
    }
    this.#length = 0;
  }

  #grow(): void {
    const clients = this.#clients;
    const bits = this.#bits;
    const used = this.#used.subarray(0, this.#length);
    this.#clients = new Int32Array(clients.length * 2).fill(-1);
    this.#bits = new Int32Array(bits.length * 2);
    this.#used = new Int32Array(this.#used.length * 2);
    this.#length = 0;
    for (const slot of used) this.#bits.set(bits.subarray(slot << 2, (slot << 2) + 4), this.#slot(clients[slot]!) << 2);
  }
}

function emptySeries(
  key: string,
  dimension: TrafficSeries['dimension'],
  start: number,
  minutes: number,
): TrafficSeries {
  const blank = (): Float32Array => new Float32Array(minutes).fill(Number.NaN);
  return {
    key,
    dimension,
    start,
    requests: new Uint32Array(minutes),
    failures: new Uint32Array(minutes),
    clients: new Uint32Array(minutes),
    clientsFailed: new Uint32Array(minutes),
    p50: blank(),
    p95: blank(),
    p99: blank(),
  };
}

/** Bits of the series of each name, for series 0 to 31 and for the others. */
interface SeriesBits {
  low: Int32Array;
  high: Int32Array;
}

function bitsOf(slots: Uint8Array): SeriesBits {
  const low = new Int32Array(slots.length);
  const high = new Int32Array(slots.length);
  for (const [id, slot] of slots.entries()) {
    if (slot > 31) high[id] = 1 << slot;
    else if (slot > 0) low[id] = 1 << slot;
  }
  return { low, high };
}

/** Counts requests and failures by series; what has none of its own counts in series 0. @param names ids of names. */
function countRows(
  names: Uint32Array,
  { length, failed }: RowColumns,
  slots: Uint8Array,
  requests: Uint32Array,
  failures: Uint32Array,
): void {
  for (let row = 0; row < length; row++) {
    const slot = slots[names[row]!]!;
    requests[slot]!++;
    failures[slot]! += failed[row]!;
  }
}

function addDurations(
  { length, endpoint, upstream, seconds }: RowColumns,
  endpointSlots: Uint8Array,
  upstreamSlots: Uint8Array,
  durations: readonly Durations[],
): void {
  for (let row = 0; row < length; row++) {
    const taken = seconds[row]!;
    if (Number.isNaN(taken)) continue;
    durations[0]!.add(taken);
    const endpointSlot = endpointSlots[endpoint[row]!]!;
    const upstreamSlot = upstreamSlots[upstream[row]!]!;
    if (endpointSlot !== 0) durations[endpointSlot]!.add(taken);
    if (upstreamSlot !== 0) durations[upstreamSlot]!.add(taken);
  }
}

/** Everything first, then the busiest endpoints, then the busiest upstreams. Empty when no request carried a time. */
export function trafficSeries(traffic: Traffic): TrafficSeries[] {
  const span = mainSpan(traffic);
  if (span.length === 0) return [];
  const first = span[0]!.minute;
  const minutes = span.at(-1)!.minute - first + 1;
  const series: TrafficSeries[] = [emptySeries('', 'all', first * MINUTE, minutes)];
  const slots = (names: readonly string[], counts: Uint32Array, dimension: 'endpoint' | 'upstream'): Uint8Array => {
    const slotOf = new Uint8Array(names.length);
    for (const id of busiest(names, counts)) {
      if (dimension === 'upstream' && id === 0) continue;
      slotOf[id] = series.length;
      series.push(emptySeries(names[id]!, dimension, first * MINUTE, minutes));
    }
    return slotOf;
  };
  const endpointSlots = slots(traffic.endpoints.names, traffic.endpoints.counts, 'endpoint');
  const upstreamSlots = slots(traffic.upstreams.names, traffic.upstreams.counts, 'upstream');
  const durations = series.map(() => new Durations());
  const voices = new Voices();
  const rows = new RowColumns();
  const byEndpoint = bitsOf(endpointSlots);
  const byUpstream = bitsOf(upstreamSlots);
  const [requests, failures, clients, clientsFailed] = [0, 1, 2, 3].map(() => new Uint32Array(MOST_SERIES)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  for (const minute of span) {
    const at = minute.minute - first;
    for (const piece of piecesOf(minute))
      for (let next = 0; next < piece.used; ) {
        next = Traffic.columns(piece, next, rows);
        countRows(rows.endpoint, rows, endpointSlots, requests, failures);
        if (traffic.upstreams.names.length > 1) countRows(rows.upstream, rows, upstreamSlots, requests, failures);
        addDurations(rows, endpointSlots, upstreamSlots, durations);
        voices.hearAll(rows, byEndpoint, byUpstream);
      }
    voices.drain(clients, clientsFailed);
    for (const [slot, one] of series.entries()) {
      one.requests[at] = requests[slot]!;
      one.failures[at] = failures[slot]!;
      one.clients[at] = clients[slot]!;
      one.clientsFailed[at] = clientsFailed[slot]!;
    }
    for (const counts of [requests, failures, clients, clientsFailed]) counts.fill(0);
    for (const [slot, seconds] of durations.entries()) {
      if (seconds.length === 0) continue;
      const one = series[slot]!;
      const [p50, p95, p99] = seconds.percentiles(PERCENTILES);
      one.p50[at] = p50!;
      one.p95[at] = p95!;
      one.p99[at] = p99!;
      seconds.length = 0;
    }
    const [all] = series;
    // Requests beyond the room for rows are known by the minute only.
    all!.requests[at] = minute.requests;
    all!.failures[at] = minute.failures;
  }
  return series;
}
