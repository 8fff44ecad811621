/** Local wall-clock time to UTC for an IANA zone, with a cache, because Intl is slow. */

export interface ZoneClock {
  name: string;
  /** @param local ms as if the wall clock were UTC. @returns ms UTC. */
  toUtc(local: number): number;
  /** The later reading of a wall clock that came twice, at the end of summer time; undefined when it came once. */
  laterUtc?(local: number): number | undefined;
}

const QUARTER_HOUR = 15 * 60_000;
const DAY = 24 * 3_600_000;

export function fixedOffset(minutes: number): ZoneClock {
  const sign = minutes < 0 ? '-' : '+';
  const absolute = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, '0');
  const name = minutes === 0 ? 'UTC' : `${sign}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
  return { name, toUtc: (local) => local - minutes * 60_000 };
}

export const UTC: ZoneClock = fixedOffset(0);

/** Offset of `format`'s zone at a UTC instant, in ms. */
function offsetAt(format: Intl.DateTimeFormat, utc: number): number {
  const parts: { [type: string]: number } = {};
  for (const part of format.formatToParts(utc)) parts[part.type] = Number(part.value);
  const wall = Date.UTC(parts.year!, parts.month! - 1, parts.day!, parts.hour!, parts.minute!, parts.second!);
  return wall - Math.floor(utc / 1000) * 1000;
}

/** @returns undefined when the runtime knows no such zone. Also takes `+08:00`, `UTC+8` and `GMT-0330`. */
export function zoneClock(name: string): ZoneClock | undefined {
  const fixed = /^(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?$/i.exec(name.trim());
  if (fixed) return fixedOffset((fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)));
  if (/^(utc|gmt|z|zulu)$/i.test(name.trim())) return UTC;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: name.trim(),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
  const offsets = new Map<number, number>();
  /** NaN where there is one reading only. */
  const laterOffsets = new Map<number, number>();
  return {
    name: name.trim(),
    toUtc(local) {
      const bucket = Math.floor(local / QUARTER_HOUR);
      let offset = offsets.get(bucket);
      if (offset === undefined) {
        // Two steps settle every case but the repeated hour of autumn, where the earlier (summer) reading is taken.
        const wall = bucket * QUARTER_HOUR;
        const before = offsetAt(format, wall - DAY);
        const guess = offsetAt(format, wall - before);
        offset = guess === before ? before : offsetAt(format, wall - guess);
        if (offsets.size > 200_000) offsets.clear();
        offsets.set(bucket, offset);
      }
      return local - offset;
    },
    laterUtc(local) {
      const bucket = Math.floor(local / QUARTER_HOUR);
      let offset = laterOffsets.get(bucket);
      if (offset === undefined) {
        const wall = bucket * QUARTER_HOUR;
        const [before, after] = [offsetAt(format, wall - DAY), offsetAt(format, wall + DAY)];
        offset = after < before && offsetAt(format, wall - after) === after ? after : Number.NaN;
        if (offset !== before && offsetAt(format, wall - before) !== before) offset = Number.NaN;
        if (laterOffsets.size > 200_000) laterOffsets.clear();
        laterOffsets.set(bucket, offset);
      }
      return Number.isNaN(offset) ? undefined : local - offset;
    },
  };
}

/** Local time is at most 14 hours from UTC. */
const FARTHEST = 14 * 3_600_000;

/** Whether a quarter of an hour that came twice, at the end of summer time, lies less than `within` ms from a time (ms UTC). */
export function comesTwiceNear(zone: ZoneClock, utc: number, within: number): boolean {
  if (!zone.laterUtc || !Number.isFinite(utc)) return false;
  const near = (start: number): boolean => start < utc + within && start + QUARTER_HOUR > utc - within;
  const first = Math.floor((utc - within - FARTHEST) / QUARTER_HOUR) * QUARTER_HOUR;
  for (let local = first; local <= utc + within + FARTHEST; local += QUARTER_HOUR) {
    const later = zone.laterUtc(local);
    if (later !== undefined && (near(later) || near(zone.toUtc(local)))) return true;
  }
  return false;
}
