/** Turns the stamps of one source into ms UTC: offsets of the line first, then the zone of the source. */
import { stamp } from './timestamp.ts';
import { UTC, type ZoneClock, zoneClock } from './zone.ts';

const DAY = 86_400_000;
const HALF_AN_HOUR = 1_800_000;
/** Among so many years there is a leap year, even around 2100. */
const YEARS = 10;

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

  readonly #dayFirst: boolean;

  /**
   * @param now ms UTC, the incident clock. @param modified ms UTC of the file, gives time-of-day stamps their date.
   * @param dayFirst dates with slashes that may be read both ways name the day first, see `namesDayFirst`.
   */
  constructor(zone: ZoneClock, now: number, modified: number | undefined, dayFirst = false) {
    this.zone = zone;
    this.#dayFirst = dayFirst;
    this.#now = now;
    this.#modified = modified ?? now;
  }

  /** ms UTC of `stamp`, and remembers it. */
  resolve(): number {
    let utc: number;
    if (this.#dayFirst && !Number.isNaN(stamp.dayFirst)) {
      stamp.local = stamp.dayFirst;
      stamp.dayFirst = Number.NaN;
    }
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
    for (let candidate = year; candidate > year - YEARS; candidate--) {
      const wall = inYear(candidate);
      const utc = this.#inZone(wall);
      // Most years have no 29 February.
      if (utc <= this.#now + DAY && new Date(wall).getUTCMonth() === at.getUTCMonth()) {
        this.withoutOffset++;
        return utc;
      }
    }
    return Number.NaN;
  }

  /**
   * A time of day: the day that brings it closest to the line before; of a file's first line the latest that is not after the
   * file, whose clock may be another.
   */
  #withDate(timeOfDay: number): number {
    const known = !Number.isNaN(this.last);
    const latest = known ? this.last + DAY / 2 : this.#modified + HALF_AN_HOUR;
    const day = Math.floor(latest / DAY) * DAY;
    // The zone's date may be the next one already.
    let utc = this.zone.toUtc(day + DAY + timeOfDay);
    for (let back = 0; utc > latest; back++) utc = this.zone.toUtc(day - back * DAY + timeOfDay);
    this.withoutOffset++;
    return utc;
  }
}

export { UTC };
