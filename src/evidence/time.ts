/** Reading of times as people and programs write them in small files, with or without a zone. All results are ms UTC. */

const formatters = new Map<string, Intl.DateTimeFormat | undefined>();
const offsets = new Map<string, number>();

function formatter(zone: string): Intl.DateTimeFormat | undefined {
  if (!formatters.has(zone)) {
    let made: Intl.DateTimeFormat | undefined;
    try {
      made = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      made = undefined;
    }
    formatters.set(zone, made);
  }
  return formatters.get(zone);
}

/** A zone name that this runtime knows: IANA, `UTC`, or an offset such as `+08:00`. */
export function isZone(zone: string): boolean {
  return fixedOffset(zone) !== undefined || formatter(zone) !== undefined;
}

function fixedOffset(zone: string): number | undefined {
  if (/^(?:Z|UTC|GMT)$/i.test(zone)) return 0;
  const match = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/i.exec(zone);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return minutes <= 14 * 60 ? (match[1] === '-' ? -minutes : minutes) * 60_000 : undefined;
}

/** Offset of `zone` from UTC in ms at an instant, cached by the quarter hour (zone rules change on quarter hours). */
export function zoneOffset(zone: string, at: number): number {
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return fixed;
  const quarter = Math.floor(at / 900_000);
  const key = `${zone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const parts: { [type: string]: number } = {};
  const instant = quarter * 900_000;
  for (const part of formatter(zone)?.formatToParts(instant) ?? []) parts[part.type] = Number(part.value);
  const local = parts.year
    ? Date.UTC(parts.year, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!)
    : instant;
  if (offsets.size > 20_000) offsets.clear();
  offsets.set(key, local - instant);
  return local - instant;
}

/** Wall-clock time of a zone (given as if it were UTC) to the instant. In the repeated hour of autumn the first is taken. */
function fromLocal(wall: number, zone: string): number {
  const guess = wall - zoneOffset(zone, wall);
  const earlier = wall - zoneOffset(zone, guess - 3_600_000);
  return wall - zoneOffset(zone, earlier) === earlier
    ? Math.min(earlier, wall - zoneOffset(zone, guess))
    : wall - zoneOffset(zone, guess);
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ISO =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]{1,2}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?/i;
const CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})日\s?(?:(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?)?分?)?/;
const EUROPEAN =
  /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,? {1,2}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?:\s?([AP])M\b)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?/i;
/** `22/Nov/26 8:11 AM`, as ticket systems export it. */
const NAMED_MONTH =
  /^(\d{1,2})[/-]([a-z]{3})[/-](\d{4}|\d{2})(?:,? {1,2}(\d{1,2}):(\d{2})(?::(\d{2}))?)?(?:\s?([AP])M\b)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?/i;
const MAIL =
  /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?(\d{1,2})[ -]([a-z]{3})[a-z]{0,6}[ -](\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?\s?(Z|UTC|GMT|[+-]\d{4})?/i;
const CTIME =
  /^(?:(?:mon|tue|wed|thu|fri|sat|sun) )?([a-z]{3}) {1,2}(\d{1,2}) (\d{1,2}):(\d{2})(?::(\d{2}))?(?: (Z|UTC|GMT|[A-Z]{3,4}))?(?: (\d{4}))?/i;
/** Points in the time of day: Italian, Danish and Finnish style, and timestamps of DB2 (`2026-04-21-12.30.21.123456`). */
const POINTED_CLOCK = /^(\d{1,4}([-./])\d{1,2}\2\d{1,4})[- ](\d{1,2})\.(\d{2})\.(\d{2})(?!\d)/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})[T]?(\d{2})(\d{2})(\d{2})(Z)?$/;

export interface TimeOptions {
  /** Zone of times written without one; UTC when not given. */
  zone?: string;
  /** Incident clock: fixes the year of year-less dates. */
  now?: number;
  /** `31/12/2025` (default) or `12/31/2025`. */
  monthFirst?: boolean;
}

export interface ReadTime {
  /** ms UTC. */
  time: number;
  /** Characters of the text that the time took. */
  length: number;
  /** Written with its own zone or as an epoch number. */
  explicit: boolean;
}

function build(
  parts: (number | undefined)[],
  fraction: string | undefined,
  zone: string | undefined,
  options: TimeOptions,
  length: number,
): ReadTime | undefined {
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts as [
    number,
    number,
    number,
    number?,
    number?,
    number?,
  ];
  if (
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > 31 ||
    hour > 24 ||
    minute > 59 ||
    second > 60 ||
    year < 1970 ||
    year > 2200
  )
    return undefined;
  const wall =
    Date.UTC(year, month - 1, day, hour, minute, second) + (fraction ? Math.trunc(Number(`0.${fraction}`) * 1000) : 0);
  if (zone !== undefined) {
    const offset = fixedOffset(zone.length === 3 && /^[+-]/.test(zone) ? `${zone}:00` : zone);
    if (offset !== undefined) return { time: wall - offset, length, explicit: true };
  }
  return { time: fromLocal(wall, options.zone ?? 'UTC'), length, explicit: false };
}

const numbers = (...texts: (string | undefined)[]): (number | undefined)[] =>
  texts.map((text) => (text === undefined ? undefined : Number(text)));

/** An hour of twelve as one of twenty-four. */
function halfDay(hour: string | undefined, half: string | undefined): string | undefined {
  if (hour === undefined || half === undefined) return hour;
  return String((Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0));
}

/** Epoch seconds, milliseconds or microseconds, told by magnitude (2001 to 2100). */
export function epochTime(text: string): number | undefined {
  if (!/^\d{10}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?$/.test(text)) return undefined;
  const whole = text.split('.')[0]!;
  const value =
    whole.length === 10 ? Number(text) * 1000 : whole.length === 13 ? Number(text) : Number(whole.slice(0, 13));
  return value > 978_307_200_000 && value < 4_102_444_800_000 ? Math.trunc(value) : undefined;
}

/** Reads a time at the start of `text`. Undefined when there is none. */
export function readTime(written: string, options: TimeOptions = {}): ReadTime | undefined {
  const text = written.includes('.') ? written.replace(POINTED_CLOCK, '$1 $3:$4:$5') : written;
  const first = text.charCodeAt(0);
  if (first >= 48 && first <= 57) {
    let m = ISO.exec(text);
    if (m) return build(numbers(m[1], m[2], m[3], m[4], m[5], m[6]), m[7], m[8], options, m[0].length);
    m = COMPACT.exec(text);
    if (m) return build(numbers(m[1], m[2], m[3], m[4], m[5], m[6]), undefined, m[7], options, m[0].length);
    const epoch = epochTime(text.trim());
    if (epoch !== undefined) return { time: epoch, length: text.length, explicit: true };
    m = CHINESE.exec(text);
    if (m) return build(numbers(m[1], m[2], m[3], m[4], m[5], m[6]), undefined, undefined, options, m[0].length);
    m = EUROPEAN.exec(text);
    if (m) {
      // Halves of the day are written where the month comes first; a month beyond the twelfth is none.
      const monthFirst = m[2] === '/' && (options.monthFirst ?? (m[9] !== undefined || Number(m[3]) > 12));
      const [day, month] = monthFirst ? [m[3], m[1]] : [m[1], m[3]];
      return build(numbers(m[4], month, day, halfDay(m[5], m[9]), m[6], m[7]), m[8], m[10], options, m[0].length);
    }
    m = NAMED_MONTH.exec(text);
    const named = m ? MONTHS.indexOf(m[2]!.toLowerCase()) + 1 : 0;
    if (m && named) {
      const year = m[3]!.length === 2 ? 2000 + Number(m[3]) : Number(m[3]);
      const clock = numbers(halfDay(m[4], m[7]), m[5], m[6]);
      return build([year, named, Number(m[1]), ...clock], undefined, m[8], options, m[0].length);
    }
  }
  let m = MAIL.exec(text);
  if (m) {
    const month = MONTHS.indexOf(m[2]!.toLowerCase()) + 1;
    return month
      ? build([Number(m[3]), month, Number(m[1]), ...numbers(m[4], m[5], m[6])], undefined, m[7], options, m[0].length)
      : undefined;
  }
  m = CTIME.exec(text);
  const month = m ? MONTHS.indexOf(m[1]!.toLowerCase()) + 1 : 0;
  if (!m || !month) return undefined;
  const clock = numbers(m[3], m[4], m[5]);
  if (m[7]) return build([Number(m[7]), month, Number(m[2]), ...clock], undefined, m[6], options, m[0].length);
  if (options.now === undefined) return undefined;
  // No year: the latest one that does not lie in the future of the incident clock by more than a day.
  const year = new Date(options.now).getUTCFullYear();
  const read = build([year, month, Number(m[2]), ...clock], undefined, m[6], options, m[0].length);
  if (!read || read.time <= options.now + 86_400_000) return read;
  return build([year - 1, month, Number(m[2]), ...clock], undefined, m[6], options, m[0].length);
}
