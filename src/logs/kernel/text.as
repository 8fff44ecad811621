// Reads text lines that begin with a time stamp: records with what follows them, counted where nothing is new.
//
// What a line's head says (host, thread, level, logger) and where its message begins is found out by the general reader,
// once for each kind of head: heads are known by a hash of their tokens in which digits count by number only. How many
// tokens settle that, the general reader says, too (`reach`). Anything else is left to it.
import {
  BLOCK,
  EVENT_BYTES,
  EVENTS,
  HITS,
  MOST_EVENTS,
  TEXT_RESULT,
  TEXT_STAMP,
  TEXT_STAMP_ROOM,
  TOKENS,
} from './layout';
import {
  beginBatch,
  earliest,
  forgetRecords,
  lastTime,
  latest,
  minute,
  NEXT_BATCH,
  owned,
  TAKEN,
  takeText,
  touched,
} from './count';
import {
  envelopeAt,
  eventByText,
  forgetEvent,
  forgetKnown,
  formByText,
  headByText,
  messageAt,
  rememberForm,
  rememberHead,
  SEEN,
  SILENT,
  UNSEEN,
} from './text-known';
import { AWAITS, fileHeadOf, FIXED, forgetAllHeads, HEAD_CAP, headOf, headTokens, PAIRS } from './text-heads';
import { forgetPairs, pairLevel, pairsEnd, pairsFrom, readAwaited, readPairs } from './text-pairs';
import { lineShape, SHAPE_LENGTH } from './texts';

const LINE_CAP: i32 = 65_536;

/** Why `text` stopped. */
const ALL_READ: i32 = 0;
/** The group is for the general reader. */
const LEFT: i32 = 1;
/** The same, and what it finds out about the head, or about the stamp, is worth knowing. */
const UNKNOWN_HEAD: i32 = 2;
/** The shape of the message, or what is done with such records, is for the host. */
const HOST: i32 = 3;
/** The record belongs to another batch. */
const OTHER_MINUTE: i32 = 4;
/** A literal that the sweep found stands in the record, and it is not known what it says. */
const NOISY: i32 = 5;
/** There is no room for another record that the host is to see. */
const FULL: i32 = 6;
/**
 * What the host reads, where asking for one number after another would take longer than the lines: words of 32 bits, then
 * 64-bit numbers. Why it stopped and where; records that were counted; shapes that counted anything, stamps that named their
 * offset; the record at which it stopped: its lines, where the next begins, what stands behind its stamp, its message from and
 * to, its level. Then its time, and of all counted the first, latest and last time and the minute.
 */
// @ts-ignore
@inline
function tell(index: i32, value: i32): void {
  store<i32>(TEXT_RESULT + index * 4, value);
}
// @ts-ignore
@inline
function tellTime(index: i32, value: f64): void {
  store<f64>(TEXT_RESULT + 48 + index * 8, value);
}
const RECORD_LINES: i32 = 5;
const RECORD_NEXT: i32 = 6;
const RECORD_REST: i32 = 7;
const MESSAGE_AT: i32 = 8;
const MESSAGE_END: i32 = 9;
const RECORD_LEVEL: i32 = 10;
/** How many records stand in EVENTS, and whether the noisy one was met before. */
const EVENT_COUNT: i32 = 11;
const MET_BEFORE: i32 = 22;
/** What is known of the literals of the record at which it stopped, see EVENTS. */
const RECORD_EVENT: i32 = 23;
/** What is not known of the pairs of the record: nothing, their names, or what their level means. */
const PAIRS_UNKNOWN: i32 = 24;

/** What is known of the stamp: what stands before it, bytes up to its hour and its seconds, what follows the fraction. */
const LEAD_NONE: i32 = 0;
const LEAD_BRACKET: i32 = 1;
const LEAD_PRIORITY: i32 = 2;
const LEAD_VERSION: i32 = 3;
const LEAD_SEVERITY: i32 = 4;
let lead: i32 = 0;
let hourAt: i32 = 0;
let secondsAt: i32 = 0;
let suffixLength: i32 = 0;
let ownOffset: i32 = 0;
let layout: u64 = 0;
/** ms UTC of the minute, or of the day; how many bytes of the stamp must be the same. */
let base: f64 = NaN;
let compared: i32 = 0;

const SUFFIX: i32 = TEXT_STAMP + TEXT_STAMP_ROOM;

/** Forgets everything learned; for another source. */
export function resetText(): void {
  forgetAllHeads();
  forgetPairs();
  secondsAt = 0;
  forgetRecords();
  forgetKnown();
}

/**
 * Makes a stamp known: `from` is its first byte, `hour` and `seconds` are where these stand in it, both of two digits.
 * @param suffix where its offset, half of the day or the like stands behind the fraction. @param ms UTC of its
 * minute, or of its day where that is `wholeDay` the same from the first to the last.
 */
export function knowTextStamp(
  leadKind: i32,
  from: i32,
  hour: i32,
  seconds: i32,
  suffix: i32,
  length: i32,
  own: i32,
  kind: i32,
  ms: f64,
  wholeDay: i32,
): void {
  lead = leadKind;
  hourAt = hour;
  secondsAt = seconds;
  suffixLength = length;
  ownOffset = own;
  layout = (<u64>kind << 8) | <u64>leadKind;
  base = ms;
  compared = wholeDay != 0 ? hour : seconds;
  memory.copy(TEXT_STAMP, from + BLOCK, seconds);
  memory.copy(SUFFIX, suffix + BLOCK, length);
}

// @ts-ignore
@inline
function digit(at: i32): bool {
  return <u32>load<u8>(at) - 48 < 10;
}

// @ts-ignore
@inline
function two(at: i32): i32 {
  const tens = <u32>load<u8>(at) - 48;
  const ones = <u32>load<u8>(at, 1) - 48;
  return tens < 10 && ones < 10 ? <i32>(tens * 10 + ones) : 99;
}

/** The hour of a clock, of which a blank may be the first digit. */
// @ts-ignore
@inline
function hourOf(at: i32): i32 {
  return load<u8>(at) == 32 && digit(at + 1) ? <i32>load<u8>(at, 1) - 48 : two(at);
}

function same(at: i32, known: i32, length: i32): bool {
  let i = 0;
  for (; i + 8 <= length; i += 8) if (load<u64>(at + i) != load<u64>(known + i)) return false;
  for (; i < length; i++) if (load<u8>(at + i) != load<u8>(known + i)) return false;
  return true;
}

/** First byte of the stamp of the line at `at` where what stands before it is as known, else 0. */
function stampOf(at: i32): i32 {
  const first = <u32>load<u8>(at);
  if (lead == LEAD_NONE) return at;
  if (lead == LEAD_BRACKET) return first == 91 ? at + 1 : 0;
  // klog's letter is part of its stamp.
  if (lead == LEAD_SEVERITY) return first == 73 || first == 87 || first == 69 || first == 70 ? at + 1 : 0;
  if (first != 60) return 0;
  let close = at + 1;
  while (digit(close) && close < at + 4) close++;
  if (close == at + 1 || load<u8>(close) != 62) return 0;
  if (lead == LEAD_PRIORITY) return close + 1;
  return load<u16>(close + 1) == 0x2031 ? close + 3 : 0;
}

/** Whether a record begins at `at` for sure: a stamp of the known day and layout. */
function begins(at: i32): bool {
  if (secondsAt == 0) return false;
  const stamp = stampOf(at);
  if (stamp == 0 || !same(stamp, TEXT_STAMP, hourAt)) return false;
  return (
    hourOf(stamp + hourAt) <= 23 &&
    load<u8>(stamp + hourAt, 2) == 58 &&
    two(stamp + hourAt + 3) <= 59 &&
    load<u8>(stamp + hourAt, 5) == 58 &&
    two(stamp + hourAt + 6) <= 59
  );
}

/** Whether a line is for sure none that begins with a stamp, in whatever layout; see `parseTimestamp` and what calls it. */
function continues(at: i32): bool {
  const first = <u32>load<u8>(at);
  const second = <u32>load<u8>(at, 1);
  // Ruby's `E, [`.
  if (second == 44) return false;
  if (first == 32 || first == 9 || first == 10) return true;
  if (first == 13) return second == 10;
  if (first == 0 || first == 60 || first == 91 || first - 48 < 10) return false;
  if (first == 35) return second != 35;
  const letter = (first | 32) - 97 < 26;
  if (!letter && first < 0xc2) return true;
  if (second - 48 < 10) return false;
  // Names of days and months; levels in capitals before a stamp.
  const fourth = <u32>load<u8>(at, 3);
  if (fourth == 32 || fourth == 44) return false;
  if (first - 65 < 26 && second - 65 < 26 && <u32>load<u8>(at, 2) - 65 < 26 && fourth - 65 < 26) {
    let stamp = at + 4;
    while (<u32>load<u8>(stamp) - 65 < 26) stamp++;
    if (load<u8>(stamp) == 58) stamp++;
    while (load<u8>(stamp) == 32 || load<u8>(stamp) == 9) stamp++;
    if (digit(stamp) || load<u8>(stamp) == 91) return false;
  }
  // A month in another language is a word before a number.
  let word = at + 1;
  while (word < at + 40) {
    const byte = <u32>load<u8>(word);
    if (byte == 10) return true;
    if (byte == 32 || byte - 48 < 10) return byte != 32 || !digit(word + 1);
    word++;
  }
  return true;
}

/** First byte of the line that is neither printable ASCII nor its end, and whether a protocol is named. */
let oddAt: i32 = 0;
let named: bool = false;

/** @returns index of the line feed. */
function endOf(from: i32): i32 {
  named = false;
  oddAt = 0x7fffffff;
  for (let at = from; true; at += 16) {
    const v = v128.load(at);
    const feeds = i8x16.bitmask(i8x16.eq(v, i8x16.splat(10)));
    const inside = feeds == 0 ? 0xffff : (1 << ctz(feeds)) - 1;
    const odd = i8x16.bitmask(v128.or(i8x16.lt_s(v, i8x16.splat(32)), i8x16.eq(v, i8x16.splat(127)))) & inside;
    if (odd != 0 && oddAt == 0x7fffffff) oddAt = at + ctz(odd);
    // HTTP/
    const slashes =
      i8x16.bitmask(v128.and(i8x16.eq(v, i8x16.splat(47)), i8x16.eq(v128.load(at - 1), i8x16.splat(80)))) & inside;
    if (slashes != 0) named = true;
    if (feeds != 0) return at + ctz(feeds);
  }
  return 0;
}

/** Whether an access line may stand there: `HTTP/1.1" 200 `. */
function mayHoldRequest(from: i32, end: i32): bool {
  for (let at = from + 4; at < end - 6; at++) {
    if (load<u8>(at) != 47 || load<u32>(at - 4) != 0x50545448 || !digit(at + 1)) continue;
    let quote = at + 2;
    while (quote < at + 7 && load<u8>(quote) != 34) quote++;
    if (load<u16>(quote) == 0x2022 && digit(quote + 2) && digit(quote + 3) && digit(quote + 4)) return true;
  }
  return false;
}

/** Whether HAProxy's `address [date] front back/server` may begin there; see `mayBeHaproxyTraffic`. */
function mayBeTraffic(from: i32, end: i32): bool {
  // Places are characters there.
  const last = min(end - 2, from + (oddAt < end ? 200 : 66));
  for (let at = from; at < last; at += 16) {
    const blanks = i8x16.eq(v128.load(at), i8x16.splat(32));
    const found = i8x16.bitmask(v128.and(blanks, i8x16.eq(v128.load(at, 1), i8x16.splat(91))));
    if (found == 0) continue;
    const blank = at + ctz(found);
    return blank < last && blank - from > 2 && digit(blank + 2);
  }
  return false;
}

/** Whether an nginx error or another stamp with slashes may begin there. */
function mayBeWrapped(from: i32): bool {
  let at = from;
  while (load<u8>(at) == 32 || load<u8>(at) == 9) at++;
  return digit(at) && digit(at + 1) && digit(at + 2) && digit(at + 3) && load<u8>(at, 4) == 47;
}

/** Files a head, see `fileHeadOf`. */
export function fileHead(
  line: i32,
  stamp: i32,
  core: i32,
  end: i32,
  envelopeFrom: i32,
  messageFrom: i32,
  reach: i32,
  level: i32,
  suffix: i32,
  bits: i32,
): bool {
  return fileHeadOf(leadOf(line + BLOCK, stamp + BLOCK), layout, core, end, envelopeFrom, messageFrom, reach, level, suffix, bits);
}

/** What `head` found: its entry, where the message and what may be a line of another kind begin. */
let entry: i32 = 0;
let message: i32 = 0;
let envelope: i32 = 0;

/** What the bytes before the stamp of the line say: of a priority only its severity counts. */
function leadOf(line: i32, stamp: i32): u64 {
  const length = stamp - line;
  if (length == 0) return 0;
  if (load<u8>(line) != 60) return load<u64>(line) & (~<u64>0 >> <u64>(64 - length * 8));
  let priority: u64 = 0;
  for (let at = line + 1; digit(at); at++) priority = priority * 10 + <u64>(load<u8>(at) - 48);
  return (priority & 7) | 0x100;
}

/** Finds out about the head that begins at `at`, behind the stamp's fraction. @returns whether it is known. */
function head(line: i32, stamp: i32, at: i32, end: i32): bool {
  const lead = leadOf(line, stamp);
  entry = headByText(lead, layout, at, end);
  if (entry != 0) {
    message = messageAt;
    envelope = envelopeAt;
    return true;
  }
  entry = headOf(lead, layout, at, end);
  if (entry == 0) return false;
  message = load<i32>(TOKENS + (load<i32>(entry, 8) & 255) * 4);
  const place = load<u32>(entry, 12);
  envelope = load<i32>(TOKENS + <i32>(place & 255) * 4) - <i32>((place >> 8) & 255);
  rememberHead(lead, layout, at, end, headTokens, entry, message, envelope);
  return true;
}

/** The next of HITS; its place, doubled twice, with what it is in the last two bits. */
let hit: i32 = 0;
let hitsEnd: i32 = 0;
/** A literal of whose record nothing is known by the text without digits; what may be a card number. */
const SENSITIVE: i32 = 1;
const CARD: i32 = 2;

/** What of the record at hand the host is to see. */
let event: i32 = 0;
let events: i32 = 0;
let restAt: i32 = BLOCK;
let mayHoldCard: bool = false;

/** Looks through the hits up to `next`. @param silent literals before it say nothing. @returns whether there are others. */
function holdsLiteral(line: i32, next: i32, silent: i32): bool {
  let noisy = false;
  let sensitive = false;
  mayHoldCard = false;
  for (let at = hit; true; at += 4) {
    const found = load<i32>(at);
    const place = found >> 2;
    if (place >= next) break;
    if (place < line) hit = at + 4;
    else if ((found & 3) == CARD) mayHoldCard = true;
    else if (place >= silent) {
      noisy = true;
      if ((found & 3) == SENSITIVE) sensitive = true;
    }
  }
  if (sensitive) event = -1;
  return noisy;
}

/**
 * Finds out what the record bytes[line, end) holds, and counts it unless nothing is known of its literals.
 * @param next line that is not its own. @param before lines counted before it. @returns ALL_READ when it was counted.
 */
function record(line: i32, end: i32, next: i32, silent: i32, lines: i32, before: i32): i32 {
  tell(PAIRS_UNKNOWN, 0);
  const stamp = stampOf(line);
  const clock = stamp + secondsAt;
  if (!same(stamp, TEXT_STAMP, compared)) return UNKNOWN_HEAD;
  const seconds = two(clock);
  if (seconds > 59) return LEFT;
  let ms: i32 = seconds * 1000;
  // `begins` has seen hours and minutes.
  if (compared == hourAt) ms += (hourOf(stamp + hourAt) * 60 + two(stamp + hourAt + 3)) * 60_000;
  let at = clock + 2;
  const point = load<u8>(at);
  if ((point == 46 || point == 44 || point == 58) && digit(at + 1)) {
    const fraction = ++at;
    let scale = 100;
    for (; digit(at); at++) {
      ms += (<i32>load<u8>(at) - 48) * scale;
      scale /= 10;
    }
    // Such a fraction is rounded up.
    if (at - fraction >= 9 && load<u32>(fraction, 3) == 0x39393939 && load<u16>(fraction, 7) == 0x3939) return LEFT;
  }
  if (at >= end) return LEFT;
  if (!head(line, stamp, at, end)) return UNKNOWN_HEAD;
  const known = load<u32>(entry, 8);
  const suffix = <i32>((known >> 16) & 255);
  if (suffix != suffixLength || !same(at, SUFFIX, suffix)) return UNKNOWN_HEAD;
  if (suffix == 0) {
    // An offset is one by the value of its digits, which heads do not tell.
    const sign = load<u8>(at) == 32 ? at + 1 : at;
    if ((load<u8>(sign) == 43 || load<u8>(sign) == 45) && digit(sign + 1)) return LEFT;
  }
  const awaits = ((known >> 24) & AWAITS) != 0;
  if (!awaits && (message - at > HEAD_CAP || message >= end)) return LEFT;
  const first = load<u8>(message);
  if (!awaits && first == 91) return LEFT;
  if (((known >> 24) & FIXED) == 0) {
    if (first == 123 || load<u8>(envelope) == 123) return LEFT;
    if (mayBeTraffic(envelope, end) || mayBeWrapped(envelope)) return LEFT;
    if (named && mayHoldRequest(envelope, end)) return LEFT;
  }
  event = 0;
  if (load<i32>(hit) >> 2 < next && holdsLiteral(line, next, silent)) {
    restAt = at + suffix + (lead == LEAD_BRACKET && load<u8>(at + suffix) == 93 ? 1 : 0);
    // What is known by the text without digits, is known of records of one line.
    const lookUp = event == 0 && lines == 1 && oddAt >= end;
    const told = lookUp ? eventByText(restAt, end) : UNSEEN;
    if (told <= SEEN) {
      if (!lookUp) forgetEvent();
      tell(RECORD_REST, restAt - BLOCK);
      tell(MESSAGE_END, end - BLOCK);
      tell(MET_BEFORE, told);
      return NOISY;
    }
    event = told == SILENT ? 0 : told;
  }
  tell(RECORD_EVENT, event);
  let level = <i32>((known >> 8) & 255);
  let from = message;
  let to = end;
  if (((known >> 24) & PAIRS) != 0) {
    const unknown = oddAt < end ? -1 : readPairs(message, end);
    if (unknown < 0) return LEFT;
    tell(PAIRS_UNKNOWN, unknown);
    if (unknown > 0) return UNKNOWN_HEAD;
    if (pairLevel > 0) level = pairLevel;
    from = pairsFrom;
    to = pairsEnd;
  } else if (awaits) {
    if (lines < 2) return LEFT;
    from = end + (load<u8>(end) == 13 ? 2 : 1);
    const feed = endOf(from);
    const unknown = readAwaited(from, feed > from && load<u8>(feed - 1) == 13 ? feed - 1 : feed);
    if (unknown < 0) return LEFT;
    tell(PAIRS_UNKNOWN, unknown);
    if (unknown > 0) return UNKNOWN_HEAD;
    level = pairLevel;
    from = pairsFrom;
    to = pairsEnd;
    if (from >= to) return LEFT;
  }
  const time = base + <f64>ms;
  tell(MESSAGE_AT, from - BLOCK);
  tell(MESSAGE_END, to - BLOCK);
  tell(RECORD_LEVEL, level);
  tellTime(0, time);
  // What the shape looks at.
  const shaped = min(to, from + SHAPE_LENGTH);
  const plain = oddAt >= shaped;
  let form = plain ? formByText(from, shaped, level) : -1;
  if (form < 0) {
    form = lineShape(from, to, level, plain);
    if (form == -2) return LEFT;
    if (form == -1) return HOST;
    if (plain) rememberForm(form);
  }
  if ((event > 0 || mayHoldCard) && events == MOST_EVENTS) return FULL;
  const taken = takeText(form, level, time, ownOffset);
  if (taken != TAKEN) return taken == NEXT_BATCH ? OTHER_MINUTE : HOST;
  if (event > 0 || mayHoldCard) {
    const out = EVENTS + events++ * EVENT_BYTES;
    store<i32>(out, line - BLOCK);
    store<i32>(out, next - BLOCK, 4);
    store<i32>(out, event, 8);
    store<i32>(out, mayHoldCard ? 1 : 0, 12);
    store<i32>(out, from - BLOCK, 16);
    store<i32>(out, end - BLOCK, 20);
    store<i32>(out, restAt - BLOCK, 24);
    store<i32>(out, before, 28);
    store<f64>(out, time, 32);
    mayHoldCard = false;
  }
  return ALL_READ;
}

/**
 * Of each record in EVENTS: where it begins, where the next line does, what is known of it (a number of the host's or 0), whether
 * it may hold a card number; where its message begins and ends, what stands behind its stamp begins; lines counted before it,
 * its time.
 */

/** The host has put what the sweep found in another block into HITS, of which there was room up to `limit`. */
export function beginHits(limit: i32): void {
  hit = HITS;
  hitsEnd = limit + BLOCK;
}

/**
 * Counts records from `from` on, until one is met that is not to be counted. @param quiet literals before it say nothing.
 * @returns how many lines; what else there is to say stands in TEXT_RESULT, and in EVENTS what the host is to see of them.
 */
export function text(from: i32, end: i32, quiet: i32): i32 {
  const stop = BLOCK + end;
  const silent = quiet + BLOCK;
  events = 0;
  mayHoldCard = false;
  let at = BLOCK + from;
  let lines = 0;
  let records = 0;
  let verdict = ALL_READ;
  beginBatch();
  let known = begins(at);
  while (at < stop) {
    const feed = endOf(at);
    const close = feed > at && load<u8>(feed - 1) == 13 ? feed - 1 : feed;
    if (oddAt >= close) oddAt = 0x7fffffff;
    let next = feed + 1;
    let more = 1;
    let nextKnown = next < stop && begins(next);
    while (!nextKnown && next < stop && continues(next)) {
      while (load<u8>(next) != 10) next++;
      next++;
      more++;
      nextKnown = next < stop && begins(next);
    }
    if (!known) verdict = continues(at) ? LEFT : UNKNOWN_HEAD;
    // A record that may go on behind the block, or in a line of another kind, is not over.
    else if (!nextKnown || feed - at > LINE_CAP || next > hitsEnd) verdict = LEFT;
    else verdict = record(at, close, next, silent, more, lines);
    if (verdict != ALL_READ) {
      tell(RECORD_LINES, more);
      tell(RECORD_NEXT, next - BLOCK);
      break;
    }
    records++;
    lines += more;
    at = next;
    known = nextKnown;
  }
  tell(0, verdict);
  tell(1, at - BLOCK);
  tell(2, records);
  tell(3, touched);
  tell(4, owned);
  tell(EVENT_COUNT, events);
  tellTime(1, earliest);
  tellTime(2, latest);
  tellTime(3, lastTime);
  tellTime(4, minute);
  return lines;
}
