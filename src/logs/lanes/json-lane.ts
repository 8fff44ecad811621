/**
 * Runs through JSON lines that are records of a known shape: counts them without building objects. Lines that hold
 * something to keep or to look at (a new shape, a text of the lexicon, a request, escapes) are left to the parser.
 */
import { clientAddress, seconds } from '../formats/access-json.ts';
import { levelOfText, mayHoldPrefix, readTime } from '../formats/json-record.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type Collector, type RecordAssembler, widen } from '../record-assembler.ts';
import { clearRow, emptyRow, type RequestRow } from '../request-table.ts';
import type { Sweep } from '../sweep.ts';
import { levelSeed, shapeKey, shapeKeyOf } from '../templates.ts';
import type { SourceClock } from '../time/clock.ts';
import { stamp } from '../time/timestamp.ts';
import { endpointName, isTechnicalFailure } from '../traffic/operations.ts';
import { LEVELS, type LogSource, type TemplateSeries } from '../types.ts';
import { LEVEL, MESSAGE, mayBeRequest, slotOfPart, TIME } from './json-keys.ts';
import { JsonRequests } from './json-request.ts';
import { INTEGER, JsonRows, ODD_STRING, STRING } from './json-rows.ts';
import type { Lane } from './lane.ts';

const CLIENT = slotOfPart('client');
const ENDPOINT = slotOfPart('endpoint');
const PARTNER = slotOfPart('partner');
const DURATION = slotOfPart('duration');
const OUTCOME = slotOfPart('outcome');
/** Clients in other notations than plain IPv4 that the kernel is told of; it knows so many texts only. */
const MOST_CLIENTS = 1000;

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
  readonly #levelCounts = new Uint32Array(LEVELS.length + 1);
  /** Shapes of messages by the number that the kernel has for them. */
  readonly #shapes: TemplateSeries[] = [];
  #clients = 0;
  readonly #row = emptyRow();
  readonly #add: (row: RequestRow, line: number, time: number) => void;

  /** @param add takes a request that was read; the row is used again. */
  constructor(
    source: LogSource,
    to: Collector,
    clock: SourceClock,
    records: RecordAssembler,
    add: (row: RequestRow, line: number, time: number) => void,
  ) {
    this.#add = add;
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = records;
  }

  begin(kernel: Kernel): void {
    if (this.#rows && this.#kernel === kernel) return;
    this.#kernel = kernel;
    this.#rows = new JsonRows(kernel);
    this.#requests = new JsonRequests(kernel.bytes, this.#rows, this.#to.requests);
    const { records, counting, since, until } = this.#to;
    // Where records are kept, each of them is looked at.
    if (!records.keeps) kernel.countRecords(counting, since, until);
  }

  run({ bytes: b }: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number {
    const rows = this.#rows!;
    const kernel = this.#kernel;
    let at = from;
    let line = firstLine;
    this.swept = false;
    // A line that begins like this ends the record before it.
    if (b[from] === 123) this.#records.flush();
    while (at < end) {
      const count = rows.count(at, end, sweep.next);
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
      this.swept = sweep.next < next;
      this.cards = false;
      if (this.swept) {
        found.length = 0;
        this.cards = sweep.take(at, close, found);
      }
      const request = mayBeRequest(rows.access) ? this.#requests!.isRequest : false;
      if (request === undefined) break;
      if (request ? !this.#request(b, rows, line) : found.length > 0 || !this.#record(b, rows)) break;
      if (this.cards) sweep.scanCards(b, at, close, line, this.#clock.last);
      this.swept = false;
      at = next;
      line++;
    }
    this.#settle();
    this.taken = line - firstLine;
    return at;
  }

  /** Takes over what the kernel counted of records that hold nothing new. */
  #counted(count: number): void {
    const source = this.#source;
    const { operations, failures, owned, minute, earliest, latest, last } = this.#kernel.batch;
    source.parsed += count;
    if (!(earliest >= source.first! && latest <= source.last!)) {
      widen(source, earliest);
      widen(source, latest);
    }
    this.#clock.repeat(last, owned, count - owned);
    this.#to.records.pass(count);
    if (operations > 0) this.#to.operations.addBatch(minute, failures, this.#kernel.words, operations);
  }

  /** Adds what shapes and levels counted in the kernel. */
  #settle(): void {
    const { touched, touchedShapes, shapes, levels } = this.#kernel;
    if (touched === 0) return;
    const { minute } = this.#kernel.batch;
    for (let i = 0; i < touched; i++) {
      const shape = touchedShapes[i]!;
      const series = this.#shapes[shape]!;
      const count = shapes.words[shape * 6]!;
      const first = shapes.doubles[shape * 3 + 1]!;
      const last = shapes.doubles[shape * 3 + 2]!;
      series.count += count;
      if (!(first >= series.first)) series.first = first;
      if (!(last <= series.last)) series.last = last;
      this.#to.templates.minutes.add(series.perMinute, minute, count);
    }
    for (let level = 0; level < this.#levelCounts.length; level++) this.#levelCounts[level]! += levels[level]!;
    this.#kernel.forgetCounts();
  }

  /** Hands on the request at hand. @returns false when the parser must read it; nothing is counted then. */
  #request(b: Buffer, rows: JsonRows, line: number): boolean {
    const level = this.#level(b, rows);
    // Some servers write an error into one record with the request that met it.
    if (level === undefined || level >= 6 || rows.kind(TIME) === 0 || rows.kind(TIME) === ODD_STRING) return false;
    // The level may stand in the message.
    if (level === 0 && rows.kind(MESSAGE) !== 0 && this.#mayHoldPrefix(b, rows)) return false;
    const row = clearRow(this.#row);
    if (!this.#requests!.read(row)) return false;
    const time = this.#time(b, rows);
    if (Number.isNaN(time)) return false;
    this.#add(row, line, time);
    return true;
  }

  /** Level as `levelSeed` numbers it; undefined when its text is for the parser. */
  #level(b: Buffer, rows: JsonRows): number | undefined {
    const kind = rows.kind(LEVEL);
    if (kind !== 0 && kind !== STRING && kind !== INTEGER) return undefined;
    return rows.level >= 0 ? rows.level : this.#find(b, rows, LEVEL, (text) => levelSeed(levelOfText(text)));
  }

  #mayHoldPrefix(b: Buffer, rows: JsonRows): boolean {
    const first = b[rows.from(MESSAGE)]!;
    // A backslash may stand for anything.
    return mayHoldPrefix(first) || first === 92;
  }

  /** Counts the record of the row at hand. @returns false when the parser must read it; nothing is counted then. */
  #record(b: Buffer, rows: JsonRows): boolean {
    const timeKind = rows.kind(TIME);
    if (timeKind === 0 || timeKind === ODD_STRING) return false;
    const messageKind = rows.kind(MESSAGE);
    if (messageKind !== STRING && messageKind !== ODD_STRING) return false;
    if (rows.to(MESSAGE) === rows.from(MESSAGE)) return false;
    const level = this.#level(b, rows);
    if (level === undefined) return false;
    if (level === 0 && this.#mayHoldPrefix(b, rows)) return false;
    const series = this.#shapeOf(b, rows, level);
    if (!series) return false;
    // warn, error, critical
    const severe = level >= 5;
    const { records, since, until, operations } = this.#to;
    if (records.wouldKeep(series.count + 1, severe)) return false;
    const operation = this.#to.counting ? this.#operation(rows) : false;
    if (operation === undefined) return false;
    const time = this.#time(b, rows);
    if (Number.isNaN(time)) return false;
    this.#source.parsed++;
    if (!(time >= this.#source.first! && time <= this.#source.last!)) widen(this.#source, time);
    this.#levelCounts[level]!++;
    // The order of the two does not matter to what is counted: the parser hands requests on before records, too.
    if (!(time < since || time >= until)) {
      series.count++;
      if (!(time >= series.first)) series.first = time;
      if (!(time <= series.last)) series.last = time;
      const minute = Math.floor(time / 60_000) * 60_000;
      this.#to.templates.minutes.add(series.perMinute, minute);
      records.wants(series.count, severe);
      // error, critical
      if (operation) this.#countOperation(b, rows, operations, level >= 6, time);
    }
    return true;
  }

  /** What a text that the kernel does not know means; it is told for the lines to come. */
  #find(b: Buffer, rows: JsonRows, slot: number, meaning: (text: string) => number): number {
    const from = rows.from(slot);
    const to = rows.to(slot);
    const value = meaning(b.toString('latin1', from, to));
    this.#kernel.remember(slot, from, to, value);
    return value;
  }

  /** The series of the message's shape; undefined when the shape is new to this source. */
  #shapeOf(b: Buffer, rows: JsonRows, level: number): TemplateSeries | undefined {
    if (rows.shape >= 0) return this.#shapes[rows.shape];
    const key = rows.shaped ? shapeKeyOf(rows.shapeHigh, rows.shapeLow) : this.#shapeKey(b, rows, level);
    const series = this.#to.templates.known(this.#source.index, key);
    if (series && rows.shaped) {
      const number = this.#kernel.fileShape();
      if (number >= 0) this.#shapes[number] = series;
    }
    return series;
  }

  #shapeKey(b: Buffer, rows: JsonRows, level: number): number {
    const text = b.toString('utf8', rows.from(MESSAGE), rows.to(MESSAGE));
    return shapeKey(text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text, level);
  }

  /** Hands on what only the lane has counted so far. */
  finish(): void {
    for (const [seed, count] of this.#levelCounts.entries()) {
      if (count === 0) continue;
      const name = LEVELS[seed - 1] ?? 'none';
      this.#source.levels[name] = (this.#source.levels[name] ?? 0) + count;
    }
    this.#levelCounts.fill(0);
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
    if (rows.kind(TIME) === STRING) this.#learn(b, from, to, time, ownOffset);
    return time;
  }

  /**
   * Makes an ISO stamp known to the kernel: `2026-09-12T20:40:11`, and what followed the seconds' fraction: `Z`, `+08:00`.
   * @param time ms UTC of it.
   */
  #learn(b: Buffer, start: number, end: number, time: number, ownOffset: boolean): void {
    this.#kernel.forgetStamp();
    const two = (at: number): number => (b[at]! - 48) * 10 + b[at + 1]! - 48;
    if (b[start + 4] !== 45 || b[start + 7] !== 45 || b[start + 13] !== 58 || b[start + 16] !== 58) return;
    if (b[start + 10] !== 84 && b[start + 10] !== 32) return;
    // Seconds of one digit would put the zone elsewhere.
    for (const at of [11, 12, 14, 15, 17, 18]) if ((b[start + at]! - 48) >>> 0 > 9) return;
    const [hour, minute, second] = [two(start + 11), two(start + 14), two(start + 17)];
    if (hour > 23 || minute > 59 || second > 59) return;
    let at = start + 19;
    if (b[at] === 46 || b[at] === 44) for (at++; at < end && (b[at]! - 48) >>> 0 < 10; ) at++;
    // Other zones than these may have a meaning that goes on behind them.
    const zone = b.toString('latin1', at, end);
    if (!/^(?:Z|[+-]\d\d:?\d\d)?$/.test(zone)) return;
    const ofMinute = Math.floor(time / 60_000) * 60_000;
    const base = ownOffset ? ofMinute - (hour * 60 + minute) * 60_000 : ofMinute;
    this.#kernel.knowStampOf(start, at, zone.length, base, ownOffset);
  }

  /** Whether the record is an operation; undefined when its values are for the parser. */
  #operation(rows: JsonRows): boolean | undefined {
    const endpoint = rows.kind(ENDPOINT);
    const partner = rows.kind(PARTNER);
    const duration = rows.kind(DURATION);
    const outcome = rows.kind(OUTCOME);
    if (endpoint === 0 && partner === 0) return false;
    if (duration === 0 && outcome === 0) return false;
    const plain = (kind: number): boolean => kind === 0 || kind === STRING || kind === INTEGER;
    const readable = plain(rows.kind(CLIENT)) && plain(endpoint) && plain(partner) && plain(outcome);
    return readable && duration !== ODD_STRING ? true : undefined;
  }

  #countOperation(b: Buffer, rows: JsonRows, traffic: Collector['operations'], failed: boolean, time: number): void {
    let { endpoint, partner, outcome } = rows;
    if (endpoint < 0) endpoint = this.#find(b, rows, ENDPOINT, (text) => traffic.endpoints.text(endpointName(text)));
    if (partner < 0) partner = this.#find(b, rows, PARTNER, (text) => traffic.upstreams.text(text));
    if (outcome < 0) outcome = this.#find(b, rows, OUTCOME, (text) => Number(isTechnicalFailure(text)));
    traffic.add(
      time,
      0,
      failed || outcome === 1,
      this.#client(b, rows, traffic),
      endpoint,
      partner,
      this.#duration(b, rows),
    );
  }

  #client(b: Buffer, rows: JsonRows, traffic: Collector['operations']): number {
    const { address } = rows;
    if (address >= 0) return traffic.addresses.ipv4(address);
    if (rows.kind(CLIENT) === 0) return 0;
    if (rows.client >= 0) return rows.client;
    const from = rows.from(CLIENT);
    const to = rows.to(CLIENT);
    const id = traffic.addresses.text(clientAddress(b.toString('latin1', from, to)));
    if (++this.#clients <= MOST_CLIENTS) {
      traffic.addresses.pin(id);
      this.#kernel.remember(CLIENT, from, to, id);
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
