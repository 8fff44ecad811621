// Counts the requests of one minute by series, and finds percentiles of their durations: what MinuteTally (tally.ts) and
// Durations (durations.ts) do, compiled once for all threads. The host lays out the memory, see kernel-tally.ts.
import { addDuration, findPercentiles, forgetDurations } from './durations';

/** Series that are told apart, with the last one, which stands for none. */
export const MOST_SERIES: i32 = 64;
/** Counts of the minute by series, a column each: see the columns of MinuteTally. */
export const REQUESTS: i32 = 64;
export const FAILURES: i32 = 320;
export const HEARD: i32 = 576;
export const FAILING: i32 = 832;
export const REFUSED: i32 = 1088;
const COUNTS_END: i32 = 1344;

export { DURATIONS_END, MOST_SHARES, PERCENTILES, SHARES, setDurations } from './durations';

/** By id of the endpoint or the upstream: its series. By id of the client: whether it habitually fails. */
let ofEndpoint: i32 = 0;
let endpoints: u32 = 0;
let ofUpstream: i32 = 0;
let upstreams: u32 = 0;
let habitual: i32 = 0;
let clients: u32 = 0;
/** By client: the minute it was heard in last, bits of the series it was heard in then, bits of those it is marked in. */
let records: i32 = 0;
let series: i32 = 0;
let minute: i32 = 0;
/** What the ids of the rows are in the tables of the host; 0 where they are the same. */
let clientMap: i32 = 0;
let endpointMap: i32 = 0;
let upstreamMap: i32 = 0;

/** Names the tables of the host, and how many entries each has. @param none number of the last series. */
export function setTables(
  endpointsAt: i32,
  endpointCount: i32,
  upstreamsAt: i32,
  upstreamCount: i32,
  habitualAt: i32,
  recordsAt: i32,
  clientCount: i32,
  none: i32,
): void {
  ofEndpoint = endpointsAt;
  endpoints = <u32>endpointCount;
  ofUpstream = upstreamsAt;
  upstreams = <u32>upstreamCount;
  habitual = habitualAt;
  records = recordsAt;
  clients = <u32>clientCount;
  series = none + 1;
}

/** Names the maps of the rows that come next; as many entries as their ids need. */
export function setMaps(clientsAt: i32, endpointsAt: i32, upstreamsAt: i32): void {
  clientMap = clientsAt;
  endpointMap = endpointsAt;
  upstreamMap = upstreamsAt;
}

/** Begins another minute. */
export function next(): void {
  minute++;
  memory.fill(REQUESTS, 0, COUNTS_END - REQUESTS);
  forgetDurations();
}

// @ts-ignore: decorator
@inline
function addTo(column: i32, one: u32, count: i32): void {
  const at = column + <i32>(one << 2);
  store<i32>(at, load<i32>(at) + count);
}

/** Counts the rows that stand from `from` to `to`; zeros behind them end a row that is cut. */
export function add(from: i32, to: i32): void {
  // One word of bits is enough for 32 series.
  if (series > 32) count<u64>(from, to);
  else count<u32>(from, to);
}

function count<Bits>(from: i32, to: i32): void {
  let rows = 0;
  let failures = 0;
  let refusals = 0;
  let at = from;
  while (at < to) {
    // The groups of seven bits are written out as in `unpackRows` (rows.ts).
    let byte: u32 = load<u8>(at++);
    let client = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = load<u8>(at++);
      client |= (byte & 127) << shift;
    }
    byte = load<u8>(at++);
    let endpoint = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = load<u8>(at++);
      endpoint |= (byte & 127) << shift;
    }
    // FAILED, UPSTREAM, TIMED, REFUSED.
    const flags = endpoint & 15;
    endpoint >>>= 4;
    let upstream: u32 = 0;
    if ((flags & 2) !== 0) {
      byte = load<u8>(at++);
      upstream = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = load<u8>(at++);
        upstream |= (byte & 127) << shift;
      }
    }
    if (clientMap !== 0) {
      client = load<u32>(clientMap + <i32>(client << 2));
      endpoint = load<u32>(endpointMap + <i32>(endpoint << 2));
      upstream = load<u32>(upstreamMap + <i32>(upstream << 2));
    }
    const known = client < clients && endpoint < endpoints && upstream < upstreams;
    const first: u32 = known ? load<u8>(ofEndpoint + endpoint) : <u32>(series - 1);
    const second: u32 = known ? load<u8>(ofUpstream + upstream) : <u32>(series - 1);
    if ((flags & 4) !== 0) {
      byte = load<u8>(at++);
      let value = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = load<u8>(at++);
        value |= (byte & 127) << shift;
      }
      const both = first | (second << 8);
      if ((value & 1) === 0) addDuration(value >>> 1, true, both);
      else {
        if (at + 4 <= to) addDuration(load<u32>(at), false, both);
        at += 4;
      }
    }
    const failed = <i32>(flags & 1);
    const refused = <i32>(flags >>> 3);
    rows++;
    failures += failed;
    refusals += refused;
    addTo(REQUESTS, first, 1);
    addTo(REQUESTS, second, 1);
    if (failed !== 0) {
      addTo(FAILURES, first, 1);
      addTo(FAILURES, second, 1);
    }
    if (refused !== 0) addTo(REFUSED, first, 1);
    if (known) hear<Bits>(client, first, second, failed !== 0);
  }
  addTo(REQUESTS, 0, rows);
  addTo(FAILURES, 0, failures);
  addTo(REFUSED, 0, refusals);
}

/** See MinuteTally: a client is heard once in a series, and fails there once, or where it habitually fails, until it is answered. */
function hear<Bits>(client: u32, first: u32, second: u32, failed: bool): void {
  const bits: Bits = <Bits>1 | (<Bits>1 << <Bits>first) | (<Bits>1 << <Bits>second);
  const record = records + <i32>client * (4 + 2 * <i32>sizeof<Bits>());
  const heard = record + 4;
  const marked = heard + <i32>sizeof<Bits>();
  const fails = load<u8>(habitual + client) !== 0;
  if (load<i32>(record) !== minute) {
    store<i32>(record, minute);
    store<Bits>(heard, bits);
    addTo(HEARD, 0, 1);
    addTo(HEARD, first, 1);
    addTo(HEARD, second, 1);
    if (failed) {
      addTo(FAILING, 0, 1);
      addTo(FAILING, first, 1);
      addTo(FAILING, second, 1);
    }
    store<Bits>(marked, failed !== fails ? bits : <Bits>0);
    return;
  }
  let fresh: Bits = bits & ~load<Bits>(heard);
  if (fresh !== <Bits>0) {
    store<Bits>(heard, load<Bits>(heard) | bits);
    const inFirst = <i32>((fresh >> <Bits>first) & <Bits>1);
    const inSecond = <i32>((fresh >> <Bits>second) & <Bits>1);
    addTo(HEARD, first, inFirst);
    addTo(HEARD, second, inSecond);
    if (fails) {
      addTo(FAILING, first, inFirst);
      addTo(FAILING, second, inSecond);
    }
  }
  if (failed === fails) return;
  fresh = bits & ~load<Bits>(marked);
  if (fresh === <Bits>0) return;
  store<Bits>(marked, load<Bits>(marked) | bits);
  const more = failed ? 1 : -1;
  addTo(FAILING, 0, <i32>(fresh & <Bits>1) * more);
  addTo(FAILING, first, <i32>((fresh >> <Bits>first) & <Bits>1) * more);
  addTo(FAILING, second, <i32>((fresh >> <Bits>second) & <Bits>1) * more);
}

/** Tells the percentiles of the minute in PERCENTILES. @param shares how many stand in SHARES. @returns how many durations there were. */
export function percentiles(shares: i32): i32 {
  return findPercentiles(shares, series - 1);
}
