/**
 * Every request in some five bytes, minute by minute: enough for exact counts, shares of clients and percentiles by
 * endpoint and upstream, whatever the order of the lines and files. The request table holds whole rows; this holds all.
 */
import { merchantInPath, namesMerchant } from '../formats/merchant-members.ts';
import { endpointOf, turnsAway } from '../windows/series.ts';
import { type AddressState, AddressTable } from './addresses.ts';
import { MerchantCounts, type MerchantState } from './merchants.ts';
import { NameTable } from './names.ts';
import {
  appendRequests,
  appendRows,
  type IdMaps,
  LONGEST_ROW,
  type MinuteState,
  MinuteTable,
  NOWHERE,
  writeRow,
} from './rows.ts';

export const MINUTE = 60_000;
/** Of the bits of a row of the kernel, whether it says how long it took (count.as). */
const TIMED = 4;
/** Most requests that `addAll` takes. */
export const MOST_TOGETHER = 4096;

/** Counts rows of the kernel (OPERATION in count.as) by what they name. @returns whether any of them has a status. */
function countRows(
  words: Int32Array,
  count: number,
  statuses: Uint32Array,
  perEndpoint: Uint32Array,
  perUpstream: Uint32Array,
): boolean {
  const end = count * 6;
  let all = 0;
  for (let at = 0; at < end; at = (at + 6) | 0) {
    const status = words[(at + 1) | 0]! >>> 8;
    statuses[status]!++;
    all |= status;
    perEndpoint[words[(at + 2) | 0]!]!++;
    perUpstream[words[(at + 3) | 0]!]!++;
  }
  return all !== 0;
}

// The loops of `addAll`, functions of their own as those of address-loops.ts.

/** Counts the statuses of rows that begin at `rows[0..count)` with a status at `status`. */
function countStatuses(words: Int32Array, status: number, rows: Int32Array, count: number, into: Uint32Array): void {
  for (let i = 0; i < count; i++) into[words[(rows[i]! + status) | 0]!]!++;
}

/** Error answers by status, and which there are. */
class Errors {
  readonly counts = new Uint32Array(1000);
  readonly statuses: number[] = [];
}

/** @returns how many of them are failures. */
function countErrors(
  words: Int32Array,
  status: number,
  rows: Int32Array,
  from: number,
  to: number,
  { counts, statuses }: Errors,
): number {
  let failures = 0;
  for (let i = from; i < to; i++) {
    const answer = words[(rows[i]! + status) | 0]!;
    if (answer < 400) continue;
    if (counts[answer]!++ === 0) statuses.push(answer);
    if (answer >= 500) failures++;
  }
  return failures;
}

function countIds(ids: Int32Array, count: number, into: Uint32Array): void {
  for (let i = 0; i < count; i++) into[ids[i]!]!++;
}

/** Index of the first row behind `from` that lies in another minute. */
function endOfMinute(words: Int32Array, minute: number, rows: Int32Array, from: number, count: number): number {
  const own = words[rows[from]! + minute]!;
  let next = from + 1;
  while (next < count && words[(rows[next]! + minute) | 0]! === own) next++;
  return next;
}

/** Below it, the word that says where a row names a merchant holds flags alone. */
const MOST_FLAGS = 3;

/** Whether any of the rows names a merchant in its query. */
function anyMerchant(words: Int32Array, merchant: number, rows: Int32Array, count: number): boolean {
  let all = 0;
  for (let i = 0; i < count; i++) all |= words[(rows[i]! + merchant) | 0]!;
  return all > MOST_FLAGS;
}

/** What rows say in words, by their index. */
export interface RequestTexts {
  path(index: number): string;
  /** Id of the merchant that the query names. */
  merchant(index: number, names: NameTable): number;
}

type NameState = Pick<NameTable, 'names' | 'counts'>;

export interface TrafficState {
  addresses: AddressState;
  endpoints: NameState;
  upstreams: NameState;
  merchants: MerchantState;
  answers: MerchantState;
  minutes: MinuteState;
  statuses: Uint32Array;
  total: number;
  failures: number;
  beyondRows: number;
  beyondMinutes: number;
}

/** One request of the minute at hand, as `writeRow` takes it. */
type AppendRow = (
  client: number,
  endpoint: number,
  upstream: number,
  failed: boolean,
  seconds: number,
  refused: boolean,
) => void;

export class Traffic {
  readonly addresses = new AddressTable();
  readonly endpoints = new NameTable();
  readonly upstreams = new NameTable();
  readonly merchants: MerchantCounts;
  /** Error answers by status. */
  readonly answers: MerchantCounts;
  readonly minutes = new MinuteTable();
  /** Requests by status. */
  readonly statuses = new Uint32Array(1000);
  total = 0;
  failures = 0;
  /** Requests of which only the minute is known. */
  beyondRows = 0;
  /** Ids of requests that are counted together. */
  readonly #clientIds = new Int32Array(MOST_TOGETHER);
  readonly #endpointIds = new Int32Array(MOST_TOGETHER);
  /** Minutes since 1970, and its index; NOWHERE is beyond those that are told apart. */
  #minute = Number.NaN;
  #index = NOWHERE;
  #beyondMinutes = 0;
  /** Endpoints that have been asked whether their paths name a merchant, and those that do. */
  #asked = 1;
  readonly #ofMerchants = new Set<number>();
  /** By status, its id among the answers, where it is known. */
  readonly #answers = new Uint16Array(1000);
  readonly #errors = new Errors();

  /** @param timed whether durations are kept by merchant, and by status of error answers. */
  constructor(timed = false) {
    this.merchants = new MerchantCounts(timed);
    this.answers = new MerchantCounts(timed);
  }

  /**
   * @param time ms UTC; NaN counts in no minute. @param status 0 when none was logged. @param seconds NaN when not logged.
   * @param merchant its id, 0 where none is named.
   */
  add(
    time: number,
    status: number,
    failed: boolean,
    client: number,
    endpoint: number,
    upstream: number,
    seconds: number,
    merchant = 0,
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
      if (this.#minute !== minute) this.#open(minute);
      if (this.#index === NOWHERE) this.#beyondMinutes++;
      else {
        this.minutes.requests[this.#index]!++;
        if (failed) this.minutes.failures[this.#index]!++;
        this.#append(client, endpoint, upstream, failed, seconds, turnsAway(status));
      }
    }
    if (status >= 400) this.#answer(timed ? Math.floor(time / 60_000) : Number.NaN, status, 1, failed, seconds);
    if (merchant !== 0) this.merchants.add(timed ? Math.floor(time / 60_000) : Number.NaN, merchant, failed, seconds);
    this.addresses.thinWhereCrowded();
  }

  /** @param minute since 1970. @param seconds that one took; NaN when not logged. */
  #answer(minute: number, status: number, count: number, failed: boolean, seconds = Number.NaN): void {
    if (status > 599) return;
    if (this.#answers[status] === 0) this.#answers[status] = this.answers.names.text(String(status));
    this.answers.addMany(minute, this.#answers[status]!, count, failed ? count : 0);
    this.answers.time(minute, this.#answers[status]!, seconds);
  }

  /** Whether the paths of an endpoint name a merchant, so that each of them says more than the endpoint. */
  asksForMerchant(endpoint: number): boolean {
    const { names } = this.endpoints;
    for (; this.#asked < names.length; this.#asked++)
      if (namesMerchant(names[this.#asked]!)) this.#ofMerchants.add(this.#asked);
    return this.#ofMerchants.size > 0 && this.#ofMerchants.has(endpoint);
  }

  /** Id of the merchant that a path names, 0 for none. */
  merchantOf(path: string): number {
    return this.merchants.names.text(merchantInPath(path));
  }

  /**
   * Counts many requests at once, like `add` with an answer, an IPv4 address and a time each and without durations.
   * @param words of rows that begin at `rows[0..count)`, what a request has at `places` of its row. @param texts of the request
   * at an index: its path, asked where its endpoint is not known, or names a merchant; and the merchant of its query.
   */
  addAll(
    words: Int32Array,
    places: { address: number; status: number; second: number; minute: number; endpoint: number; merchant: number },
    rows: Int32Array,
    count: number,
    texts: RequestTexts,
  ): void {
    const clients = this.#clientIds;
    const endpoints = this.#endpointIds;
    this.addresses.countAll(words, places, rows, count, clients);
    if (this.endpoints.findAll(words, places.endpoint, rows, count, endpoints) > 0)
      for (let i = 0; i < count; i++) {
        if (endpoints[i] !== -1) continue;
        const at = rows[i]! + places.endpoint;
        const [high, low] = [words[at]!, words[at + 1]!];
        const known = this.endpoints.find(high, low);
        endpoints[i] = known >= 0 ? known : this.endpoints.add(endpointOf(texts.path(i)), high, low);
      }
    countStatuses(words, places.status, rows, count, this.statuses);
    countIds(endpoints, count, this.endpoints.counts);
    this.asksForMerchant(0);
    if (this.#ofMerchants.size > 0 || anyMerchant(words, places.merchant, rows, count))
      this.#countMerchants(words, places, rows, count, texts);
    this.total += count;
    this.upstreams.counts[0]! += count;
    for (let i = 0; i < count; ) {
      const next = endOfMinute(words, places.minute, rows, i, count);
      this.#appendAll(words[rows[i]! + places.minute]! >>> 0, words, places.status, rows, i, next);
      i = next;
    }
    this.addresses.thinWhereCrowded();
  }

  /** The merchants that the queries or paths of many requests name. */
  #countMerchants(
    words: Int32Array,
    places: { status: number; minute: number; merchant: number },
    rows: Int32Array,
    count: number,
    texts: RequestTexts,
  ): void {
    for (let i = 0; i < count; i++) {
      const at = rows[i]!;
      const merchant =
        words[at + places.merchant]! > MOST_FLAGS
          ? texts.merchant(i, this.merchants.names)
          : this.#ofMerchants.has(this.#endpointIds[i]!)
            ? this.merchantOf(texts.path(i))
            : 0;
      this.merchants.add(words[at + places.minute]! >>> 0, merchant, words[at + places.status]! >= 500);
    }
  }

  /** The requests of one minute, whose ids are at hand. */
  #appendAll(minute: number, words: Int32Array, status: number, rows: Int32Array, from: number, to: number): void {
    const errors = this.#errors;
    const failures = countErrors(words, status, rows, from, to, errors);
    this.failures += failures;
    for (const answer of errors.statuses) {
      this.#answer(minute, answer, errors.counts[answer]!, answer >= 500);
      errors.counts[answer] = 0;
    }
    errors.statuses.length = 0;
    if (this.#minute !== minute) this.#open(minute);
    if (this.#index === NOWHERE) {
      this.#beyondMinutes += to - from;
      return;
    }
    const { minutes } = this;
    const clients = this.#clientIds;
    const endpoints = this.#endpointIds;
    let packed = appendRequests(words, status, rows, clients, endpoints, from, to, minutes);
    while (packed < to && minutes.grow())
      packed = appendRequests(words, status, rows, clients, endpoints, packed, to, minutes);
    minutes.requests[this.#index]! += to - from;
    minutes.failures[this.#index]! += failures;
    minutes.held[this.#index]! += packed - from;
    this.beyondRows += to - packed;
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
    if (this.#minute !== number) this.#open(number);
    this.merchants.takeBatch(number, words, count);
    const index = this.#index;
    const { minutes } = this;
    if (countRows(words, count, this.statuses, this.endpoints.counts, this.upstreams.counts)) {
      const floats = new Float32Array(words.buffer, words.byteOffset, words.length);
      for (let at = 1, end = count * 6; at < end; at = (at + 6) | 0) {
        const bits = words[at]!;
        const seconds = (bits & TIMED) === 0 ? Number.NaN : floats[at + 4]!;
        if (bits >>> 8 >= 400) this.#answer(number, bits >>> 8, 1, (bits & 1) === 1, seconds);
      }
    }
    let packed = appendRows(words, 0, count, minutes);
    while (packed < count && minutes.grow()) packed = appendRows(words, packed, count, minutes);
    if (index === NOWHERE) this.#beyondMinutes += count;
    else {
      minutes.requests[index]! += count;
      minutes.failures[index]! += failures;
      minutes.held[index]! += packed;
      this.beyondRows += count - packed;
    }
    this.addresses.thinWhereCrowded();
  }

  #append: AppendRow = (client, endpoint, upstream, failed, seconds, refused) => {
    const { minutes } = this;
    if (minutes.used + LONGEST_ROW > minutes.rows.length && !minutes.grow()) {
      this.beyondRows++;
      return;
    }
    minutes.held[this.#index]!++;
    minutes.used = writeRow(minutes.rows, minutes.used, client, endpoint, upstream, failed, seconds, refused);
  };

  #open(minute: number): void {
    this.#minute = minute;
    this.#index = this.minutes.open(minute);
  }

  /** Puts back a minute that was written elsewhere; its rows come from `fill`. */
  restore(minute: number, requests: number, failures: number, fill: (append: AppendRow) => void): void {
    this.#open(minute);
    if (this.#index === NOWHERE) {
      this.#beyondMinutes += requests;
      return;
    }
    this.minutes.requests[this.#index]! += requests;
    this.minutes.failures[this.#index]! += failures;
    fill(this.#append);
  }

  /** What another thread needs to merge this traffic, which gives its rows away and must not count further. */
  state(): TrafficState {
    const { addresses, endpoints, upstreams, statuses, total, failures, beyondRows, beyondMinutes } = this;
    return {
      addresses: addresses.state(),
      endpoints: { names: endpoints.names, counts: endpoints.counts },
      upstreams: { names: upstreams.names, counts: upstreams.counts },
      merchants: this.merchants.state(),
      answers: this.answers.state(),
      minutes: this.minutes.state(),
      statuses,
      total,
      failures,
      beyondRows,
      beyondMinutes,
    };
  }

  /** Requests in minutes beyond those that are told apart: they are in no series. */
  get beyondMinutes(): number {
    return this.#beyondMinutes;
  }

  /** Says how many requests another pass had in minutes that it could not tell apart. */
  addBeyondMinutes(requests: number): void {
    this.#beyondMinutes += requests;
  }

  /** Bytes that single requests take so far. */
  get rowRoom(): number {
    return this.minutes.bytes;
  }

  /** Whether something had to be counted together, so that the order of lines matters. */
  get approximated(): boolean {
    const { addresses, endpoints, upstreams, merchants, answers, beyondRows, beyondMinutes } = this;
    return (
      addresses.overflowed ||
      endpoints.overflowed ||
      upstreams.overflowed ||
      merchants.approximated ||
      answers.approximated ||
      beyondRows > 0 ||
      beyondMinutes > 0
    );
  }

  /** Adds what another pass counted and takes its rows over; the order of merging does not matter to any count. */
  merge(other: TrafficState): void {
    const clients = this.addresses.merge(other.addresses);
    const endpoints = this.endpoints.merge(other.endpoints);
    const upstreams = this.upstreams.merge(other.upstreams);
    this.merchants.merge(other.merchants);
    this.answers.merge(other.answers);
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
    const { withoutRows, beyond } = this.minutes.merge(other.minutes, mapsOf);
    this.#minute = Number.NaN;
    this.beyondRows += withoutRows;
    for (let status = 0; status < this.statuses.length; status++) this.statuses[status]! += other.statuses[status]!;
    this.total += other.total;
    this.failures += other.failures;
    this.#beyondMinutes += beyond + other.beyondMinutes;
    this.addresses.thinWhereCrowded();
  }
}
