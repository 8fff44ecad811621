/**
 * Runs through JSON lines that are records of a known shape: counts them without building objects. Lines that hold
 * something to keep or to look at (a new shape, a text of the lexicon, a request, escapes) are left to the parser.
 */
import { clientAddress, seconds, secondsOfNumber } from '../formats/access-json.ts';
import { levelOfText, mayHoldPrefix, readTime } from '../formats/json-record.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { LINE_CAP } from '../lines.ts';
import { type Collector, type RecordAssembler, widen } from '../record-assembler.ts';
import type { Sweep } from '../sweep.ts';
import { levelSeed, shapeKey, shapeKeyOfBytes } from '../templates.ts';
import type { SourceClock } from '../time/clock.ts';
import { stamp } from '../time/timestamp.ts';
import { NameTable, SEED_HIGH, SEED_LOW } from '../traffic/names.ts';
import { endpointName, isTechnicalFailure } from '../traffic/operations.ts';
import type { Level, LogSource, TemplateSeries } from '../types.ts';
import { LEVEL, MESSAGE, mayBeRequest, slotOfPart, TIME } from './json-keys.ts';
import { INTEGER, JsonScan, ODD_STRING, STRING } from './json-scan.ts';
import type { Lane } from './lane.ts';

const CLIENT = slotOfPart('client');
const ENDPOINT = slotOfPart('endpoint');
const PARTNER = slotOfPart('partner');
const DURATION = slotOfPart('duration');
const OUTCOME = slotOfPart('outcome');
/** Shapes whose running counts are at hand. */
const SHAPES = 1024;
const MOST_VALUES = 20_000;

/** Texts of a member to what was found out about each, by double hash. */
class Remembered {
  readonly #names = new NameTable();
  readonly #values: number[] = [0];

  /** @param find what a text means; asked once for each. */
  get(b: Buffer, start: number, end: number, find: (text: string) => number): number {
    let high = SEED_HIGH;
    let low = SEED_LOW;
    for (let i = start; i < end; i++) {
      // The steps of mixHigh and mixLow.
      high = Math.imul(high ^ b[i]!, 16777619);
      low = Math.imul(low + b[i]!, 0x9e3779b1);
    }
    let id = this.#names.find(high, low);
    if (id >= 0) return this.#values[id]!;
    const text = b.toString('latin1', start, end);
    const value = find(text);
    if (this.#names.names.length < MOST_VALUES) {
      id = this.#names.add(text, high, low);
      this.#values[id] = value;
    }
    return value;
  }
}

/** The number of the plain IPv4 address that fills the bytes, or -1; as `ipv4Number` has it. */
function ipv4Of(b: Uint8Array, start: number, end: number): number {
  let key = 0;
  let octet = -1;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const digit = b[at]! - 48;
    if (digit >>> 0 < 10) {
      octet = octet < 0 ? digit : octet === 0 ? 256 : octet * 10 + digit;
      if (octet > 255) return -1;
    } else if (b[at] === 46 && octet >= 0) {
      key = (key << 8) | octet;
      octet = -1;
      dots++;
    } else return -1;
  }
  return dots === 3 && octet >= 0 ? ((key << 8) | octet) >>> 0 : -1;
}

/** Counts of a shape in one minute that its series does not have yet. */
interface Running {
  key: number;
  series: TemplateSeries;
  minute: number;
  count: number;
}

/** Minute of an ISO stamp as it stands: `2026-09-12T20:40:`, and what followed the seconds' fraction: `Z`, `+08:00`. */
class IsoCache {
  readonly #minute = new Uint8Array(17);
  readonly #zone = new Uint8Array(8);
  #zoneLength = -1;
  #start = Number.NaN;
  /** The stamp named its own offset. */
  ownOffset = false;

  /** ms UTC of a stamp in the same minute and zone, or NaN. */
  read(b: Uint8Array, start: number, end: number): number {
    const minute = this.#minute;
    for (let i = 16; i >= 0; i--) if (minute[i] !== b[start + i]) return Number.NaN;
    const tens = b[start + 17]! - 48;
    const ones = b[start + 18]! - 48;
    if (tens >>> 0 > 5 || ones >>> 0 > 9) return Number.NaN;
    let at = start + 19;
    let ms = 0;
    if (b[at] === 46 || b[at] === 44) {
      // Three digits are whole milliseconds; three more are cut, as `timeOfDay` does, which rounds what has even more.
      const fraction = ++at;
      let scale = 100;
      for (; at < end && (b[at]! - 48) >>> 0 < 10; at++) {
        if (scale >= 1) ms += (b[at]! - 48) * scale;
        scale /= 10;
      }
      if (at === fraction || at > fraction + 6) return Number.NaN;
    }
    if (end - at !== this.#zoneLength) return Number.NaN;
    for (let i = 0; i < this.#zoneLength; i++) if (this.#zone[i] !== b[at + i]) return Number.NaN;
    return this.#start + (tens * 10 + ones) * 1000 + ms;
  }

  /** Remembers the stamp that was just read the long way. @param time ms UTC of it. */
  learn(b: Uint8Array, start: number, end: number, time: number, ownOffset: boolean): void {
    this.#zoneLength = -1;
    if (b[start + 4] !== 45 || b[start + 7] !== 45 || b[start + 13] !== 58 || b[start + 16] !== 58) return;
    if (b[start + 10] !== 84 && b[start + 10] !== 32) return;
    // Seconds of one digit would put the zone elsewhere.
    if ((b[start + 17]! - 48) >>> 0 > 9 || (b[start + 18]! - 48) >>> 0 > 9) return;
    let at = start + 19;
    if (b[at] === 46 || b[at] === 44) for (at++; at < end && (b[at]! - 48) >>> 0 < 10; ) at++;
    // Other zones than these may have a meaning that goes on behind them.
    const zone = Buffer.from(b.subarray(at, end)).toString('latin1');
    if (!/^(?:Z|[+-]\d\d:?\d\d)?$/.test(zone)) return;
    for (let i = 0; i < 17; i++) this.#minute[i] = b[start + i]!;
    this.#zone.set(b.subarray(at, end));
    this.#start = Math.floor(time / 60_000) * 60_000;
    this.#zoneLength = zone.length;
    this.ownOffset = ownOffset;
  }
}

export class JsonLane implements Lane {
  taken = 0;
  swept = false;
  cards = false;
  readonly #scan = new JsonScan();
  readonly #records: RecordAssembler;
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #iso = new IsoCache();
  readonly #levels = new Remembered();
  readonly #levelList: (Level | undefined)[] = [undefined];
  readonly #levelCounts: number[] = [0];
  readonly #endpoints = new Remembered();
  readonly #partners = new Remembered();
  readonly #outcomes = new Remembered();
  readonly #running: (Running | undefined)[] = new Array(SHAPES);

  constructor(source: LogSource, to: Collector, clock: SourceClock, records: RecordAssembler) {
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = records;
  }

  run({ bytes: b }: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number {
    let at = from;
    let line = firstLine;
    this.swept = false;
    // A line that begins like this ends the record before it.
    if (b[from] === 123) this.#records.flush();
    while (at < end && b[at] === 123) {
      const close = this.#scan.object(b, at);
      if (close < 0 || mayBeRequest(this.#scan.access)) break;
      const next = b[close] === 13 ? close + 2 : close + 1;
      // What follows a record without being one belongs to it.
      if (b[next - 1] !== 10 || next >= end || b[next] !== 123 || next - at > LINE_CAP) break;
      this.swept = sweep.next < next;
      this.cards = false;
      if (this.swept) {
        found.length = 0;
        this.cards = sweep.take(at, close, found);
        if (found.length > 0) break;
      }
      if (!this.#record(b)) break;
      if (this.cards) sweep.scanCards(b, at, close, line, this.#clock.last);
      this.swept = false;
      at = next;
      line++;
    }
    this.taken = line - firstLine;
    return at;
  }

  /** Counts the record that was scanned. @returns false when the parser must read it; nothing is counted then. */
  #record(b: Buffer): boolean {
    const { start, end, kind } = this.#scan;
    if (kind[TIME] !== STRING && kind[TIME] !== INTEGER) return false;
    if (kind[MESSAGE] !== STRING && kind[MESSAGE] !== ODD_STRING) return false;
    if (end[MESSAGE] === start[MESSAGE]) return false;
    if (kind[LEVEL] === 0 && mayHoldPrefix(b[start[MESSAGE]!]!)) return false;
    if (kind[LEVEL] !== 0 && kind[LEVEL] !== STRING && kind[LEVEL] !== INTEGER) return false;
    const levelId =
      kind[LEVEL] === 0 ? 0 : this.#levels.get(b, start[LEVEL]!, end[LEVEL]!, (text) => this.#level(text));
    const level = this.#levelList[levelId];
    const key = this.#shape(b, level);
    const running = this.#shapeOf(key);
    if (!running) return false;
    const severe = level === 'warn' || level === 'error' || level === 'critical';
    const { records, since, until, operations } = this.#to;
    if (records.wouldKeep(running.series.count + running.count + 1, severe)) return false;
    const parts = this.#to.counting ? this.#operation() : false;
    if (parts === undefined) return false;
    const time = this.#time(b);
    if (Number.isNaN(time)) return false;
    this.#source.parsed++;
    if (!(time >= this.#source.first! && time <= this.#source.last!)) widen(this.#source, time);
    this.#levelCounts[levelId]!++;
    // The order of the two does not matter to what is counted: the parser hands requests on before records, too.
    if (!(time < since || time >= until)) {
      this.#count(running, time);
      records.wants(running.series.count + running.count, severe);
      if (parts) this.#countOperation(b, operations, level, time);
    }
    return true;
  }

  #level(text: string): number {
    const level = levelOfText(text);
    const known = this.#levelList.indexOf(level);
    if (known >= 0) return known;
    this.#levelCounts.push(0);
    return this.#levelList.push(level) - 1;
  }

  #shape(b: Buffer, level: Level | undefined): number {
    const { start, end, kind } = this.#scan;
    const seed = levelSeed(level);
    if (kind[MESSAGE] === STRING) return shapeKeyOfBytes(b, start[MESSAGE]!, end[MESSAGE]!, seed);
    const text = b.toString('utf8', start[MESSAGE]!, end[MESSAGE]!);
    return shapeKey(text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text, seed);
  }

  /** The running counts of a shape; undefined when the shape is new to this source. */
  #shapeOf(key: number): Running | undefined {
    const slot = key % SHAPES;
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
    for (const [id, count] of this.#levelCounts.entries()) {
      if (count === 0) continue;
      const name = this.#levelList[id] ?? 'none';
      this.#source.levels[name] = (this.#source.levels[name] ?? 0) + count;
      this.#levelCounts[id] = 0;
    }
  }

  #time(b: Buffer): number {
    const { start, end, kind } = this.#scan;
    const from = start[TIME]!;
    const to = end[TIME]!;
    let time = kind[TIME] === STRING ? this.#iso.read(b, from, to) : Number.NaN;
    if (!Number.isNaN(time)) {
      this.#clock.repeat(time, this.#iso.ownOffset);
      return time;
    }
    if (!readTime(b.toString('latin1', from, to)) || stamp.dateless || stamp.yearless) return Number.NaN;
    const ownOffset = !Number.isNaN(stamp.offset) || stamp.zoneName !== '';
    time = this.#clock.resolve();
    if (kind[TIME] === STRING) this.#iso.learn(b, from, to, time, ownOffset);
    return time;
  }

  /** Whether the record is an operation; undefined when its values are for the parser. */
  #operation(): boolean | undefined {
    const { kind } = this.#scan;
    if (kind[ENDPOINT] === 0 && kind[PARTNER] === 0) return false;
    if (kind[DURATION] === 0 && kind[OUTCOME] === 0) return false;
    const plain = (slot: number): boolean => kind[slot] === 0 || kind[slot] === STRING || kind[slot] === INTEGER;
    const readable = plain(CLIENT) && plain(ENDPOINT) && plain(PARTNER) && plain(OUTCOME);
    return readable && kind[DURATION] !== ODD_STRING ? true : undefined;
  }

  #countOperation(b: Buffer, traffic: Collector['operations'], level: Level | undefined, time: number): void {
    const { start, end, kind } = this.#scan;
    const value = (slot: number, known: Remembered, find: (text: string) => number): number =>
      kind[slot] === 0 ? 0 : known.get(b, start[slot]!, end[slot]!, find);
    const failed =
      value(OUTCOME, this.#outcomes, (text) => Number(isTechnicalFailure(text))) === 1 ||
      level === 'error' ||
      level === 'critical';
    traffic.add(
      time,
      0,
      failed,
      this.#client(b, traffic),
      value(ENDPOINT, this.#endpoints, (text) => traffic.endpoints.text(endpointName(text))),
      value(PARTNER, this.#partners, (text) => traffic.upstreams.text(text)),
      this.#duration(b),
    );
  }

  #client(b: Buffer, traffic: Collector['operations']): number {
    const { start, end, kind } = this.#scan;
    if (kind[CLIENT] === 0) return 0;
    const from = start[CLIENT]!;
    const to = end[CLIENT]!;
    const key = ipv4Of(b, from, to);
    if (key >= 0) return traffic.addresses.ipv4(key);
    return traffic.addresses.text(clientAddress(b.toString('latin1', from, to)));
  }

  #duration(b: Buffer): number {
    const { start, end, kind, key, keys } = this.#scan;
    if (kind[DURATION] === 0) return Number.NaN;
    const name = keys.name(key[DURATION]!);
    const from = start[DURATION]!;
    const to = end[DURATION]!;
    if (kind[DURATION] === STRING) return seconds(b.toString('latin1', from, to), name);
    // 1.50 is written again as 1.5, as the parser's fields have it.
    if (kind[DURATION] !== INTEGER || b[from] === 45)
      return seconds(String(JSON.parse(b.toString('latin1', from, to))), name);
    let number = 0;
    for (let i = from; i < to; i++) number = number * 10 + b[i]! - 48;
    return secondsOfNumber(number, false, name);
  }
}
