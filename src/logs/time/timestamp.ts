/** Reads the time stamps of log lines straight from bytes. One shared result object keeps the hot path free of allocation. */

import { englishMonth, halfDayMarker, MONTHS, OTHER_MONTHS } from './date-words.ts';
import { ABBREVIATIONS } from './zone-names.ts';

/** What the last successful `parseTimestamp` read. */
export const stamp = {
  /** ms as if the wall clock were UTC; for epoch stamps ms UTC. */
  local: 0,
  /** Minutes east of UTC; NaN when the stamp names no offset. */
  offset: Number.NaN,
  /** IANA zone named in the stamp, as PHP does; '' when none. */
  zoneName: '',
  /** The stamp has no year (RFC 3164, klog). `local` then holds the time in year 2000. */
  yearless: false,
  /** The stamp is a time of day only. `local` is ms since midnight. */
  dateless: false,
  /** `local` where the day was named first, in dates with slashes that may be read both ways; else NaN. */
  dayFirst: Number.NaN,
  /** Index after the stamp and its zone. */
  next: 0,
};

const digit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;
const letter = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122));

/** May begin a word in capitals, of other scripts too. */
const upperCase = (byte: number): boolean => (byte >= 65 && byte <= 90) || byte >= 0xc3;

let cursor = 0;

/** Reads up to `most` digits at the cursor; -1 when there is none. */
function number(b: Buffer, end: number, most: number): number {
  let value = -1;
  const stop = Math.min(end, cursor + most);
  while (cursor < stop) {
    const byte = b[cursor]!;
    if (byte < 48 || byte > 57) break;
    value = (value < 0 ? 0 : value * 10) + byte - 48;
    cursor++;
  }
  return value;
}

/** `HH:MM[:SS[.fraction]]` at the cursor as ms; -1 when it is none. Seconds may be missing only if `shortAllowed`. */
function timeOfDay(b: Buffer, end: number, shortAllowed: boolean): number {
  const hour = number(b, end, 2);
  if (hour < 0 || hour > 24 || b[cursor] !== 58 || cursor >= end) return -1;
  cursor++;
  const minute = number(b, end, 2);
  if (minute < 0 || minute > 59) return -1;
  let ms = (hour * 60 + minute) * 60_000;
  if (b[cursor] !== 58 || cursor >= end || !digit(b[cursor + 1])) return shortAllowed ? ms : -1;
  cursor++;
  const second = number(b, end, 2);
  if (second < 0 || second > 60) return -1;
  ms += second * 1000;
  if (cursor + 1 < end && (b[cursor] === 46 || b[cursor] === 44 || b[cursor] === 58) && digit(b[cursor + 1])) {
    cursor++;
    let scale = 100;
    while (cursor < end && digit(b[cursor])) {
      ms += (b[cursor]! - 48) * scale;
      scale /= 10;
      cursor++;
    }
    ms = Math.floor(ms + 1e-6);
  }
  return ms;
}

const startsWith = (b: Buffer, at: number, end: number, text: string): boolean => {
  if (at + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (b[at + i] !== text.charCodeAt(i)) return false;
  return true;
};

const HALF_DAYS: { text: Buffer; noon: boolean }[] = [
  ['AM', false],
  ['PM', true],
  ['am', false],
  ['pm', true],
  ['a.m.', false],
  ['p.m.', true],
  ['a. m.', false],
  ['p. m.', true],
  ['上午', false],
  ['下午', true],
  ['午前', false],
  ['午後', true],
  ['오전', false],
  ['오후', true],
  ['vorm.', false],
  ['nachm.', true],
].map(([text, noon]) => ({ text: Buffer.from(text as string), noon: noon as boolean }));

/** Whether a half-day marker can begin at `at`; keeps the native comparisons off the usual path. */
function mayBeHalfDay(b: Buffer, at: number): boolean {
  const byte = b[at]!;
  if (byte === 65 || byte === 80 || byte === 97 || byte === 112) {
    const next = b[at + 1]! | 32;
    return next === 109 || next === 46;
  }
  return byte === 0xe4 || byte === 0xe5 || byte === 0xec || byte === 118 || byte === 110;
}

const HOUR = 3_600_000;

/** Index after a space; Java 20 and later put one that does not break (U+202F) before the marker. */
function afterSpace(b: Buffer, at: number): number {
  if (b[at] === 32) return at + 1;
  if (b[at] === 0xe2 && b[at + 1] === 0x80 && b[at + 2] === 0xaf) return at + 3;
  return b[at] === 0xc2 && b[at + 1] === 0xa0 ? at + 2 : at;
}

/** Reads ` AM`, ` 下午` and so on and returns the corrected time of day. */
function halfDay(b: Buffer, end: number, ms: number): number {
  const at = afterSpace(b, cursor);
  if (at >= end || !mayBeHalfDay(b, at)) return ms;
  for (const { text, noon } of HALF_DAYS) {
    if (at + text.length > end || b.compare(text, 0, text.length, at, at + text.length) !== 0) continue;
    if (letter(b[at + text.length])) continue;
    return inHalf(ms, noon, at + text.length);
  }
  return ms;
}

/** The time of day with the half, where one stood at `after`. */
function inHalf(ms: number, noon: boolean, after: number): number {
  cursor = after;
  const hour = Math.floor(ms / HOUR);
  if (noon && hour < 12) return ms + 12 * HOUR;
  return !noon && hour === 12 ? ms - 12 * HOUR : ms;
}

/** The same, and for ` P. M.`, ` ODP.` and so on, in whole dates. @param english the month was one of the English words. */
function halfDayOfLanguage(b: Buffer, end: number, ms: number, english: boolean): number {
  const from = cursor;
  const time = halfDay(b, end, ms);
  if (cursor !== from || ms < 0 || ms >= 13 * HOUR) return time;
  const at = afterSpace(b, from);
  if (at === from || at >= end || !upperCase(b[at]!)) return ms;
  const marker = halfDayMarker(b, at, end);
  // Two letters after an English month may as well begin the message.
  return marker && !(english && marker.next === at + 2) ? inHalf(ms, marker.noon, marker.next) : ms;
}

/** Reads `Z`, `+08:00`, ` +0800`, `+08`, ` UTC`, ` CET` or ` Asia/Shanghai` at the cursor into `stamp`. */
function zone(b: Buffer, end: number): void {
  stamp.offset = Number.NaN;
  stamp.zoneName = '';
  let at = cursor;
  if (at >= end) return;
  const spaced = b[at] === 32;
  if (spaced) at++;
  const byte = b[at];
  if (at >= end) return;
  if (byte === 43 || byte === 45) {
    cursor = at + 1;
    const hours = number(b, end, 2);
    const twoDigits = cursor === at + 3;
    let minutes = 0;
    let full = false;
    if (twoDigits && b[cursor] === 58 && digit(b[cursor + 1])) {
      cursor++;
      minutes = number(b, end, 2);
      full = true;
    } else if (twoDigits && digit(b[cursor]) && digit(b[cursor + 1])) {
      minutes = number(b, end, 2);
      full = true;
    }
    // "+08" alone only directly after the time; after a space it might be part of the message.
    if (twoDigits && hours <= 14 && minutes < 60 && (full || !spaced) && !digit(b[cursor])) {
      stamp.offset = (byte === 45 ? -1 : 1) * (hours * 60 + minutes);
      return;
    }
    cursor = spaced ? at - 1 : at;
    return;
  }
  if (byte === 90 && !letter(b[at + 1]) && !spaced) {
    stamp.offset = 0;
    cursor = at + 1;
    return;
  }
  if ((startsWith(b, at, end, 'UTC') || startsWith(b, at, end, 'GMT')) && !letter(b[at + 3])) {
    stamp.offset = 0;
    cursor = at + 3;
    return;
  }
  if (spaced && byte! >= 65 && byte! <= 90) {
    let to = at;
    let slash = false;
    while (
      to < end &&
      to - at < 40 &&
      (letter(b[to]) || b[to] === 47 || b[to] === 95 || b[to] === 45 || b[to] === 43 || digit(b[to]))
    ) {
      if (b[to] === 47) slash = true;
      to++;
    }
    // PHP names the zone: [19-Apr-2025 10:00:11 Asia/Shanghai]
    if (slash && b[to] === 93) {
      stamp.zoneName = b.toString('latin1', at, to);
      cursor = to;
    } else if (to - at >= 3 && to - at <= 4) {
      // All of them end in T, K or Z, which few words of logs do.
      const last = b[to - 1]!;
      const offset =
        last === 84 || last === 75 || last === 90 ? ABBREVIATIONS[b.toString('latin1', at, to)] : undefined;
      if (offset !== undefined) {
        stamp.offset = offset;
        cursor = to;
      }
    }
  }
}

function accept(year: number, month: number, day: number, ms: number, b: Buffer, end: number): boolean {
  if (month < 0 || month > 11 || day < 1 || day > 31 || ms < 0) return false;
  stamp.local = Date.UTC(year, month, day) + ms;
  zone(b, end);
  stamp.next = cursor;
  return true;
}

const fullYear = (year: number): number => (year < 70 ? 2000 + year : year < 100 ? 1900 + year : year);

/** `.012` at the cursor as ms. */
function fraction(b: Buffer, end: number): number {
  cursor++;
  let ms = 0;
  for (let scale = 100; cursor < end && digit(b[cursor]); scale /= 10) ms += (b[cursor++]! - 48) * scale;
  return Math.floor(ms + 1e-6);
}

/** ` INFO namenode.NameNode: `: the layout of Hadoop and Spark, which write the year first, in two digits. */
const isHadoop = (b: Buffer, at: number, end: number): boolean =>
  b[at] === 32 &&
  /^ (?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) [\w.$]{1,120}: /.test(b.toString('latin1', at, Math.min(end, at + 140)));

/** Stamps that begin with a digit. */
function numericStamp(b: Buffer, start: number, end: number): boolean {
  cursor = start;
  const leading = number(b, end, 20);
  const digits = cursor - start;
  const after = cursor < end ? b[cursor]! : 0;
  if (digits === 4 && (after === 45 || after === 47 || after === 46) && leading >= 1970 && leading < 2200) {
    cursor++;
    const month = number(b, end, 2);
    if (b[cursor] !== after) return false;
    cursor++;
    const day = number(b, end, 2);
    const separator = b[cursor]!;
    if (
      cursor >= end ||
      !(
        separator === 84 ||
        separator === 32 ||
        separator === 95 ||
        separator === 58 ||
        separator === 116 ||
        separator === 45
      )
    )
      return false;
    cursor++;
    while (b[cursor] === 32 && cursor < end) cursor++;
    const ms = timeOfDay(b, end, true);
    return accept(leading, month - 1, day, halfDay(b, end, ms), b, end);
  }
  if (digits === 4 && after === 0xe5) return chineseDate(b, end, leading);
  if (digits === 14 || (digits === 17 && leading > 1.9e16)) {
    cursor = start;
    const year = number(b, end, 4);
    const month = number(b, end, 2);
    const day = number(b, end, 2);
    const hour = number(b, end, 2);
    const minute = number(b, end, 2);
    const second = number(b, end, 2);
    const fraction = digits === 17 ? number(b, end, 3) : 0;
    if (year < 1990 || year > 2199 || hour > 23 || minute > 59 || second > 60) return false;
    return accept(year, month - 1, day, ((hour * 60 + minute) * 60 + second) * 1000 + fraction, b, end);
  }
  if (
    digits === 8 &&
    leading > 19_900_101 &&
    leading < 21_991_232 &&
    (after === 32 || after === 84 || after === 45 || after === 58)
  ) {
    cursor++;
    const from = cursor;
    let ms = timeOfDay(b, end, false);
    if (ms < 0) {
      cursor = from;
      const clock = number(b, end, 6);
      if (cursor - from !== 6) return false;
      ms = ((Math.floor(clock / 10_000) * 60 + (Math.floor(clock / 100) % 100)) * 60 + (clock % 100)) * 1000;
      if (b[cursor] === 46 && digit(b[cursor + 1])) ms += fraction(b, end);
    } else if (after === 58) return false;
    return accept(Math.floor(leading / 10_000), (Math.floor(leading / 100) % 100) - 1, leading % 100, ms, b, end);
  }
  if (
    (digits === 10 || digits === 13) &&
    (after === 32 || after === 46 || after === 9 || after === 124 || after === 44 || after === 59 || after === 93)
  ) {
    const seconds = digits === 10 ? leading : leading / 1000;
    if (seconds < 1e9 || seconds > 4e9) return false;
    stamp.local = seconds * 1000;
    if (after === 46) {
      cursor++;
      let scale = 100;
      while (cursor < end && digit(b[cursor])) {
        stamp.local += (b[cursor]! - 48) * scale;
        scale /= 10;
        cursor++;
      }
      stamp.local = Math.floor(stamp.local + 1e-6);
    }
    stamp.offset = 0;
    stamp.zoneName = '';
    stamp.next = cursor;
    return true;
  }
  // 261120 13:11:41 (Tornado, MySQL before 5.7)
  if (digits === 6 && after === 32 && b[cursor + 3] === 58) {
    cursor++;
    while (b[cursor] === 32 && cursor < end) cursor++;
    const ms = timeOfDay(b, end, false);
    return accept(
      2000 + Math.floor(leading / 10_000),
      (Math.floor(leading / 100) % 100) - 1,
      leading % 100,
      ms,
      b,
      end,
    );
  }
  if (digits > 2 || digits === 0) return false;
  if (after === 58) {
    cursor = start;
    const ms = timeOfDay(b, end, false);
    if (ms < 0) return false;
    stamp.dateless = true;
    stamp.local = halfDay(b, end, ms);
    zone(b, end);
    stamp.next = cursor;
    return true;
  }
  // 3月 22, 2024 4:39:01 下午; 3월 22, 2024 4:39:01 오후
  if (after === 0xe6 || after === 0xec) {
    if (!MONTH_WORDS.some((word) => at(b, end, word))) return false;
    cursor += 3;
    return monthFirst(b, end, leading - 1);
  }
  if (after === 45 || after === 47 || after === 32 || after === 46) {
    cursor++;
    let month: number;
    let day = leading;
    if (digit(b[cursor])) {
      if (after === 32) return false;
      const second = number(b, end, 2);
      // Day first unless only the American order makes sense; the slash form is American by default.
      if (after === 47 && leading <= 12) {
        month = leading - 1;
        day = second;
      } else month = second - 1;
      // Android's logcat: 09-14 10:14:00.123
      if (after === 45 && b[cursor] === 32 && digits === 2) return monthAndDay(b, end, leading - 1, second);
      if (b[cursor] !== after) return false;
    } else {
      month = englishMonth(b, cursor);
      if (month < 0) return false;
      cursor += 3;
      while (letter(b[cursor]) && cursor < end) cursor++;
      if (b[cursor] !== after && b[cursor] !== 32) return false;
    }
    cursor++;
    const yearAt = cursor;
    const year = number(b, end, 4);
    if (year < 0) return false;
    const shortYear = cursor - yearAt === 2;
    if (b[cursor] === 44) cursor++;
    // Suricata joins date and time by a dash.
    if (!(b[cursor] === 58 || b[cursor] === 32 || b[cursor] === 84 || (b[cursor] === 45 && !shortYear))) return false;
    cursor++;
    const ms = timeOfDay(b, end, true);
    if (shortYear && after === 47 && leading > 12 && isHadoop(b, cursor, end))
      return accept(fullYear(leading), month, year, ms, b, end);
    if (!accept(fullYear(year), month, day, halfDay(b, end, ms), b, end)) return false;
    // Which it is, the file tells as a whole (date-order.ts).
    if (after === 47 && month < 12 && day <= 12 && leading === month + 1)
      stamp.dayFirst = stamp.local + Date.UTC(2000, day - 1, leading) - Date.UTC(2000, month, day);
    return true;
  }
  return false;
}

/** ` 10:14:00.123` behind month and day in two digits each. */
function monthAndDay(b: Buffer, end: number, month: number, day: number): boolean {
  cursor++;
  const ms = timeOfDay(b, end, false);
  if (!accept(2000, month, day, ms, b, end)) return false;
  stamp.yearless = true;
  return true;
}

/** The words of a date in Chinese and Japanese, and of a time of day where that is written so, too. */
const DATE_WORDS = ['年', '月', '日'].map((word) => Buffer.from(word));
const MONTH_WORDS = ['月', '월'].map((word) => Buffer.from(word));
const CLOCK_WORDS = [
  ['时', '時'],
  ['分', '分'],
  ['秒', '秒'],
].map((words) => words.map((word) => Buffer.from(word)));
const at = (b: Buffer, end: number, word: Buffer): boolean =>
  cursor + word.length <= end && b.compare(word, 0, word.length, cursor, cursor + word.length) === 0;

/** `2026年09月14日 10:14:00`, `2026年9月14日10时14分00秒`; the cursor stands behind the year. */
function chineseDate(b: Buffer, end: number, year: number): boolean {
  const date = [0, 0];
  for (const [i, word] of DATE_WORDS.entries()) {
    if (!at(b, end, word)) return false;
    cursor += word.length;
    if (i < 2) date[i] = number(b, end, 2);
  }
  while (b[cursor] === 32 && cursor < end) cursor++;
  const from = cursor;
  let ms = timeOfDay(b, end, true);
  if (ms < 0) {
    cursor = from;
    ms = 0;
    for (const [i, words] of CLOCK_WORDS.entries()) {
      const value = number(b, end, 2);
      const word = words.find((known) => at(b, end, known));
      // Seconds may be missing.
      if (value < 0 || word === undefined) {
        if (i < 2) return false;
        break;
      }
      cursor += word.length;
      ms += value * [3_600_000, 60_000, 1000][i]!;
    }
  }
  return year >= 1970 && year < 2200 && accept(year, date[0]! - 1, date[1]!, ms, b, end);
}

/** After a month name: ` 19, 2025 5:47:07 AM`, ` 12 12:19:11`, ` 7 2026 09:04:52`, ` 05 04:33:00.123456 2025`. */
function monthFirst(b: Buffer, end: number, month: number, english = true): boolean {
  while (b[cursor] === 32 && cursor < end) cursor++;
  const day = number(b, end, 2);
  if (day < 1) return false;
  if (b[cursor] === 44) cursor++;
  if (b[cursor] !== 32) return false;
  while (b[cursor] === 32 && cursor < end) cursor++;
  const from = cursor;
  const year = number(b, end, 4);
  if (cursor - from === 4 && (b[cursor] === 32 || b[cursor] === 44)) {
    // Kibana writes "Sep 12, 2026 @ 08:54:04.123".
    while ((b[cursor] === 32 || b[cursor] === 44 || b[cursor] === 64) && cursor < end) cursor++;
    const ms = timeOfDay(b, end, true);
    return accept(year, month, day, halfDayOfLanguage(b, end, ms, english), b, end);
  }
  cursor = from;
  const ms = timeOfDay(b, end, false);
  if (ms < 0) return false;
  const afterTime = cursor;
  if (b[cursor] === 32 && digit(b[cursor + 1])) {
    cursor++;
    const trailing = number(b, end, 4);
    if (trailing >= 1970 && trailing < 2200 && cursor === afterTime + 5 && !digit(b[cursor]))
      return accept(trailing, month, day, ms, b, end);
    cursor = afterTime;
  }
  if (!accept(2000, month, day, ms, b, end)) return false;
  // An offset after a year-less stamp would be part of the message ("- message").
  stamp.yearless = true;
  return true;
}

const WEEKDAYS = new Set(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

function namedStamp(b: Buffer, start: number, end: number): boolean {
  cursor = start;
  if (end - start < 14) return false;
  const first = b.toString('latin1', start, start + 3).toLowerCase();
  if (WEEKDAYS.has(first) && (b[start + 3] === 32 || b[start + 3] === 44)) {
    cursor = start + 4;
    while (b[cursor] === 32 && cursor < end) cursor++;
    if (digit(b[cursor])) return numericStamp(b, cursor, end);
    const month = englishMonth(b, cursor);
    if (month < 0) return false;
    cursor += 3;
    return monthFirst(b, end, month);
  }
  const month = englishMonth(b, start);
  if (month >= 0 && b[start + 3] === 32) {
    cursor = start + 3;
    return monthFirst(b, end, month);
  }
  // klog: I0912 12:34:56.789012
  if (
    b[start + 5] === 32 &&
    digit(b[start + 1]) &&
    digit(b[start + 4]) &&
    'IWEF'.includes(String.fromCharCode(b[start]!))
  ) {
    cursor = start + 1;
    const klogMonth = number(b, end, 2);
    const day = number(b, end, 2);
    cursor++;
    const ms = timeOfDay(b, end, false);
    if (!accept(2000, klogMonth - 1, day, ms, b, end)) return false;
    stamp.yearless = true;
    return true;
  }
  // glog of today: I20260912 12:34:56.789012
  if (
    b[start + 9] === 32 &&
    digit(b[start + 1]) &&
    digit(b[start + 8]) &&
    'IWEF'.includes(String.fromCharCode(b[start]!))
  )
    return numericStamp(b, start + 1, end);
  return localisedMonth(b, start, end);
}

/** java.util.logging under another locale: `März 22, 2024 4:39:01 PM`, `janv. 05, 2025 ...`, `de gen. 05, 2025 ...` (Catalan). */
function localisedMonth(b: Buffer, start: number, end: number): boolean {
  // Vietnamese counts them: "thg 1 05, 2025 ...".
  if (startsWith(b, start, end, 'thg ')) {
    cursor = start + 4;
    const month = number(b, end, 2) - 1;
    return month >= 0 && monthFirst(b, end, month, false) && !stamp.yearless;
  }
  const from = startsWith(b, start, end, 'de ') ? start + 3 : start;
  let to = from;
  while (to < end && to - from < 16 && b[to] !== 32 && !digit(b[to])) to++;
  if (b[to] !== 32 || !digit(b[to + 1])) return false;
  const name = b.toString('utf8', from, to).toLowerCase().replace(/\.$/, '');
  const month = MONTHS.get(name) ?? OTHER_MONTHS.get(name);
  if (month === undefined) return false;
  cursor = to;
  // Without a year they may be words of a sentence.
  return monthFirst(b, end, month, false) && !(stamp.yearless && !MONTHS.has(name));
}

/**
 * Reads a time stamp that begins exactly at `start`.
 * @returns whether there was one; the result is in `stamp`.
 */
export function parseTimestamp(b: Buffer, start: number, end: number): boolean {
  if (end - start < 8) return false;
  const byte = b[start]!;
  stamp.yearless = false;
  stamp.dateless = false;
  stamp.dayFirst = Number.NaN;
  if (byte >= 48 && byte <= 57) return numericStamp(b, start, end);
  if (letter(byte) || byte >= 0xc2) return namedStamp(b, start, end);
  return false;
}

/** The same for a string, as JSON members carry it. Numbers are epochs in s, ms, µs or ns. @returns ms as in `stamp`. */
export function parseTimestampText(text: string): boolean {
  const bytes = Buffer.from(text, 'utf8');
  let from = 0;
  while (bytes[from] === 32 || bytes[from] === 91) from++;
  if (!parseTimestamp(bytes, from, bytes.length)) {
    const value = Number(text);
    if (text.trim() === '' || !epochMilliseconds(value)) return false;
    stamp.local = epochMilliseconds(value)!;
    stamp.offset = 0;
    stamp.zoneName = '';
    stamp.next = bytes.length;
  }
  return true;
}

/** Epoch in s, ms, µs or ns, told apart by size (1990..2170), as ms; undefined when it cannot be one. */
export function epochMilliseconds(value: number): number | undefined {
  if (value >= 6.3e8 && value < 6.3e9) return Math.floor(value * 1000 + 1e-3);
  if (value >= 6.3e11 && value < 6.3e12) return Math.floor(value);
  if (value >= 6.3e14 && value < 6.3e15) return Math.floor(value / 1e3);
  if (value >= 6.3e17 && value < 6.3e18) return Math.floor(value / 1e6);
  return undefined;
}
