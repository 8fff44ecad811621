/**
 * Every request in some five bytes, minute by minute: enough for exact counts, shares of clients and percentiles by
 * endpoint and upstream, whatever the order of the lines and files. The request table holds whole rows; this holds all.
 */
import { type AddressState, AddressTable } from './addresses.ts';
import { NameTable } from './names.ts';

export const MINUTE = 60_000;
/** Bytes of single requests; beyond them requests are counted per minute only. */
const ROW_BYTES = 96 * 2 ** 20;

/** Longest row: two numbers of five bytes, an upstream of three, a duration of four. */
const LONGEST_ROW = 20;

export interface Minute {
  /** Minutes since 1970. */
  minute: number;
  requests: number;
  /** Answered 5xx, or cut before an answer. */
  failures: number;
  rows: Uint8Array;
  used: number;
}

/** Most requests that `addAll` takes. */
export const MOST_TOGETHER = 4096;

/** Rows that are read at a time: they fit the processor's cache. */
const SOME_ROWS = 4096;

/** Some requests of one minute as columns, ids from the tables of the traffic. */
export class RowColumns {
  length = 0;
  readonly client = new Uint32Array(SOME_ROWS);
  readonly endpoint = new Uint32Array(SOME_ROWS);
  readonly upstream = new Uint32Array(SOME_ROWS);
  readonly failed = new Uint8Array(SOME_ROWS);
  /** NaN when not logged. */
  readonly seconds = new Float32Array(SOME_ROWS);
}

const float = new Float32Array(1);
const floatBytes = new Uint8Array(float.buffer);

/** Seven bits a byte, the lowest first. @returns the index after it. */
function writeNumber(rows: Uint8Array, start: number, number: number): number {
  let at = start;
  let value = number;
  while (value > 127) {
    rows[at++] = (value & 127) | 128;
    value >>>= 7;
  }
  rows[at++] = value;
  return at;
}

type NameState = Pick<NameTable, 'names' | 'counts'>;

export interface TrafficState {
  addresses: AddressState;
  endpoints: NameState;
  upstreams: NameState;
  minutes: Minute[];
  statuses: Uint32Array;
  total: number;
  failures: number;
  beyondRows: number;
}

export class Traffic {
  readonly addresses = new AddressTable();
  readonly endpoints = new NameTable();
  readonly upstreams = new NameTable();
  readonly minutes = new Map<number, Minute>();
  /** Requests by status. */
  readonly statuses = new Uint32Array(1000);
  total = 0;
  failures = 0;
  /** Requests of which only the minute is known. */
  beyondRows = 0;
  /** Ids of requests that are counted together. */
  readonly #clientIds = new Int32Array(MOST_TOGETHER);
  readonly #endpointIds = new Int32Array(MOST_TOGETHER);
  #bytes = 0;
  #likely = 0;
  #current: Minute = { minute: -1, requests: 0, failures: 0, rows: new Uint8Array(0), used: 0 };

  /** @param time ms UTC; NaN counts in no minute. @param status 0 when none was logged. @param seconds NaN when not logged. */
  add(
    time: number,
    status: number,
    failed: boolean,
    client: number,
    endpoint: number,
    upstream: number,
    seconds: number,
  ): void {
    this.total++;
    this.statuses[status < 1000 ? status : 0]!++;
    if (failed) this.failures++;
    this.endpoints.counts[endpoint]!++;
    this.upstreams.counts[upstream]!++;
    const timed = !Number.isNaN(time);
    this.addresses.count(client, status >= 400, timed ? Math.floor(time / 1000) : 0);
    if (!timed) return;
    const minute = Math.floor(time / 60_000);
    const current = this.#current.minute === minute ? this.#current : this.#open(minute);
    current.requests++;
    if (failed) current.failures++;
    this.#append(current, client, endpoint, upstream, failed, seconds);
  }

  /**
   * Counts many requests at once, like `add` with an answer, an IPv4 address and a time each and without durations.
   * @param words of rows that begin at `rows[0..count)`, what a request has at `places` of its row. @param nameOf the endpoint
   * of the request at that index, asked where its hashes are not known.
   */
  addAll(
    words: Int32Array,
    places: { address: number; status: number; second: number; minute: number; endpoint: number },
    rows: Int32Array,
    count: number,
    nameOf: (index: number) => string,
  ): void {
    const clients = this.#clientIds;
    const endpoints = this.#endpointIds;
    this.addresses.countAll(words, places, rows, count, clients);
    this.endpoints.findAll(words, places.endpoint, rows, count, endpoints);
    const { statuses } = this;
    let failures = 0;
    for (let i = 0; i < count; i++) {
      const at = rows[i]!;
      if (endpoints[i] === -1) {
        const [high, low] = [words[at + places.endpoint]!, words[at + places.endpoint + 1]!];
        const known = this.endpoints.find(high, low);
        endpoints[i] = known >= 0 ? known : this.endpoints.add(nameOf(i), high, low);
      }
      const status = words[at + places.status]!;
      statuses[status]!++;
      if (status >= 500) failures++;
    }
    const perEndpoint = this.endpoints.counts;
    for (let i = 0; i < count; i++) perEndpoint[endpoints[i]!]!++;
    this.total += count;
    this.failures += failures;
    this.upstreams.counts[0]! += count;
    for (let i = 0; i < count; ) {
      const minute = words[rows[i]! + places.minute]! >>> 0;
      let next = i + 1;
      while (next < count && words[rows[next]! + places.minute]! >>> 0 === minute) next++;
      this.#appendAll(minute, words, places.status, rows, i, next);
      i = next;
    }
  }

  /** The requests of one minute, whose ids are at hand. */
  #appendAll(minute: number, words: Int32Array, status: number, rows: Int32Array, from: number, to: number): void {
    const current = this.#current.minute === minute ? this.#current : this.#open(minute);
    current.requests += to - from;
    let { used, rows: bytes } = current;
    for (let i = from; i < to; i++) {
      const failed = words[rows[i]! + status]! >= 500 ? 1 : 0;
      current.failures += failed;
      if (used + LONGEST_ROW > bytes.length) {
        current.used = used;
        if (!this.#grow(current)) {
          this.beyondRows++;
          continue;
        }
        bytes = current.rows;
      }
      // As in `writeNumber`.
      let value = this.#clientIds[i]!;
      while (value > 127) {
        bytes[used++] = (value & 127) | 128;
        value >>>= 7;
      }
      bytes[used++] = value;
      value = (this.#endpointIds[i]! << 3) | failed;
      while (value > 127) {
        bytes[used++] = (value & 127) | 128;
        value >>>= 7;
      }
      bytes[used++] = value;
    }
    current.used = used;
  }

  #append(minute: Minute, client: number, endpoint: number, upstream: number, failed: boolean, seconds: number): void {
    if (minute.used + LONGEST_ROW > minute.rows.length && !this.#grow(minute)) {
      this.beyondRows++;
      return;
    }
    const { rows } = minute;
    const hasSeconds = !Number.isNaN(seconds);
    // FAILED, UPSTREAM, TIMED.
    const flags = (failed ? 1 : 0) | (upstream === 0 ? 0 : 2) | (hasSeconds ? 4 : 0);
    let at = writeNumber(rows, minute.used, client);
    at = writeNumber(rows, at, (endpoint << 3) | flags);
    if (upstream !== 0) at = writeNumber(rows, at, upstream);
    if (hasSeconds) {
      float[0] = seconds;
      rows[at] = floatBytes[0]!;
      rows[at + 1] = floatBytes[1]!;
      rows[at + 2] = floatBytes[2]!;
      rows[at + 3] = floatBytes[3]!;
      at += 4;
    }
    minute.used = at;
  }

  #open(minute: number): Minute {
    this.#likely = this.#current.used + LONGEST_ROW;
    let found = this.minutes.get(minute);
    if (!found) {
      found = { minute, requests: 0, failures: 0, rows: new Uint8Array(0), used: 0 };
      this.minutes.set(minute, found);
    }
    this.#current = found;
    return found;
  }

  #grow(minute: Minute): boolean {
    // A minute is likely to need what the one before needed.
    const likely = minute.rows.length === 0 ? this.#likely : 0;
    const room = Math.max(64, likely, Math.ceil(minute.rows.length * 1.25));
    if (this.#bytes + room - minute.rows.length > ROW_BYTES) return false;
    this.#bytes += room - minute.rows.length;
    const bigger = new Uint8Array(room);
    bigger.set(minute.rows.subarray(0, minute.used));
    minute.rows = bigger;
    return true;
  }

  /**
   * Reads some of the requests of a minute that are held whole into columns. @param from 0, or what the call before returned.
   * @returns where the next of them stand; `minute.used` when these were the last.
   */
  static columns({ rows, used }: Minute, from: number, into: RowColumns): number {
    const { client, endpoint, upstream, failed, seconds } = into;
    const view = new DataView(rows.buffer, rows.byteOffset, used);
    let row = 0;
    let at = from;
    for (; at < used && row < 4096; row++) {
      // Written out, as the loop runs once a request: up to five groups of seven bits, the lowest first.
      let byte = rows[at++]!;
      let value = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = rows[at++]!;
        value |= (byte & 127) << shift;
      }
      client[row] = value;
      byte = rows[at++]!;
      value = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = rows[at++]!;
        value |= (byte & 127) << shift;
      }
      // FAILED, UPSTREAM, TIMED.
      endpoint[row] = value >>> 3;
      failed[row] = value & 1;
      const timed = (value & 4) !== 0;
      if ((value & 2) === 0) upstream[row] = 0;
      else {
        byte = rows[at++]!;
        value = byte & 127;
        for (let shift = 7; byte > 127; shift += 7) {
          byte = rows[at++]!;
          value |= (byte & 127) << shift;
        }
        upstream[row] = value;
      }
      seconds[row] = timed ? view.getFloat32(at, true) : Number.NaN;
      if (timed) at += 4;
    }
    into.length = row;
    return at;
  }

  /** Puts back a minute that was written elsewhere; its rows come from `fill`. */
  restore(
    minute: number,
    requests: number,
    failures: number,
    fill: (
      append: (client: number, endpoint: number, upstream: number, failed: boolean, seconds: number) => void,
    ) => void,
  ): void {
    const own = this.#open(minute);
    own.requests += requests;
    own.failures += failures;
    fill((client, endpoint, upstream, failed, seconds) =>
      this.#append(own, client, endpoint, upstream, failed, seconds),
    );
  }

  /** What another thread needs to merge this traffic. */
  state(): TrafficState {
    const { addresses, endpoints, upstreams, statuses, total, failures, beyondRows } = this;
    return {
      addresses: addresses.state(),
      endpoints: { names: endpoints.names, counts: endpoints.counts },
      upstreams: { names: upstreams.names, counts: upstreams.counts },
      minutes: [...this.minutes.values()].map((minute) => ({ ...minute, rows: minute.rows.slice(0, minute.used) })),
      statuses,
      total,
      failures,
      beyondRows,
    };
  }

  /** Whether something had to be counted together, so that the order of lines matters. */
  get approximated(): boolean {
    const { addresses, endpoints, upstreams, beyondRows } = this;
    return addresses.overflowed || endpoints.overflowed || upstreams.overflowed || beyondRows > 0;
  }

  /** Adds what another pass counted; the order of merging does not matter to any count. */
  merge(other: TrafficState): void {
    const clients = this.addresses.merge(AddressTable.from(other.addresses));
    const endpoints = this.endpoints.merge(other.endpoints);
    const upstreams = this.upstreams.merge(other.upstreams);
    const rows = new RowColumns();
    for (const minute of other.minutes) {
      const own = this.#open(minute.minute);
      let held = 0;
      for (let at = 0; at < minute.used; held += rows.length) {
        at = Traffic.columns(minute, at, rows);
        for (let i = 0; i < rows.length; i++) {
          const client = clients[rows.client[i]!]!;
          const endpoint = endpoints[rows.endpoint[i]!]!;
          this.#append(own, client, endpoint, upstreams[rows.upstream[i]!]!, rows.failed[i] === 1, rows.seconds[i]!);
        }
      }
      own.requests += minute.requests;
      own.failures += minute.failures;
      // Rows that the other pass had no room for were counted there.
      this.beyondRows += minute.requests - held;
    }
    for (let status = 0; status < this.statuses.length; status++) this.statuses[status]! += other.statuses[status]!;
    this.total += other.total;
    this.failures += other.failures;
  }
}
