/**
 * Runs through JSON lines that are records of a known shape: counts them without building objects. Lines that hold
 * something to keep or to look at (a new shape, a text of the lexicon, a request, escapes) are left to the parser.
 */
import { literalsToSweep } from '../attacks/matcher.ts';
import { clientAddress, isAccessRecord, seconds } from '../formats/access-json.ts';
import { JsonShape, levelOfText, mayHoldPrefix, readTime } from '../formats/json-record.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { verify } from '../lexicon/compile.ts';
import type { LiteralSearch } from '../lexicon/literal-search.ts';
import type { Collector, RecordAssembler } from '../record-assembler.ts';
import { clearRow, emptyRow, type RequestRow } from '../request-table.ts';
import type { Sweep } from '../sweep.ts';
import { levelSeed, shapeKey, shapeKeyOf } from '../templates.ts';
import type { SourceClock } from '../time/clock.ts';
import { stamp } from '../time/timestamp.ts';
import type { NameTable } from '../traffic/names.ts';
import { endpointName, isTechnicalFailure, merchantName } from '../traffic/operations.ts';
import type { LogSource, TemplateSeries } from '../types.ts';
import { endpointOf } from '../windows/series.ts';
import { LEVEL, MESSAGE, mayBeRequest, namesError, slotOfAccess, slotOfPart, TIME } from './json-keys.ts';
import { JsonRequests } from './json-request.ts';
import { INTEGER, JsonRows, ODD_STRING, OF_OPERATION, OF_REQUEST, OTHER, STRING } from './json-rows.ts';
import { knowStamp } from './known-stamp.ts';
import type { Lane } from './lane.ts';
import { RecordCounts } from './record-counts.ts';

const CLIENT = slotOfPart('client');
const ENDPOINT = slotOfPart('endpoint');
const PARTNER = slotOfPart('partner');
const DURATION = slotOfPart('duration');
const OUTCOME = slotOfPart('outcome');
const ACCESS_CLIENT = slotOfAccess('client');
const ACCESS_UPSTREAM = slotOfAccess('upstream');
/** Of requests and operations alike. */
const MERCHANT = slotOfAccess('merchant');
/** Clients in other notations than plain IPv4 that the kernel is told of; it knows so many texts only. */
const MOST_CLIENTS = 1000;
const MOST_PATHS = 500;
const MOST_MERCHANTS = 4000;

export class JsonLane implements Lane {
  taken = 0;
  swept = false;
  cards = false;
  readonly left = 1;
  readonly curious = false;
  readonly hopeful = false;
  #rows: JsonRows | undefined;
  #requests: JsonRequests | undefined;
  #kernel!: Kernel;
  readonly #records: RecordAssembler;
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  /** Records by level, as `levelSeed` numbers them. */
  readonly #counts: RecordCounts;
  #clients = 0;
  #paths = 0;
  #merchants = 0;
  /** What is looked for in requests, once there is one. */
  #signatures: LiteralSearch | undefined;
  readonly #shape = new JsonShape();
  readonly #row = emptyRow();
  readonly #pairs: boolean;
  readonly #add: (row: RequestRow, line: number, time: number) => void;

  /** @param add takes a request that was read; the row is used again. @param pairs lines are `key=value` pairs, not objects. */
  constructor(
    source: LogSource,
    to: Collector,
    clock: SourceClock,
    records: RecordAssembler,
    add: (row: RequestRow, line: number, time: number) => void,
    pairs = false,
  ) {
    this.#pairs = pairs;
    this.#add = add;
    this.#source = source;
    this.#to = to;
    this.#counts = new RecordCounts(source, to);
    this.#clock = clock;
    this.#records = records;
  }

  begin(kernel: Kernel): void {
    // Nothing is looked for before there is a request; the kernel leaves all of them to the host until then.
    kernel.lookForSignatures(this.#signatures);
    if (this.#rows && this.#kernel === kernel) return;
    this.#kernel = kernel;
    this.#rows = new JsonRows(kernel, this.#pairs);
    this.#requests = new JsonRequests(kernel.bytes, this.#rows, this.#to.requests);
    const { records, requests, counting, since, until } = this.#to;
    const what = counting === 'nothing' ? 'records' : requests.keeps ? 'operations' : 'operations and requests';
    // Where records are kept, each of them is looked at.
    if (!records.keeps) kernel.countRecords(what, since, until);
  }

  run({ bytes: b }: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number {
    const rows = this.#rows!;
    const kernel = this.#kernel;
    let at = from;
    let line = firstLine;
    let sweptAt = -1;
    this.swept = false;
    // A line that begins like this ends the record before it.
    if (!this.#pairs && b[from] === 123) this.#records.flush();
    while (at < end) {
      const count = rows.count(at, end, sweep.next);
      // Now it is known that a record begins here.
      if (this.#pairs && (count > 0 || this.#isTimed(b, rows))) this.#records.flush();
      if (count > 0) {
        this.#counted(count);
        line += count;
        at = kernel.stoppedAt;
      }
      if (rows.more) {
        this.#settle();
        // A minute may have begun without a record that counts.
        kernel.forgetCounts();
        continue;
      }
      if (!rows.read) break;
      const { next, close } = rows;
      if (sweep.next < next) {
        sweptAt = at;
        found.length = 0;
        // A place may be that of the line feed.
        this.cards = sweep.take(at, next, found);
        if (!Number.isNaN(rows.time) && (found.length === 0 || this.#meansNothing(b, rows, found))) {
          if (this.cards) sweep.scanCards(b, at, close, line, rows.time);
          this.cards = false;
          found.length = 0;
          // Now it is a line like any other.
          continue;
        }
      }
      this.swept = sweptAt === at;
      const request = mayBeRequest(rows.access) ? this.#requests!.isRequest : false;
      if (request === undefined) break;
      const quiet = !this.swept || found.length === 0;
      if (request ? !this.#request(b, rows, line, quiet) : !quiet || !this.#record(b, rows)) break;
      if (this.swept && this.cards) sweep.scanCards(b, at, close, line, this.#clock.last);
      this.swept = false;
      at = next;
      line++;
    }
    this.#settle();
    this.taken = line - firstLine;
    return at;
  }

  /** Whether no text of the lexicon is meant by the literals on the line at hand, as `RecordAssembler` has it. */
  #meansNothing(b: Buffer, rows: JsonRows, found: number[]): boolean {
    // What pairs say is searched with and without their escapes.
    if (this.#pairs) return false;
    const { lexicon } = this.#to;
    const { fields, level, message } = this.#shape.read(
      JSON.parse(b.toString('utf8', rows.start, rows.close)) as object,
    );
    // Of requests, only errors are looked at, and these are kept whatever is meant.
    if (mayBeRequest(rows.access) && isAccessRecord(fields))
      return (level !== 'error' && level !== 'critical') || message === '';
    return verify(lexicon, found, Object.values(fields).join('\n'), this.#source.software).length === 0;
  }

  /** Takes over what the kernel counted of records that hold nothing new. */
  #counted(count: number): void {
    const { bytes, words, requests: rows } = this.#kernel;
    const { operations, failures, requests, failedRequests, owned, minute, earliest, latest, last } =
      this.#kernel.batch;
    this.#counts.lines(count, earliest, latest);
    this.#clock.repeat(last, owned, count - owned);
    this.#to.records.pass(count - requests);
    if (operations > 0) this.#to.operations.addBatch(minute, failures, words, operations, bytes);
    if (requests > 0) this.#to.traffic.addBatch(minute, failedRequests, rows, requests, bytes);
  }

  /** Adds what shapes and levels counted in the kernel. */
  #settle(): void {
    const { touched, batch } = this.#kernel;
    if (touched > 0) this.#counts.settle(this.#kernel, touched, batch.minute);
  }

  /**
   * Hands on the request at hand. @param quiet the line holds no text of the lexicon.
   * @returns false when the parser must read it; nothing is counted then.
   */
  #request(b: Buffer, rows: JsonRows, line: number, quiet: boolean): boolean {
    if (rows.kind(TIME) === 0 || rows.kind(TIME) === ODD_STRING) return false;
    // Some servers write an error into one record with the request that met it.
    if (!quiet) return false;
    const row = clearRow(this.#row);
    if (!this.#requests!.read(row)) return false;
    const time = this.#time(b, rows);
    if (Number.isNaN(time)) return false;
    this.#add(row, line, time);
    if (this.#to.counting === 'everything') this.#teach(rows, row);
    return true;
  }

  /** Tells the kernel what it did not know of the request at hand. */
  #teach(rows: JsonRows, row: RequestRow): void {
    const { requests, traffic } = this.#to;
    if (requests.keeps) return;
    const kernel = this.#kernel;
    if (!this.#signatures) {
      this.#signatures = literalsToSweep();
      kernel.lookForSignatures(this.#signatures);
    }
    const text = (id: number): string => requests.interner.get(id);
    if (rows.endpointOf === OF_REQUEST) {
      const endpoint = traffic.endpoints.text(endpointOf(text(row.path)));
      // Of these each path says more.
      if (!traffic.asksForMerchant(endpoint)) kernel.rememberEndpoint(endpoint);
    }
    const merchant = text(row.merchant);
    if (rows.merchant === 0) this.#rememberQuery(merchant, traffic.merchants.names);
    else this.#rememberMerchant(rows, traffic.merchants.names.text(merchant));
    this.#remember(rows, ACCESS_UPSTREAM, traffic.upstreams.text(text(row.upstream)));
    if (row.client !== 0 && ++this.#clients <= MOST_CLIENTS) {
      const id = traffic.addresses.text(text(row.client));
      traffic.addresses.pin(id);
      this.#remember(rows, ACCESS_CLIENT, id);
    }
  }

  /** Remembers what the value in a slot means, where there is one that is always written in the same way. */
  #remember(rows: JsonRows, slot: number, value: number): void {
    const kind = rows.kind(slot);
    if (kind !== 0 && kind !== OTHER) this.#kernel.remember(slot, rows.from(slot), rows.to(slot), value);
  }

  /** The same of the merchant that the query names: '' for none, and the kernel may have read another query last. */
  #rememberQuery(merchant: string, names: NameTable): void {
    if (merchant === '') return;
    const kernel = this.#kernel;
    const [from, to] = kernel.queryMerchant;
    if (kernel.bytes.toString('latin1', Math.max(0, from), Math.max(0, to)) !== merchant) return;
    if (++this.#merchants <= MOST_MERCHANTS) kernel.remember(MERCHANT, from, to, names.text(merchant));
  }

  /** @param merchant its id; 0 where the record names none. */
  #rememberMerchant(rows: JsonRows, merchant: number): void {
    if (rows.merchant >= 0 || ++this.#merchants > MOST_MERCHANTS) return;
    this.#remember(rows, MERCHANT, merchant);
  }

  /** Level as `levelSeed` numbers it; undefined when its text is for the parser. */
  #level(rows: JsonRows): number | undefined {
    const kind = rows.kind(LEVEL);
    if (kind !== 0 && kind !== STRING && kind !== INTEGER) return undefined;
    return rows.level >= 0 ? rows.level : this.#find(rows, LEVEL, (text) => levelSeed(levelOfText(text)));
  }

  #mayHoldPrefix(b: Buffer, rows: JsonRows): boolean {
    const from = rows.from(MESSAGE);
    // A backslash may stand for anything.
    return b[from] === 92 || mayHoldPrefix(b.toString('latin1', from, from + 16));
  }

  /** Counts the record of the row at hand. @returns false when the parser must read it; nothing is counted then. */
  #record(b: Buffer, rows: JsonRows): boolean {
    const timeKind = rows.kind(TIME);
    if (timeKind === 0 || timeKind === ODD_STRING) return false;
    const level = this.#level(rows);
    if (level === undefined) return false;
    const messageKind = rows.kind(MESSAGE);
    if (messageKind === 0 || (messageKind === STRING && rows.to(MESSAGE) === rows.from(MESSAGE))) {
      // The line stands for the message, where the kernel has its shape.
      if (!rows.shaped || namesError(rows.access)) return false;
    } else {
      if (messageKind !== STRING && messageKind !== ODD_STRING) return false;
      if (level === 0 && this.#mayHoldPrefix(b, rows)) return false;
    }
    const series = this.#shapeOf(b, rows, level);
    if (!series) return false;
    // warn, error, critical
    const severe = level >= 5;
    const { records, operations } = this.#to;
    if (records.wouldKeep(series.count + 1, severe)) return false;
    const operation = this.#to.counting !== 'nothing' ? this.#operation(rows) : false;
    if (operation === undefined) return false;
    const time = this.#time(b, rows);
    if (Number.isNaN(time)) return false;
    // The order of the two does not matter to what is counted: the parser hands requests on before records, too.
    // error, critical
    if (this.#counts.record(series, level, severe, time) && operation)
      this.#countOperation(b, rows, operations, level >= 6, time);
    return true;
  }

  /** What a text that the kernel does not know means; it is told for the lines to come. */
  #find(rows: JsonRows, slot: number, meaning: (text: string) => number): number {
    const value = meaning(rows.text(slot)!);
    this.#kernel.remember(slot, rows.from(slot), rows.to(slot), value);
    return value;
  }

  /** The series of the message's shape; undefined when the shape is new to this source. */
  #shapeOf(b: Buffer, rows: JsonRows, level: number): TemplateSeries | undefined {
    if (rows.shape >= 0) return this.#counts.shapes[rows.shape];
    const key = rows.shaped ? shapeKeyOf(rows.shapeHigh, rows.shapeLow) : this.#shapeKey(b, rows, level);
    const series = this.#to.templates.known(this.#source.index, key);
    if (series && rows.shaped) {
      const number = this.#kernel.fileShape();
      if (number >= 0) this.#counts.shapes[number] = series;
    }
    return series;
  }

  #shapeKey(b: Buffer, rows: JsonRows, level: number): number {
    const text = b.toString('utf8', rows.from(MESSAGE), rows.to(MESSAGE));
    return shapeKey(text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text, level);
  }

  /** Hands on what only the lane has counted so far. */
  finish(): void {
    this.#counts.finish();
  }

  /** Whether the record at hand has a time: pairs without one continue the record before them. */
  #isTimed(b: Buffer, rows: JsonRows): boolean {
    if (!rows.read || rows.kind(TIME) === 0 || rows.kind(TIME) === ODD_STRING) return false;
    return !Number.isNaN(rows.time) || readTime(b.toString('latin1', rows.from(TIME), rows.to(TIME)));
  }

  #time(b: Buffer, rows: JsonRows): number {
    if (!Number.isNaN(rows.time)) {
      this.#clock.repeat(rows.time, Number(rows.ownOffset), Number(!rows.ownOffset));
      return rows.time;
    }
    const from = rows.from(TIME);
    const to = rows.to(TIME);
    const text = b.toString('latin1', from, to);
    // A number as the parser's fields have it.
    const written = rows.kind(TIME) === STRING ? text : String(JSON.parse(text));
    if (!readTime(written) || stamp.dateless || stamp.yearless) return Number.NaN;
    const ownOffset = !Number.isNaN(stamp.offset) || stamp.zoneName !== '';
    const time = this.#clock.resolve();
    if (rows.kind(TIME) === STRING) knowStamp(this.#kernel, from, to, time, ownOffset);
    return time;
  }

  /** Whether the record is an operation; undefined when its values are for the parser. */
  #operation(rows: JsonRows): boolean | undefined {
    const endpoint = rows.kind(ENDPOINT);
    const partner = rows.kind(PARTNER);
    const duration = rows.kind(DURATION);
    const outcome = rows.kind(OUTCOME);
    if (endpoint === 0 && partner === 0) return false;
    if (duration === 0 && outcome === 0) return false;
    const plain = (kind: number): boolean => kind !== OTHER;
    const readable =
      plain(rows.kind(CLIENT)) && plain(endpoint) && plain(partner) && plain(outcome) && plain(rows.kind(MERCHANT));
    return readable && duration !== ODD_STRING ? true : undefined;
  }

  #countOperation(b: Buffer, rows: JsonRows, traffic: Collector['operations'], failed: boolean, time: number): void {
    let { endpoint, partner, outcome } = rows;
    if (endpoint < 0) {
      if (rows.endpointOf === OF_OPERATION) {
        endpoint = traffic.endpoints.text(endpointName(rows.text(ENDPOINT)!));
        // Of some each path says more.
        if (!traffic.asksForMerchant(endpoint)) {
          this.#kernel.rememberEndpoint(endpoint);
          // A text is known sooner than an endpoint, where there are few.
          if (++this.#paths <= MOST_PATHS) this.#remember(rows, ENDPOINT, endpoint);
        }
      } else endpoint = this.#find(rows, ENDPOINT, (text) => traffic.endpoints.text(endpointName(text)));
    }
    if (partner < 0) partner = this.#find(rows, PARTNER, (text) => traffic.upstreams.text(text));
    if (outcome < 0) outcome = this.#find(rows, OUTCOME, (text) => Number(isTechnicalFailure(text)));
    traffic.add(
      time,
      0,
      failed || outcome === 1,
      this.#client(rows, traffic),
      endpoint,
      partner,
      this.#duration(b, rows),
      this.#merchant(rows, endpoint, traffic),
    );
  }

  /** Id of the merchant whose operation it is, 0 for none. */
  #merchant(rows: JsonRows, endpoint: number, traffic: Collector['operations']): number {
    if (rows.merchant > 0) return rows.merchant;
    if (rows.kind(MERCHANT) === 0)
      return traffic.asksForMerchant(endpoint) ? traffic.merchantOf(rows.text(ENDPOINT)!) : 0;
    const merchant = traffic.merchants.names.text(merchantName(rows.text(MERCHANT)!));
    this.#rememberMerchant(rows, merchant);
    return merchant;
  }

  #client(rows: JsonRows, traffic: Collector['operations']): number {
    const { address } = rows;
    if (address >= 0) return traffic.addresses.ipv4(address);
    if (rows.kind(CLIENT) === 0) return 0;
    if (rows.client >= 0) return rows.client;
    const id = traffic.addresses.text(clientAddress(rows.text(CLIENT)!));
    if (++this.#clients <= MOST_CLIENTS) {
      traffic.addresses.pin(id);
      this.#remember(rows, CLIENT, id);
    }
    return id;
  }

  #duration(b: Buffer, rows: JsonRows): number {
    const kind = rows.kind(DURATION);
    if (kind === 0) return Number.NaN;
    if (rows.timed) return rows.seconds;
    const text = b.toString('latin1', rows.from(DURATION), rows.to(DURATION));
    // 1.50 is written again as 1.5, as the parser's fields have it.
    return seconds(kind === STRING ? text : String(JSON.parse(text)), rows.name(DURATION));
  }
}
