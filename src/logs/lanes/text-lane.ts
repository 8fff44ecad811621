/**
 * Runs through text lines that begin with a time stamp: counts records whose head and shape of message are known, without a
 * string. What heads mean is learned from the general reader; records that hold something to keep or to look at are its own.
 */

import { mayTellRequest } from '../formats/access-words.ts';
import type { Fields } from '../formats/fields.ts';
import { levelOfText, MEANINGS, ROLES } from '../formats/json-record.ts';
import { levelOf } from '../formats/levels.ts';
import { mayTellOperation } from '../formats/text-operation.ts';
import { mayEndWithObject } from '../formats/text-payload.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { verify } from '../lexicon/compile.ts';
import { lineEnd } from '../line-blocks.ts';
import type { Collector, RecordAssembler } from '../record-assembler.ts';
import type { Sweep } from '../sweep.ts';
import { isOfMany, levelSeed, shapeKeyOf, shapeOf } from '../templates.ts';
import type { SourceClock } from '../time/clock.ts';
import { baseOf, clockOf } from '../time/stamp-clock.ts';
import { parseTimestamp } from '../time/timestamp.ts';
import { countWordedOperation } from '../told-requests.ts';
import { mayBeOperation } from '../traffic/operations.ts';
import { LEVELS, type LogSource, type TemplateSeries } from '../types.ts';
import { ACCESS, mayBeRequest } from './json-keys.ts';
import { KnownEvents } from './known-events.ts';
import type { Lane, Reading } from './lane.ts';
import { RecordCounts } from './record-counts.ts';

/** Why the kernel stopped, see text.as. */
const ALL_READ = 0;
const UNKNOWN_HEAD = 2;
const HOST = 3;
const OTHER_MINUTE = 4;
const NOISY = 5;
const FULL = 6;

/** Words and doubles of what it found. */
const VERDICT = 0;
const STOPPED = 1;
const RECORDS = 2;
const TOUCHED = 3;
const OWNED = 4;
const RECORD_LINES = 5;
const RECORD_NEXT = 6;
const RECORD_REST = 7;
const MESSAGE_AT = 8;
const MESSAGE_END = 9;
const RECORD_LEVEL = 10;
const EVENTS = 11;
const MET_BEFORE = 22;
const RECORD_EVENT = 23;
const PAIRS_UNKNOWN = 24;
const TIME = 0;
const EARLIEST = 1;
const LATEST = 2;
const LAST = 3;
const MINUTE = 4;

/** Words of a record in the list of those to be seen. */
const EVENT_WORDS = 10;
const EVENT_NEXT = 1;
const EVENT_TEXT = 2;
const EVENT_CARD = 3;
const EVENT_LINE = 7;
const EVENT_DOUBLES = 5;
const EVENT_TIME = 4;

/** Tells the kernel that a text holds literals that say nothing. */
const SILENT = 2;

/** What the kernel does not know of pairs; places that are none, see text-pairs.as. */
const UNKNOWN_LEVEL = 2;
const UNKNOWN_WORD = 3;
const NO_PLACE = 255;
const UNPLANNED = 254;

/** Shapes of which it is remembered what they tell. */
const MOST_SHAPES = 20_000;

/** What may follow the clock of a stamp whose hours are those of the day. */
const WHOLE_DAY = /^(?:Z| ?[+-]\d\d:?\d\d| UTC| GMT| \d{4})?$/;

/** Nothing, operations in words, or what only the general reader counts: requests, and members of objects. */
type Tells = 'nothing' | 'operations' | 'more';

/** What stands before a stamp. */
const LEAD = { none: 0, bracket: 1, priority: 2, version: 3, severity: 4 } as const;

export class TextLane implements Lane {
  taken = 0;
  left = 1;
  curious = false;
  hopeful = false;
  readonly swept = false;
  readonly cards = false;
  #kernel: Kernel | undefined;
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #records: RecordAssembler;
  readonly #counts: RecordCounts;
  /** Series the kernel has a number for; what is counted together has many shapes, of which one is enough. */
  readonly #filed = new Set<TemplateSeries>();
  /** What lines of a shape may tell of besides being records. */
  readonly #tells = new Map<TemplateSeries | number, Tells>();
  /** Only heads of free text are known: of others the general reader asks for operations elsewhere, or not at all. */
  #freeText = true;
  readonly #found: number[] = [];
  /** Literals of lines that were looked at for other reasons. */
  readonly #passed: number[] = [];
  readonly #events: KnownEvents;
  /** The kernel has yet to be told what the sweep found in the block. */
  #untold = true;
  /** The record at which the run stopped speaks, and was met before. */
  #speaking = false;
  /** The known stamp: its text up to the hour where its whole day is known, else ''; what follows its fraction; its lead. */
  #day = '';
  #suffix = '';
  #lead = -1;
  /** It names its offset. */
  #ownOffset = false;

  constructor(source: LogSource, to: Collector, clock: SourceClock, records: RecordAssembler) {
    this.#source = source;
    this.#to = to;
    this.#counts = new RecordCounts(source, to);
    this.#events = new KnownEvents(source, to);
    this.#clock = clock;
    this.#records = records;
  }

  begin(kernel: Kernel): void {
    this.#untold = true;
    if (this.#kernel === kernel) return;
    this.#kernel = kernel;
    kernel.resetText();
    const { records, since, until } = this.#to;
    // Where records are kept, each of them is looked at.
    if (!records.keeps) kernel.countRecords('records', since, until);
  }

  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep): number {
    const { words } = kernel.textResult;
    let at = from;
    let lines = 0;
    /** Literals before this are known to say nothing. */
    let silent = 0;
    this.left = 1;
    this.curious = false;
    this.hopeful = false;
    this.#speaking = false;
    if (this.#untold) sweep.tellText(kernel, this.#to.lexicon.exact);
    this.#untold = false;
    while (at < end) {
      const count = kernel.text(at, end, silent);
      const verdict = words[VERDICT]!;
      const stopped = words[STOPPED]!;
      if (count > 0) {
        // The record before these is over.
        this.#records.flush();
        this.#counted(kernel);
        if (words[EVENTS]! > 0) this.#see(kernel, firstLine + lines, sweep);
        lines += count;
        at = stopped;
      }
      if (verdict === FULL) continue;
      if (verdict === OTHER_MINUTE) {
        this.#settle(kernel);
        continue;
      }
      if (verdict === NOISY) {
        if (!this.#speaks(kernel, sweep)) {
          silent = words[RECORD_NEXT]!;
          continue;
        }
        this.#speaking = words[MET_BEFORE]! > 0;
      }
      if (verdict === HOST) {
        this.#records.flush();
        const told = this.#tell(kernel);
        if (told === 'again') continue;
        if (told === 'counted') {
          const next = words[RECORD_NEXT]!;
          if (sweep.next < next) this.#cards(kernel, at, next, firstLine + lines, sweep);
          lines += words[RECORD_LINES]!;
          at = next;
          continue;
        }
        this.hopeful = told === 'new';
      }
      if (verdict !== ALL_READ) {
        this.left = words[RECORD_LINES]!;
        this.curious = verdict === UNKNOWN_HEAD || this.#speaking;
        this.hopeful ||= verdict === NOISY;
      }
      break;
    }
    this.taken = lines;
    return at;
  }

  rest(): void {
    const kernel = this.#kernel!;
    this.#settle(kernel);
    this.#events.rest(kernel);
  }

  /** Looks at what the counted records hold of which the kernel told. */
  #see(kernel: Kernel, firstLine: number, sweep: Sweep): void {
    const { words, doubles } = kernel.textEvents;
    const count = kernel.textResult.words[EVENTS]!;
    for (let i = 0; i < count; i++) {
      const at = i * EVENT_WORDS;
      const line = firstLine + words[at + EVENT_LINE]!;
      if (words[at + EVENT_TEXT]! > 0) this.#events.count(kernel, i, words[at + EVENT_TEXT]!, line);
      if (words[at + EVENT_CARD] === 0) continue;
      this.#cards(kernel, words[at]!, words[at + EVENT_NEXT]!, line, sweep, doubles[i * EVENT_DOUBLES + EVENT_TIME]!);
    }
  }

  /** Whether the lexicon knows what the record at hand says; assumed of records of several lines. */
  #speaks(kernel: Kernel, sweep: Sweep): boolean {
    const { bytes, textResult } = kernel;
    const { words } = textResult;
    const found = this.#found;
    found.length = 0;
    sweep.literalsIn(words[STOPPED]!, words[RECORD_NEXT]!, found);
    if (found.length === 0) return false;
    if (words[RECORD_LINES]! > 1) return true;
    const rest = bytes.toString('utf8', words[RECORD_REST]!, words[MESSAGE_END]!);
    if (verify(this.#to.lexicon, found, rest, this.#source.software).length > 0) {
      if (words[MET_BEFORE] === 0) kernel.rememberEvent(1);
      return true;
    }
    kernel.rememberEvent(SILENT);
    return false;
  }

  /** Looks for card numbers in lines of one record that was counted. @param time of it. */
  #cards(
    { bytes: b }: Kernel,
    from: number,
    end: number,
    firstLine: number,
    sweep: Sweep,
    time = this.#clock.last,
  ): void {
    for (let at = from, line = firstLine; at < end; line++) {
      const newline = b.indexOf(10, at);
      const stop = lineEnd(b, at, newline);
      if (sweep.next < stop && sweep.take(at, stop, this.#passed)) sweep.scanCards(b, at, stop, line, time);
      at = newline + 1;
    }
    this.#passed.length = 0;
  }

  /** Takes over what the kernel counted. */
  #counted({ textResult: { words, doubles } }: Kernel): void {
    const count = words[RECORDS]!;
    const owned = words[OWNED]!;
    this.#counts.lines(count, doubles[EARLIEST]!, doubles[LATEST]!);
    this.#clock.repeat(doubles[LAST]!, owned, count - owned);
    this.#to.records.pass(count);
  }

  /** Adds what shapes and levels counted in the kernel. */
  #settle(kernel: Kernel): void {
    const { words, doubles } = kernel.textResult;
    if (words[TOUCHED] === 0) return;
    this.#counts.settle(kernel, words[TOUCHED]!, doubles[MINUTE]!);
    words[TOUCHED] = 0;
  }

  /** A record whose shape the kernel does not know, or of which it was not told what to do with. */
  #tell(kernel: Kernel): 'again' | 'counted' | 'new' | 'kept' {
    const { high, low } = kernel.textShape;
    const { index } = this.#source;
    const { templates, records, since, until } = this.#to;
    const key = shapeKeyOf(high, low);
    const series = templates.known(index, key);
    if (!series) return 'new';
    const tells = this.#tellsOf(series, key);
    if (tells === 'more' || (tells === 'operations' && !this.#freeText)) return 'kept';
    const { words, doubles } = kernel.textResult;
    const level = words[RECORD_LEVEL]!;
    const time = doubles[TIME]!;
    if (tells === 'nothing' && !records.keeps && time >= since && time < until && !this.#filed.has(series)) {
      const number = kernel.fileShape();
      if (number >= 0) {
        this.#filed.add(series);
        this.#counts.shapes[number] = series;
        return 'again';
      }
    }
    if (words[RECORD_EVENT]! > 0) return 'kept';
    // warn, error, critical
    const severe = level >= 5;
    if (records.wouldKeep(series.count + 1, severe)) return 'kept';
    if (tells === 'operations') {
      countWordedOperation(this.#to, { message: this.#message(), level: LEVELS[level - 1] }, time);
    }
    this.#clock.repeat(time, Number(this.#ownOffset), Number(!this.#ownOffset));
    this.#counts.record(series, level, severe, time);
    return 'counted';
  }

  /** @param key of the shape at hand; its series may be the one of all shapes that are not told apart. */
  #tellsOf(series: TemplateSeries, key: number): Tells {
    const own = isOfMany(series) ? key : series;
    let tells = this.#tells.get(own);
    if (tells === undefined) {
      const text = own === series ? series.sample.text : this.#message();
      const template = own === series ? series.template : shapeOf(text);
      const texts = [template, text];
      if (texts.some(mayTellRequest) || mayEndWithObject(template)) tells = 'more';
      else tells = this.#to.counting !== 'nothing' && texts.some(mayTellOperation) ? 'operations' : 'nothing';
      if (this.#tells.size >= MOST_SHAPES) this.#tells.clear();
      this.#tells.set(own, tells);
    }
    return tells;
  }

  /** The message at which the kernel stopped. */
  #message(): string {
    const { bytes, textResult } = this.#kernel!;
    return bytes.toString('utf8', textResult.words[MESSAGE_AT]!, textResult.words[MESSAGE_END]!);
  }

  learn(reading: Reading): boolean {
    const kernel = this.#kernel!;
    const { bytes: b } = kernel;
    const { plain, pairs, start, end, stamp, stampEnd, local } = reading;
    if (this.#speaking) {
      const { words } = kernel.textResult;
      const text = b.toString('latin1', words[RECORD_REST], words[MESSAGE_END]);
      if (plain && !this.#to.records.keeps) this.#events.learn(kernel, this.#records, text, this.#found);
      return false;
    }
    if (kernel.textResult.words[PAIRS_UNKNOWN]! > 0) return this.#learnPairs(kernel, reading);
    const known = plain || pairs;
    const sameDay = b.toString('latin1', stamp, stamp + this.#day.length) === this.#day;
    // Of lines that are read in other ways there is only the day to learn.
    if (!known && sameDay && this.#day !== '') return false;
    const clock = clockOf(b, stamp, stampEnd, local, true);
    const lead = leadOf(b, start, stamp);
    if (!clock || lead === undefined) return false;
    const first = lead === LEAD.severity ? stamp + 1 : stamp;
    const suffix = b.toString('latin1', clock.core, stampEnd);
    if (!sameDay || this.#day === '' || suffix !== this.#suffix || lead !== this.#lead) {
      if (!parseTimestamp(b, stamp, end)) return false;
      // Of other suffixes nothing is known: they may tell the halves of the day.
      const hour = WHOLE_DAY.test(suffix) ? Number(b.toString('latin1', clock.hour, clock.hour + 2)) : -1;
      const known = baseOf(this.#clock, hour);
      if (!known) return false;
      const layout = layoutOf(b.toString('latin1', stamp, stampEnd));
      this.#ownOffset = reading.ownOffset;
      this.#day = known.wholeDay ? b.toString('latin1', stamp, clock.hour) : '';
      this.#suffix = suffix;
      this.#lead = lead;
      kernel.knowTextStamp(lead, first, clock, stampEnd, reading.ownOffset, layout, known.base, known.wholeDay);
    }
    return this.#learnHead(reading, first, clock.core, end);
  }

  #learnHead(reading: Reading, stamp: number, core: number, end: number): boolean {
    const head = this.#records.head;
    const { start, stampEnd, fixed, pairs } = reading;
    const suffix = stampEnd - core;
    if (fixed || pairs || head?.awaitsMessage) this.#freeText = false;
    if (pairs) {
      // Whatever stands before the pairs, it is known for pairs by the first of them.
      const message = end - reading.envelope;
      const level = levelSeed(reading.level);
      const what = { line: start, stamp, core, end, envelope: message, message, reach: message + 1 };
      return this.#kernel!.fileHead({ ...what, level, suffix, fixed: false, pairs });
    }
    if (!reading.plain || !head) return false;
    if (head.awaitsMessage) {
      const what = { line: start, stamp, core, end, envelope: end, message: end, reach: end, level: 0, suffix };
      return this.#kernel!.fileHead({ ...what, fixed: true, pairs: false, awaits: true });
    }
    if (head.message === '') return false;
    const { bytes: b } = this.#kernel!;
    const message = end - Buffer.byteLength(head.message);
    if (message < stampEnd || b.toString('utf8', message, end) !== head.message) return false;
    const envelope = reading.envelope === 0 ? message : end - reading.envelope;
    const reach = Math.max(message + 1, end - reading.beyond);
    const level = levelSeed(head.level);
    return this.#kernel!.fileHead({
      line: start,
      stamp,
      core,
      end,
      envelope,
      message,
      reach,
      level,
      suffix,
      fixed,
      pairs,
    });
  }

  /** Tells the kernel which of the pairs of the record at hand are level and message, or what their level means. */
  #learnPairs(kernel: Kernel, { pairs }: Reading): boolean {
    const { count, level } = kernel.pairs;
    if (kernel.textResult.words[PAIRS_UNKNOWN] === UNKNOWN_WORD) {
      kernel.rememberPairLevel(levelSeed(levelOf(level)));
      return true;
    }
    const fields = this.#records.head?.fields;
    if (!pairs || !fields) return false;
    if (kernel.textResult.words[PAIRS_UNKNOWN] === UNKNOWN_LEVEL) {
      kernel.rememberPairLevel(levelSeed(levelOfText(level)));
      return true;
    }
    const [levelAt, messageAt] = pairPlaces(Object.keys(fields), count) ?? [UNPLANNED, UNPLANNED];
    kernel.rememberPairs(levelAt, messageAt);
    return true;
  }

  /** Hands on what only the lane has counted so far. */
  finish(): void {
    this.#counts.finish();
  }
}

/** Whether pairs of these names may tell of a request or an operation, which the general reader counts. */
function mayTellOfRequest(names: readonly string[]): boolean {
  const nameless: Fields = {};
  for (const name of names) nameless[name] = '';
  const bits = names.reduce((all, name) => all | (ACCESS.get(name) ?? 0), 0);
  return mayBeRequest(bits) || mayBeOperation(nameless);
}

/**
 * Which of the names of pairs are those of level and message, see `JsonShape`; 255 for none. Undefined where that is not all:
 * some are there twice, or errors are joined to the message.
 */
function pairPlaces(names: string[], count: number): [number, number] | undefined {
  if (mayTellOfRequest(names)) return undefined;
  // Names that are numbers do not keep their places.
  if (names.length !== count || names.some((name) => /^\d+$/.test(name) || name === 'type')) return undefined;
  const best: { [meaning: number]: { rank: number; at: number } } = {};
  for (const [at, name] of names.entries()) {
    const role = ROLES.get(name);
    if (!role) continue;
    if (role.meaning === MEANINGS.length) return undefined;
    if (role.rank < (best[role.meaning]?.rank ?? Number.POSITIVE_INFINITY))
      best[role.meaning] = { rank: role.rank, at };
  }
  const placeOf = (meaning: 'level' | 'message'): number => best[MEANINGS.indexOf(meaning)]?.at ?? NO_PLACE;
  return [placeOf('level'), placeOf('message')];
}

/** What the line bytes[start, stamp) has before its stamp; undefined when it is of another kind. */
function leadOf(b: Buffer, start: number, stamp: number): number | undefined {
  if (start === stamp) return 'IWEF'.includes(String.fromCharCode(b[start]!)) ? LEAD.severity : LEAD.none;
  const lead = b.toString('latin1', start, Math.min(stamp, start + 16));
  if (lead === '[') return LEAD.bracket;
  if (/^<\d{1,3}>$/.test(lead)) return LEAD.priority;
  return /^<\d{1,3}>1 $/.test(lead) ? LEAD.version : undefined;
}

/** The same for stamps of one layout: letters and digits count as such. */
function layoutOf(stamp: string): number {
  let hash = stamp.length;
  for (let i = 0; i < stamp.length && stamp[i] !== '.' && stamp[i] !== ','; i++) {
    const code = stamp.charCodeAt(i) | 32;
    const kind = code >= 97 && code <= 122 ? 1 : code >= 48 && code <= 57 ? 2 : code;
    hash = Math.imul(hash ^ kind, 16777619);
  }
  return hash & 0xffff_ffff;
}
