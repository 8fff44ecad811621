/**
 * Every request in some five bytes, minute by minute: enough for exact counts, shares of clients and percentiles by
 * endpoint and upstream, whatever the order of the lines and files. The request table holds whole rows; this holds all.
 */
import { type AddressState, AddressTable } from './addresses.ts';
import { NameTable } from './names.ts';

export const MINUTE = 60_000;
/** Bytes of single requests; beyond them requests are counted per minute only. */
export const ROW_BYTES = 40 * 2 ** 20;
/** Bytes of one piece: a larger one would have to be copied as it grows. */
const PIECE_BYTES = 256 * 1024;
/** Minutes that are told apart, more than the windows reach (MAX_MINUTES in series.ts); stamps may lie anywhere. */
export const MOST_MINUTES = 200_000;

/** Longest row: two numbers of five bytes, an upstream of three, a duration of four. */
const LONGEST_ROW = 20;

/** What the ids of another pass are in the tables that requests were merged into. */
export interface IdMaps {
  clients: Uint32Array;
  endpoints: Uint32Array;
  upstreams: Uint32Array;
}

/** Requests one after another, with the ids of the pass that wrote them. */
export interface Piece {
  rows: Uint8Array;
  used: number;
  /** Undefined when the ids are those of the tables at hand. */
  maps: IdMaps | undefined;
}

export interface Minute {
  /** Minutes since 1970. */
  minute: number;
  requests: number;
  /** Answered 5xx, or cut before an answer. */
  failures: number;
  /** Requests that the pieces hold; the others are known by number only. */
  held: number;
  /** What this pass writes. */
  own: Piece;
  /** What other passes wrote. */
  others: Piece[];
}

const emptyMinute = (minute: number): Minute => ({
  minute,
  requests: 0,
  failures: 0,
  held: 0,
  own: { rows: new Uint8Array(0), used: 0, maps: undefined },
  others: [],
});

/** Everything that is held of a minute. */
export const piecesOf = ({ own, others }: Minute): Piece[] => (own.used > 0 ? [own, ...others] : others);

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
  /** Whether any of them has seconds. */
  timed = false;
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

/** One request. @param seconds NaN when not logged. @returns the index after it. */
function writeRow(
  rows: Uint8Array,
  start: number,
  client: number,
  endpoint: number,
  upstream: number,
  failed: boolean,
  seconds: number,
): number {
  const hasSeconds = !Number.isNaN(seconds);
  // FAILED, UPSTREAM, TIMED.
  const flags = (failed ? 1 : 0) | (upstream === 0 ? 0 : 2) | (hasSeconds ? 4 : 0);
  let at = writeNumber(rows, start, client);
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
  return at;
}

type NameState = Pick<NameTable, 'names' | 'counts'>;

export interface TrafficState {
  addresses: AddressState;
  endpoints: NameState;
  upstreams: NameState;
  minutes: (Pick<Minute, 'minute' | 'requests' | 'failures' | 'held'> & { pieces: Piece[] })[];
  statuses: Uint32Array;
  total: number;
  failures: number;
  beyondRows: number;
  beyondMinutes: number;
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
  /** Requests in minutes beyond those that are told apart, in other passes. */
  #otherMinutes = 0;
  /** Ids of requests that are counted together. */
  readonly #clientIds = new Int32Array(MOST_TOGETHER);
  readonly #endpointIds = new Int32Array(MOST_TOGETHER);
  #bytes = 0;
  #likely = 0;
  #current: Minute = emptyMinute(-1);
  /** What stands for all minutes beyond those that are told apart; it holds no rows. */
  readonly #nowhere: Minute = emptyMinute(-1);

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
    if (timed) {
      const minute = Math.floor(time / 60_000);
      const current = this.#current.minute === minute ? this.#current : this.#open(minute);
      current.requests++;
      if (failed) current.failures++;
      this.#append(current, client, endpoint, upstream, failed, seconds);
    }
    this.addresses.thinWhereCrowded();
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
      const status = words[(at + places.status) | 0]!;
      statuses[status]!++;
      if (status >= 500) failures++;
    }
    const perEndpoint = this.endpoints.counts;
    for (let i = 0; i < count; i++) perEndpoint[endpoints[i]!]!++;
    this.total += count;
    this.failures += failures;
    this.upstreams.counts[0]! += count;
    for (let i = 0; i < count; ) {
      const minute = words[(rows[i]! + places.minute) | 0]! >>> 0;
      let next = i + 1;
      while (next < count && words[(rows[next]! + places.minute) | 0]! >>> 0 === minute) next++;
      this.#appendAll(minute, words, places.status, rows, i, next);
      i = next;
    }
    this.addresses.thinWhereCrowded();
  }

  /** The requests of one minute, whose ids are at hand. */
  #appendAll(minute: number, words: Int32Array, status: number, rows: Int32Array, from: number, to: number): void {
    const current = this.#current.minute === minute ? this.#current : this.#open(minute);
    current.requests += to - from;
    let { own } = current;
    let { used, rows: bytes } = own;
    let held = to - from;
    for (let i = from; i < to; i++) {
      const failed = words[(rows[i]! + status) | 0]! >= 500 ? 1 : 0;
      current.failures += failed;
      if (used + LONGEST_ROW > bytes.length) {
        own.used = used;
        if (!this.#grow(current)) {
          held--;
          continue;
        }
        own = current.own;
        ({ used, rows: bytes } = own);
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
    own.used = used;
    current.held += held;
    if (current !== this.#nowhere) this.beyondRows += to - from - held;
  }

  /**
   * Adds operations or requests, all of one minute, from rows of the kernel (count.as). @param time ms UTC in it.
   * @param failures how many of them failed. @param text in which texts of clients stand.
   */
  addBatch(time: number, failures: number, words: Int32Array, count: number, text: Buffer): void {
    this.total += count;
    this.failures += failures;
    // The client is replaced by its id.
    this.addresses.countBatch(words, 6, count, text);
    const number = Math.floor(time / 60_000);
    const minute = this.#current.minute === number ? this.#current : this.#open(number);
    minute.requests += count;
    minute.failures += failures;
    const perEndpoint = this.endpoints.counts;
    const perUpstream = this.upstreams.counts;
    const { statuses } = this;
    let { own } = minute;
    let { used, rows: bytes } = own;
    let beyond = 0;
    for (let row = 0, at = 0; row < count; row++, at += 6) {
      const bits = words[(at + 1) | 0]!;
      const endpoint = words[(at + 2) | 0]!;
      const upstream = words[(at + 3) | 0]!;
      statuses[bits >>> 8]!++;
      perEndpoint[endpoint]!++;
      perUpstream[upstream]!++;
      if (used + LONGEST_ROW > bytes.length) {
        own.used = used;
        if (!this.#grow(minute)) {
          beyond++;
          continue;
        }
        own = minute.own;
        ({ used, rows: bytes } = own);
      }
      // As in `writeNumber`; FAILED and TIMED have the bits that the kernel gives them.
      let value = words[at]!;
      while (value > 127) {
        bytes[used++] = (value & 127) | 128;
        value >>>= 7;
      }
      bytes[used++] = value;
      value = (endpoint << 3) | (bits & 5) | (upstream === 0 ? 0 : 2);
      while (value > 127) {
        bytes[used++] = (value & 127) | 128;
        value >>>= 7;
      }
      bytes[used++] = value;
      if (upstream !== 0) used = writeNumber(bytes, used, upstream);
      if ((bits & 4) === 0) continue;
      const seconds = words[(at + 5) | 0]!;
      bytes[used++] = seconds;
      bytes[used++] = seconds >>> 8;
      bytes[used++] = seconds >>> 16;
      bytes[used++] = seconds >>> 24;
    }
    own.used = used;
    minute.held += count - beyond;
    if (minute !== this.#nowhere) this.beyondRows += beyond;
    this.addresses.thinWhereCrowded();
  }

  #append(minute: Minute, client: number, endpoint: number, upstream: number, failed: boolean, seconds: number): void {
    if (minute.own.used + LONGEST_ROW > minute.own.rows.length && !this.#grow(minute)) {
      if (minute !== this.#nowhere) this.beyondRows++;
      return;
    }
    minute.held++;
    const { own } = minute;
    own.used = writeRow(own.rows, own.used, client, endpoint, upstream, failed, seconds);
  }

  #open(minute: number): Minute {
    const { used } = this.#current.own;
    this.#likely = Math.min(PIECE_BYTES, used + (used >>> 4) + LONGEST_ROW);
    let found = this.minutes.get(minute);
    if (!found) {
      if (this.minutes.size >= MOST_MINUTES) return this.#nowhere;
      found = emptyMinute(minute);
      this.minutes.set(minute, found);
    }
    this.#current = found;
    return found;
  }

  /** Makes room for a row in what this pass writes of a minute. @returns false when there is none left. */
  #grow(minute: Minute): boolean {
    if (minute === this.#nowhere) return false;
    const { own } = minute;
    if (own.used >= PIECE_BYTES) {
      if (this.#bytes + PIECE_BYTES > ROW_BYTES) return false;
      this.#bytes += PIECE_BYTES;
      minute.others.push(own);
      minute.own = { rows: new Uint8Array(PIECE_BYTES + LONGEST_ROW), used: 0, maps: undefined };
      return true;
    }
    // A minute is likely to need what the one before needed.
    const likely = own.rows.length === 0 ? this.#likely : 0;
    const room = Math.max(64, likely, Math.ceil(own.rows.length * 1.25));
    if (this.#bytes + room - own.rows.length > ROW_BYTES) return false;
    this.#bytes += room - own.rows.length;
    const bigger = new Uint8Array(room);
    bigger.set(own.rows.subarray(0, own.used));
    own.rows = bigger;
    return true;
  }

  /**
   * Reads some of the requests of a piece into columns. @param from 0, or what the call before returned.
   * @returns where the next of them stand; `piece.used` when these were the last.
   */
  static columns({ rows, used, maps }: Piece, from: number, into: RowColumns): number {
    const { client, endpoint, upstream, failed, seconds } = into;
    const view = new DataView(rows.buffer, rows.byteOffset, used);
    let row = 0;
    let at = from;
    let anyTimed = false;
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
      // Bytes from elsewhere may end inside a row.
      seconds[row] = timed && at + 4 <= used ? view.getFloat32(at, true) : Number.NaN;
      if (!timed) continue;
      at += 4;
      anyTimed = true;
    }
    into.length = row;
    into.timed = anyTimed;
    if (maps) {
      const { clients, endpoints, upstreams } = maps;
      for (let i = 0; i < row; i++) {
        client[i] = clients[client[i]!]!;
        endpoint[i] = endpoints[endpoint[i]!]!;
        upstream[i] = upstreams[upstream[i]!]!;
      }
    }
    return at;
  }

  /** The requests of columns as rows. */
  static pack({ length, client, endpoint, upstream, failed, seconds }: RowColumns): Uint8Array {
    const rows = new Uint8Array(length * LONGEST_ROW);
    let at = 0;
    for (let row = 0; row < length; row++)
      at = writeRow(rows, at, client[row]!, endpoint[row]!, upstream[row]!, failed[row] === 1, seconds[row]!);
    return rows.subarray(0, at);
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

  /** What another thread needs to merge this traffic, which gives its rows away and must not count further. */
  state(): TrafficState {
    const { addresses, endpoints, upstreams, statuses, total, failures, beyondRows, beyondMinutes } = this;
    return {
      addresses: addresses.state(),
      endpoints: { names: endpoints.names, counts: endpoints.counts },
      upstreams: { names: upstreams.names, counts: upstreams.counts },
      minutes: [...this.minutes.values()].map((minute) => ({
        minute: minute.minute,
        requests: minute.requests,
        failures: minute.failures,
        held: minute.held,
        pieces: piecesOf(minute),
      })),
      statuses,
      total,
      failures,
      beyondRows,
      beyondMinutes,
    };
  }

  /** Requests in minutes beyond those that are told apart: they are in no series. */
  get beyondMinutes(): number {
    return this.#nowhere.requests + this.#otherMinutes;
  }

  /** Says how many requests another pass had in minutes that it could not tell apart. */
  addBeyondMinutes(requests: number): void {
    this.#otherMinutes += requests;
  }

  /** Bytes that single requests take so far. */
  get rowRoom(): number {
    return this.#bytes;
  }

  /** Whether something had to be counted together, so that the order of lines matters. */
  get approximated(): boolean {
    const { addresses, endpoints, upstreams, beyondRows, beyondMinutes } = this;
    return addresses.overflowed || endpoints.overflowed || upstreams.overflowed || beyondRows > 0 || beyondMinutes > 0;
  }

  /** Adds what another pass counted and takes its rows over; the order of merging does not matter to any count. */
  merge(other: TrafficState): void {
    const clients = this.addresses.merge(other.addresses);
    const endpoints = this.endpoints.merge(other.endpoints);
    const upstreams = this.upstreams.merge(other.upstreams);
    const maps: IdMaps = { clients, endpoints, upstreams };
    /** Pieces that the other pass had taken over itself are mapped twice. */
    const mapped = new Map<IdMaps, IdMaps>();
    const mapsOf = (before: IdMaps | undefined): IdMaps => {
      if (!before) return maps;
      let both = mapped.get(before);
      if (!both) {
        both = {
          clients: before.clients.map((id) => clients[id]!),
          endpoints: before.endpoints.map((id) => endpoints[id]!),
          upstreams: before.upstreams.map((id) => upstreams[id]!),
        };
        mapped.set(before, both);
      }
      return both;
    };
    for (const { minute, requests, failures, held, pieces } of other.minutes) {
      const own = this.#open(minute);
      own.requests += requests;
      own.failures += failures;
      const bytes = pieces.reduce((sum, { used }) => sum + used, 0);
      if (own === this.#nowhere) continue;
      const fits = this.#bytes + bytes <= ROW_BYTES;
      // Rows that the other pass had no room for were counted there.
      this.beyondRows += fits ? requests - held : requests;
      if (!fits) continue;
      this.#bytes += bytes;
      own.held += held;
      for (const piece of pieces) own.others.push({ ...piece, maps: mapsOf(piece.maps) });
    }
    for (let status = 0; status < this.statuses.length; status++) this.statuses[status]! += other.statuses[status]!;
    this.total += other.total;
    this.failures += other.failures;
    this.#otherMinutes += other.beyondMinutes;
    this.addresses.thinWhereCrowded();
  }
}
