/** Per-minute series of the whole traffic, its busiest endpoints and its busiest upstreams, in one walk over the minutes. */
import type { MinuteSeries } from '../windows/series.ts';
import { Durations } from './durations.ts';
import { MINUTE, type Minute, piecesOf, RowColumns, Traffic } from './traffic.ts';
import { SERIES_A_WORD, Voices } from './voices.ts';

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

/** Bits of the series of each name among the 32 from `first` on. */
function bitsOf(slots: Uint8Array, first: number): Int32Array {
  return Int32Array.from(slots, (slot) =>
    slot > 0 && slot >= first && slot < first + SERIES_A_WORD ? 1 << (slot & 31) : 0,
  );
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
  const voices: { voices: Voices; everybody: number; byEndpoint: Int32Array; byUpstream: Int32Array }[] = [];
  for (let from = 0; from < series.length; from += SERIES_A_WORD)
    voices.push({
      voices: new Voices(traffic.addresses.length),
      everybody: from === 0 ? 1 : 0,
      byEndpoint: bitsOf(endpointSlots, from),
      byUpstream: bitsOf(upstreamSlots, from),
    });
  const rows = new RowColumns();
  const requests = new Uint32Array(series.length);
  const failures = new Uint32Array(series.length);
  for (const minute of span) {
    const at = minute.minute - first;
    for (const word of voices) word.voices.next();
    for (const piece of piecesOf(minute))
      for (let next = 0; next < piece.used; ) {
        next = Traffic.columns(piece, next, rows);
        countRows(rows.endpoint, rows, endpointSlots, requests, failures);
        if (traffic.upstreams.names.length > 1) countRows(rows.upstream, rows, upstreamSlots, requests, failures);
        addDurations(rows, endpointSlots, upstreamSlots, durations);
        for (const word of voices) word.voices.hear(rows, word.everybody, word.byEndpoint, word.byUpstream);
      }
    for (const [slot, one] of series.entries()) {
      const { heard, served } = voices[Math.floor(slot / SERIES_A_WORD)]!.voices;
      const bit = slot % SERIES_A_WORD;
      one.requests[at] = requests[slot]!;
      one.failures[at] = failures[slot]!;
      one.clients[at] = heard[bit]!;
      one.clientsFailed[at] = heard[bit]! - served[bit]!;
    }
    requests.fill(0);
    failures.fill(0);
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
