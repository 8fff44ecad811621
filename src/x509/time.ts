import { type Der, type DerReader, TAG } from './der.ts';

/** A time as it stands in a certificate or revocation list. */
export interface DerTime {
  /** ms UTC; NaN when it cannot be read. Test with Number.isNaN before comparing. */
  value: number;
  text: string;
  offset: number;
  form: 'utc' | 'generalized' | 'other';
  /** Exactly the form RFC 5280 4.1.2.5 asks for. */
  wellFormed: boolean;
}

/** A time in exactly the form of RFC 5280 4.1.2.5; its text is made only when somebody asks. */
class PlainTime implements DerTime {
  readonly wellFormed = true;
  readonly offset: number;
  readonly form: DerTime['form'];
  readonly value: number;
  private readonly bytes: Buffer;
  private readonly content: number;
  private readonly end: number;

  constructor(bytes: Buffer, node: Der, form: DerTime['form'], value: number) {
    this.bytes = bytes;
    this.offset = node.start;
    this.content = node.content;
    this.end = node.end;
    this.form = form;
    this.value = value;
  }

  get text(): string {
    return this.bytes.toString('latin1', this.content, this.end);
  }
}

const FROM_2050 = Date.UTC(2050, 0, 1);
const pattern = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:[.,](\d{1,9}))?(Z|[+-]\d{4})?$/;

/**
 * Reads UTCTime and GeneralizedTime (RFC 5280 4.1.2.5). Seconds left out, fractions and zone offsets are read and
 * reported; a date that does not exist (month 13, 30 February) is reported and gives NaN: it never rolls over.
 */
export function readTime(reader: DerReader, node: Der | undefined, what: string): DerTime {
  if (!node) return { value: Number.NaN, text: '', offset: 0, form: 'other', wellFormed: false };
  const { content, end } = node;
  const form = node.id === TAG.utcTime ? 'utc' : node.id === TAG.generalizedTime ? 'generalized' : 'other';
  const utc = form === 'utc';
  if (form !== 'other' && end - content === (utc ? 13 : 15) && reader.bytes[end - 1] === 0x5a) {
    const value = fromDigits(reader.bytes, content, utc);
    if (!Number.isNaN(value) && (utc || value >= FROM_2050)) return new PlainTime(reader.bytes, node, form, value);
  }
  const text = reader.bytes.toString('latin1', content, Math.min(end, content + 40));
  const time: DerTime = { value: Number.NaN, text, offset: node.start, form, wellFormed: false };
  if (form === 'other') {
    reader.defect(node.start, 'time/type', `${what} is neither UTCTime nor GeneralizedTime`);
    return time;
  }
  if (!utc && text.length === 15 && text.endsWith('Z')) {
    time.value = fromDigits(reader.bytes, content, utc);
    if (!Number.isNaN(time.value)) {
      reader.defect(
        node.start,
        'time/generalized-before-2050',
        `${what} ${text} must be UTCTime before 2050 (RFC 5280 4.1.2.5)`,
      );
      return time;
    }
  }
  const match = text.length <= 36 ? pattern.exec(text) : null;
  if (!match || (match[1]!.length === 2) !== utc) {
    reader.defect(node.start, 'time/invalid', `${what} is not a readable time: ${printable(text)}`);
    return time;
  }
  const [, y, mo, d, h, mi, s, fraction, zone] = match;
  let year = Number(y);
  if (utc) year += year < 50 ? 2000 : 1900;
  const value = utcMilliseconds(year, Number(mo), Number(d), Number(h), Number(mi), Number(s ?? 0));
  if (Number.isNaN(value)) {
    reader.defect(node.start, 'time/no-such-date', `${what} ${printable(text)} is not a date that exists`);
    return time;
  }
  if (s === undefined)
    reader.defect(node.start, 'time/no-seconds', `${what} ${text} has no seconds (RFC 5280 4.1.2.5)`);
  if (fraction !== undefined)
    reader.defect(node.start, 'time/fraction', `${what} ${text} has a fraction of a second (RFC 5280 4.1.2.5.2)`);
  if (zone === undefined) reader.defect(node.start, 'time/no-zone', `${what} ${text} has no Z: read as UTC`);
  else if (zone !== 'Z')
    reader.defect(node.start, 'time/zone-offset', `${what} ${text} has a zone offset instead of Z (RFC 5280 4.1.2.5)`);
  const sign = zone?.startsWith('-') ? -1 : 1;
  const offset = zone && zone !== 'Z' ? sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5))) * 60_000 : 0;
  time.value = value - offset;
  return time;
}

function fromDigits(bytes: Buffer, at: number, utc: boolean): number {
  const two = (position: number): number => {
    const tens = bytes[position]! - 48;
    const ones = bytes[position + 1]! - 48;
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? Number.NaN : tens * 10 + ones;
  };
  const head = two(at);
  const year = utc ? head + (head < 50 ? 2000 : 1900) : head * 100 + two(at + 2);
  const rest = at + (utc ? 2 : 4);
  return utcMilliseconds(year, two(rest), two(rest + 2), two(rest + 4), two(rest + 6), two(rest + 8));
}

function utcMilliseconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (leap ? 29 : 28) : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  if (day > days) return Number.NaN;
  const value = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC maps years 0..99 to 1900..1999.
  return year < 100 ? new Date(value).setUTCFullYear(year) : value;
}

function printable(text: string): string {
  return JSON.stringify(text.slice(0, 24));
}
