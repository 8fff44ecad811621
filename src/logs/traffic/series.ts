/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import type { MinuteSeries } from '../windows/series.ts';
import { Durations } from './durations.ts';
import { MINUTE, type Minute, RowColumns, Traffic } from './traffic.ts';

/** Longest span that is cut into minutes (120 days); stray stamps beyond it are left out. */
const MAX_MINUTES = 172_800;
const BUSIEST = 30;
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

  /** @param low and @param high bits of the series. */
  hear(client: number, low: number, high: number, failed: number): void {
    const at = this.#slot(client) << 2;
    const bits = this.#bits;
    bits[at]! |= low;
    bits[at + 1]! |= high;
    if (failed !== 0) return;
    bits[at + 2]! |= low;
    bits[at + 3]! |= high;
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

  /** Adds the voices of one minute to their series and forgets them. */
  drain(series: TrafficSeries[], minute: number): void {
    const count = (heard: number, served: number, first: number): void => {
      for (let left = heard; left !== 0; left &= left - 1) {
        const bit = 31 - Math.clz32(left & -left);
        const one = series[first + bit]!;
        one.clients[minute]!++;
        if ((served & (1 << bit)) === 0) one.clientsFailed[minute]!++;
      }
    };
    const bits = this.#bits;
    for (let i = 0; i < this.#length; i++) {
      const slot = this.#used[i]!;
      const at = slot << 2;
      count(bits[at]!, bits[at + 2]!, 0);
      count(bits[at + 1]!, bits[at + 3]!, 32);
      bits.fill(0, at, at + 4);
      this.#clients[slot] = -1;
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
  const note = (minute: number, slot: number, failed: number, seconds: number): void => {
    const one = series[slot]!;
    one.requests[minute]!++;
    one.failures[minute]! += failed;
    if (!Number.isNaN(seconds)) durations[slot]!.add(seconds);
  };
  for (const minute of span) {
    const at = minute.minute - first;
    for (let next = 0; next < minute.used; ) {
      next = Traffic.columns(minute, next, rows);
      const { length, client, endpoint, upstream, failed, seconds } = rows;
      for (let row = 0; row < length; row++) {
        const endpointSlot = endpointSlots[endpoint[row]!]!;
        const upstreamSlot = upstreamSlots[upstream[row]!]!;
        note(at, 0, failed[row]!, seconds[row]!);
        if (endpointSlot !== 0) note(at, endpointSlot, failed[row]!, seconds[row]!);
        if (upstreamSlot !== 0) note(at, upstreamSlot, failed[row]!, seconds[row]!);
        const low = 1 | (endpointSlot < 32 ? 1 << endpointSlot : 0) | (upstreamSlot < 32 ? 1 << upstreamSlot : 0);
        const high = (endpointSlot > 31 ? 1 << endpointSlot : 0) | (upstreamSlot > 31 ? 1 << upstreamSlot : 0);
        voices.hear(client[row]!, low, high, failed[row]!);
      }
    }
    voices.drain(series, at);
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
