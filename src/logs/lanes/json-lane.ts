/**
 * Runs through JSON lines that are records of a known shape: counts them without building objects. Lines that hold
 * something to keep or to look at (a new shape, a text of the lexicon, a request, escapes) are left to the parser.
 */
import { clientAddress, seconds, secondsOfNumber } from '../formats/access-json.ts';
import { levelOfText, mayHoldPrefix, readTime } from '../formats/json-record.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type Collector, type RecordAssembler, widen } from '../record-assembler.ts';
import type { Sweep } from '../sweep.ts';
import { levelSeed, shapeKey, shapeKeyOf } from '../templates.ts';
import type { SourceClock } from '../time/clock.ts';
import { stamp } from '../time/timestamp.ts';
import { endpointName, isTechnicalFailure } from '../traffic/operations.ts';
import { LEVELS, type LogSource, type TemplateSeries } from '../types.ts';
import { LEVEL, MESSAGE, mayBeRequest, slotOfPart, TIME } from './json-keys.ts';
import { INTEGER, JsonRows, ODD_STRING, STRING } from './json-rows.ts';
import type { Lane } from './lane.ts';

const CLIENT = slotOfPart('client');
const ENDPOINT = slotOfPart('endpoint');
const PARTNER = slotOfPart('partner');
const DURATION = slotOfPart('duration');
const OUTCOME = slotOfPart('outcome');
/** Shapes whose running counts are at hand; a power of two. */
const SHAPES = 1024;

/** Counts of a shape in one minute that its series does not have yet. */
interface Running {
  key: number;
  series: TemplateSeries;
  minute: number;
  count: number;
}

export class JsonLane implements Lane {
  taken = 0;
  swept = false;
  cards = false;
  #rows: JsonRows | undefined;
  #kernel!: Kernel;
  readonly #records: RecordAssembler;
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  /** The stamp whose minute the kernel knows named its own offset. */
  #ownOffset = false;
  /** Records by level, as `levelSeed` numbers them. */
  readonly #levelCounts = new Uint32Array(LEVELS.length + 1);
  readonly #running: (Running | undefined)[] = new Array(SHAPES);

  constructor(source: LogSource, to: Collector, clock: SourceClock, records: RecordAssembler) {
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = records;
  }

  begin(kernel: Kernel): void {
    if (this.#rows && this.#kernel === kernel) this.#rows.clear();
    else this.#rows = new JsonRows(kernel, this.#to.operations.addresses);
    this.#kernel = kernel;
  }

  run({ bytes: b }: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number {
    const rows = this.#rows!;
    let at = from;
    let line = firstLine;
    this.swept = false;
    // A line that begins like this ends the record before it.
    if (b[from] === 123) this.#records.flush();
    while (at < end && rows.seek(at, end) && !mayBeRequest(rows.access)) {
      const { next, close } = rows;
      this.swept = sweep.next < next;
      this.cards = false;
      if (this.swept) {
        found.length = 0;
        this.cards = sweep.take(at, close, found);
        if (found.length > 0) break;
      }
      if (!this.#record(b, rows)) break;
      if (this.cards) sweep.scanCards(b, at, close, line, this.#clock.last);
      this.swept = false;
      at = next;
      line++;
    }
    this.taken = line - firstLine;
    return at;
  }

  /** Counts the record of the row at hand. @returns false when the parser must read it; nothing is counted then. */
  #record(b: Buffer, rows: JsonRows): boolean {
    const timeKind = rows.kind(TIME);
    if (timeKind !== STRING && timeKind !== INTEGER) return false;
    const messageKind = rows.kind(MESSAGE);
    if (messageKind !== STRING && messageKind !== ODD_STRING) return false;
    if (rows.to(MESSAGE) === rows.from(MESSAGE)) return false;
    const levelKind = rows.kind(LEVEL);
    if (levelKind !== 0 && levelKind !== STRING && levelKind !== INTEGER) return false;
    if (levelKind === 0 && mayHoldPrefix(b[rows.from(MESSAGE)]!)) return false;
    const level = rows.level >= 0 ? rows.level : this.#find(b, rows, LEVEL, (text) => levelSeed(levelOfText(text)));
    const key = rows.shaped ? shapeKeyOf(rows.shapeHigh, rows.shapeLow) : this.#shape(b, rows, level);
    const running = this.#shapeOf(key, rows.shaped ? rows.shapeLow : key);
    if (!running) return false;
    // warn, error, critical
    const severe = level >= 5;
    const { records, since, until, operations } = this.#to;
    if (records.wouldKeep(running.series.count + running.count + 1, severe)) return false;
    const operation = this.#to.counting ? this.#operation(rows) : false;
    if (operation === undefined) return false;
    const time = this.#time(b, rows);
    if (Number.isNaN(time)) return false;
    this.#source.parsed++;
    if (!(time >= this.#source.first! && time <= this.#source.last!)) widen(this.#source, time);
    this.#levelCounts[level]!++;
    // The order of the two does not matter to what is counted: the parser hands requests on before records, too.
    if (!(time < since || time >= until)) {
      this.#count(running, time);
      records.wants(running.series.count + running.count, severe);
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

  #shape(b: Buffer, rows: JsonRows, level: number): number {
    const text = b.toString('utf8', rows.from(MESSAGE), rows.to(MESSAGE));
    return shapeKey(text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text, level);
  }

  /** The running counts of a shape; undefined when the shape is new to this source. @param low any bits that tell it from others. */
  #shapeOf(key: number, low: number): Running | undefined {
    const slot = low & (SHAPES - 1);
    const running = this.#running[slot];
    if (running?.key === key) return running;
    const { templates } = this.#to;
    const series = templates.known(this.#source.index, key);
    if (!series) return undefined;
    if (running) this.#settle(running);
    const fresh: Running = { key, series, minute: Number.NaN, count: 0 };
    this.#running[slot] = fresh;
    return fresh;
  }

  #count(running: Running, time: number): void {
    const { series } = running;
    if (!(time >= series.first)) series.first = time;
    if (!(time <= series.last)) series.last = time;
    const minute = Math.floor(time / 60_000) * 60_000;
    if (running.minute !== minute) {
      this.#settle(running);
      running.minute = minute;
    }
    running.count++;
    // Where records are kept, how often a shape was seen decides about the next.
    if (this.#to.records.keeps) this.#settle(running);
  }

  #settle(running: Running): void {
    const { series, minute, count } = running;
    if (count === 0) return;
    series.count += count;
    series.perMinute.set(minute, (series.perMinute.get(minute) ?? 0) + count);
    running.count = 0;
  }

  /** Hands on what only the lane has counted so far. */
  finish(): void {
    for (const running of this.#running) if (running) this.#settle(running);
    for (const [seed, count] of this.#levelCounts.entries()) {
      if (count === 0) continue;
      const name = LEVELS[seed - 1] ?? 'none';
      this.#source.levels[name] = (this.#source.levels[name] ?? 0) + count;
    }
    this.#levelCounts.fill(0);
  }

  #time(b: Buffer, rows: JsonRows): number {
    let { time } = rows;
    if (!Number.isNaN(time)) {
      this.#clock.repeat(time, this.#ownOffset);
      return time;
    }
    const from = rows.from(TIME);
    const to = rows.to(TIME);
    if (!readTime(b.toString('latin1', from, to)) || stamp.dateless || stamp.yearless) return Number.NaN;
    const ownOffset = !Number.isNaN(stamp.offset) || stamp.zoneName !== '';
    time = this.#clock.resolve();
    if (rows.kind(TIME) === STRING) this.#learn(b, from, to, time, ownOffset);
    return time;
  }

  /**
   * Makes the minute of an ISO stamp known to the kernel: `2026-09-12T20:40:`, and what followed the seconds' fraction: `Z`,
   * `+08:00`. @param time ms UTC of it.
   */
  #learn(b: Buffer, start: number, end: number, time: number, ownOffset: boolean): void {
    this.#kernel.forgetMinute();
    if (b[start + 4] !== 45 || b[start + 7] !== 45 || b[start + 13] !== 58 || b[start + 16] !== 58) return;
    if (b[start + 10] !== 84 && b[start + 10] !== 32) return;
    // Seconds of one digit would put the zone elsewhere.
    if ((b[start + 17]! - 48) >>> 0 > 9 || (b[start + 18]! - 48) >>> 0 > 9) return;
    let at = start + 19;
    if (b[at] === 46 || b[at] === 44) for (at++; at < end && (b[at]! - 48) >>> 0 < 10; ) at++;
    // Other zones than these may have a meaning that goes on behind them.
    const zone = b.toString('latin1', at, end);
    if (!/^(?:Z|[+-]\d\d:?\d\d)?$/.test(zone)) return;
    this.#kernel.knowMinute(start, at, zone.length, Math.floor(time / 60_000) * 60_000);
    this.#ownOffset = ownOffset;
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
    return traffic.addresses.text(clientAddress(b.toString('latin1', rows.from(CLIENT), rows.to(CLIENT))));
  }

  #duration(b: Buffer, rows: JsonRows): number {
    const kind = rows.kind(DURATION);
    if (kind === 0) return Number.NaN;
    const { duration, durationName } = rows;
    if (!Number.isNaN(duration)) return secondsOfNumber(duration, false, durationName);
    const text = b.toString('latin1', rows.from(DURATION), rows.to(DURATION));
    // 1.50 is written again as 1.5, as the parser's fields have it.
    return seconds(kind === STRING ? text : String(JSON.parse(text)), durationName);
  }
}
