import { headerZone } from '../evidence/columns.ts';
import { epochTime, readTime } from '../evidence/time.ts';
import { least, most } from '../lists.ts';
import type { ResponseCodes } from './response-codes.ts';
import type { TransactionTable } from './types.ts';
import { zoneNamed } from './zones.ts';

export interface ReadOptions {
  /** Zone of times written without one. */
  zone?: string;
  /** Incident clock, ms UTC. */
  now: number;
  codes: ResponseCodes;
  /** Rows that are kept; the bound of a run when not given. */
  mostRows?: number;
}

const EMPTY = /^(?:-|\\N|null|none|n\/a)$/i;

/** A cell without blanks, stray quotes and the backtick that WeChat bills put in front; words for nothing become ''. */
export function clean(text: string | undefined): string {
  if (!text) return '';
  let from = 0;
  let to = text.length;
  const blank = (at: number): boolean => {
    const code = text.charCodeAt(at);
    return code <= 32 || code === 0x22 || code === 0x27 || code === 0x60;
  };
  while (from < to && blank(from)) from++;
  while (to > from && blank(to - 1)) to--;
  // Excel's way to keep a zero in front: ="00".
  if (text.charCodeAt(from) === 0x3d && text.charCodeAt(from + 1) === 0x22) return clean(text.slice(from + 1, to));
  const trimmed = to - from === text.length ? text : text.slice(from, to);
  return trimmed.length <= 4 && EMPTY.test(trimmed) ? '' : trimmed;
}

/** `09.05.26` and `05/09/26` with their century: so dates are written in German, and by American tills. */
export const fullYear = (text: string): string => text.replace(/^(\d{1,2}([./])\d{1,2}\2)(\d{2})(?=$|[ T,])/, '$120$3');

/** `260408` or `080426`: terminals write a date in six digits (EMV tag 9A: year, month, day). */
export const isShortDate = (text: string): boolean => SHORT_YEAR_FIRST.test(text) || SHORT_DAY_FIRST.test(text);
const SHORT_YEAR_FIRST = /^(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=$| )/;
const SHORT_DAY_FIRST = /^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(\d{2})(?=$| )/;

/** How a column writes six digits: as that of both readings that all its dates allow and that ends nearer before the incident clock. */
function shortDates(sample: readonly string[], now: number): ((text: string) => string) | undefined {
  const dates = sample.filter(Boolean);
  if (dates.length === 0 || !dates.every(isShortDate)) return undefined;
  const readings = [
    { shape: SHORT_YEAR_FIRST, iso: '20$1-$2-$3' },
    { shape: SHORT_DAY_FIRST, iso: '20$3-$2-$1' },
  ]
    .filter(({ shape }) => dates.every((text) => shape.test(text)))
    .map(({ shape, iso }) => ({
      read: (text: string): string => text.replace(shape, iso),
      age: now + DAY - most(dates.map((text) => Date.parse(text.slice(0, 6).replace(shape, iso)))),
    }))
    .filter(({ age }) => age >= 0)
    .sort((a, b) => a.age - b.age);
  return readings[0]?.read;
}

const POINTED = /^\d{1,2}\.\d{2}\.\d{2}$/;

/** A date and a time of day from two columns, as one text. */
export function joinTime(date: string, clock: string): string {
  if (clock === '') return date;
  if (POINTED.test(clock)) return joinTime(date, clock.replaceAll('.', ':'));
  const compact = /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date;
  return `${compact} ${/^\d{6}$/.test(clock) ? `${clock.slice(0, 2)}:${clock.slice(2, 4)}:${clock.slice(4)}` : clock}`;
}

const DAY = 86_400_000;
/** Days that follow each other, read as months, make a table this many times as long. */
const MONTHS_FOR_DAYS = 10;

/**
 * Whether `09/12/2026` is the twelfth of September: another row has no such month, or the day first would lie after the
 * incident clock where the month first does not, or days that follow each other would be months.
 */
function beginsWithMonth(written: string[], zone: string, now: number): boolean {
  const sample = written.map(fullYear);
  if (sample.some((text) => /^(?:1[3-9]|2\d|3[01])\//.test(text))) return false;
  if (sample.some((text) => /^\d{1,2}\/(?:1[3-9]|2\d|3[01])\/\d{4}/.test(text))) return true;
  const both = sample.filter((text) => /^\d{1,2}\/\d{1,2}\/\d{4}/.test(text));
  const read = (monthFirst: boolean): number[] =>
    both.flatMap((text) => readTime(text, { zone, now, monthFirst })?.time ?? []);
  const [dayFirst, monthFirst] = [read(false), read(true)];
  if (most(dayFirst) > now + DAY && most(monthFirst) <= now + DAY) return true;
  const length = (times: number[]): number => most(times) - least(times);
  if (most(monthFirst) <= now + DAY && length(monthFirst) + DAY < length(dayFirst) / MONTHS_FOR_DAYS) return true;
  // Nothing else tells them apart: halves of the day are written where the month comes first.
  return length(monthFirst) <= length(dayFirst) && both.length > 0 && both.every((text) => /\d\s?[AP]M$/i.test(text));
}

/** Zone of bills whose provider writes Beijing time, told by the name that it gives its own number (pay.weixin.qq.com, opendocs.alipay.com). */
const billZone = (header: readonly string[]): string | undefined =>
  header.some((cell) => /微信(?:支付)?订单号|支付宝交易号/.test(cell)) ? 'Asia/Shanghai' : undefined;

/** Whether only the date of a text was read and more digits follow. */
const lacksClock = (text: string, length: number): boolean =>
  length < text.length - 2 && length <= 11 && /^\D{0,3}\d/.test(text.slice(length));

/** Column times: how this file writes them, found once. @param columns all of the file's header. */
export function timeReader(
  header: string,
  columns: readonly string[],
  sample: string[],
  options: ReadOptions,
): {
  read(text: string, zoneCell?: string): { time: number; explicit: boolean };
  zone: NonNullable<TransactionTable['zone']>;
} {
  const stated = headerZone(header) ?? billZone(columns);
  const zone = stated ?? options.zone ?? 'UTC';
  const monthFirst = beginsWithMonth(sample, zone, options.now);
  const short = shortDates(sample, options.now);
  return {
    zone: { name: zone, source: stated ? 'column' : options.zone ? 'topology' : 'assumed-utc' },
    read(text, zoneCell = '') {
      const epoch = text.length >= 10 && text.length <= 20 ? epochTime(text) : undefined;
      if (epoch !== undefined) return { time: epoch, explicit: true };
      const own = zoneCell === '' ? undefined : zoneNamed(zoneCell);
      const read = readTime(fullYear(short ? short(text) : text), { zone: own ?? zone, now: options.now, monthFirst });
      // A day whose time of day is written in a way nobody here reads is no midnight.
      return read && !lacksClock(text, read.length)
        ? { time: read.time, explicit: read.explicit || own !== undefined }
        : { time: Number.NaN, explicit: true };
    },
  };
}

/** Seconds in the header or `s` after the number; else milliseconds. */
export function latencyReader(header: string): (text: string) => number {
  const seconds = /(?:^|[^a-z])(?:s|sec|secs|seconds|秒)\)?$/i.test(header) && !/ms|milli|毫秒/i.test(header);
  return (text) => {
    const match = /^(\d{1,9}(?:[.,]\d{1,6})?)\s?(ms|s)?$/.exec(text);
    if (!match) return Number.NaN;
    const value = Number(match[1]!.replace(',', '.'));
    return match[2] === 's' || (seconds && match[2] !== 'ms') ? value * 1000 : value;
  };
}
