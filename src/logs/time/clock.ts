/** Turns the stamps of one source into ms UTC: offsets of the line first, then the zone of the source. */
import { stamp } from './timestamp.ts';
import { UTC, type ZoneClock, zoneClock } from './zone.ts';

const DAY = 86_400_000;
const HALF_AN_HOUR = 1_800_000;

export class SourceClock {
  /** The last time that was read, for lines that carry none; NaN before the first. */
  last = Number.NaN;
  /** Lines whose stamp named its own offset, and those that needed the zone of the source. */
  withOffset = 0;
  withoutOffset = 0;
  readonly zone: ZoneClock;
  readonly #now: number;
  readonly #modified: number;
  readonly #named = new Map<string, ZoneClock>();

  /** @param now ms UTC, the incident clock. @param modified ms UTC of the file, gives time-of-day stamps their date. */
  constructor(zone: ZoneClock, now: number, modified: number | undefined) {
    this.zone = zone;
    this.#now = now;
    this.#modified = modified ?? now;
  }

  /** ms UTC of `stamp`, and remembers it. */
  resolve(): number {
    let utc: number;
    if (stamp.dateless) utc = this.#withDate(stamp.local);
    else if (stamp.yearless) utc = this.#withYear(stamp.local);
    else utc = this.#toUtc(stamp.local);
    this.last = utc;
    return utc;
  }

  /** ms UTC of `stamp`, which does not count. */
  peek(): number {
    const { last, withOffset, withoutOffset } = this;
    const utc = this.resolve();
    this.last = last;
    this.withOffset = withOffset;
    this.withoutOffset = withoutOffset;
    return utc;
  }

  /** The same for stamps that a lane has read. @param utc the last of them. @param withOffset how many named their offset. */
  repeat(utc: number, withOffset: number, withoutOffset: number): void {
    this.last = utc;
    this.withOffset += withOffset;
    this.withoutOffset += withoutOffset;
  }

  /** The same for stamps with offsets of their own that a lane has read without `stamp`. @param utc of the last. */
  acceptAll(utc: number, count: number): void {
    this.last = utc;
    this.withOffset += count;
  }

  #toUtc(local: number): number {
    if (!Number.isNaN(stamp.offset)) {
      this.withOffset++;
      return local - stamp.offset * 60_000;
    }
    if (stamp.zoneName !== '') {
      let zone = this.#named.get(stamp.zoneName);
      if (!zone) {
        zone = zoneClock(stamp.zoneName) ?? this.zone;
        this.#named.set(stamp.zoneName, zone);
      }
      this.withOffset++;
      return zone.toUtc(local);
    }
    this.withoutOffset++;
    return this.#inZone(local);
  }

  /**
   * A wall clock in the zone of the source. In the hour that comes twice at the end of summer time the lines before tell which
   * one it is: a clock that seems to run back by nearly an hour has come to the second.
   */
  #inZone(local: number): number {
    const utc = this.zone.toUtc(local);
    if (!(utc < this.last - HALF_AN_HOUR)) return utc;
    const later = this.zone.laterUtc?.(local);
    return later !== undefined && later >= this.last - HALF_AN_HOUR ? later : utc;
  }

  /** RFC 3164 has no year: the latest year that does not put the line after the incident clock (one day of slack). */
  #withYear(local: number): number {
    const at = new Date(local);
    const inYear = (year: number): number =>
      Date.UTC(
        year,
        at.getUTCMonth(),
        at.getUTCDate(),
        at.getUTCHours(),
        at.getUTCMinutes(),
        at.getUTCSeconds(),
        at.getUTCMilliseconds(),
      );
    const year = new Date(this.#now).getUTCFullYear() + 1;
    for (const candidate of [year, year - 1, year - 2]) {
      const utc = this.#inZone(inYear(candidate));
      if (utc <= this.#now + DAY) {
        this.withoutOffset++;
        return utc;
      }
    }
    return this.zone.toUtc(inYear(year - 1));
  }

  /** A time of day: the day of the previous line, one later when the clock ran backwards by more than half a day. */
  #withDate(timeOfDay: number): number {
    const anchor = Number.isNaN(this.last) ? this.#modified : this.last;
    const day = Math.floor(anchor / DAY) * DAY;
    let utc = this.zone.toUtc(day + timeOfDay);
    if (!Number.isNaN(this.last)) {
      if (utc < this.last - DAY / 2) utc += DAY;
      else if (utc > this.last + DAY / 2) utc -= DAY;
    }
    this.withoutOffset++;
    return utc;
  }
}

export { UTC };
