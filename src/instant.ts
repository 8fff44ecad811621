/**
 * How an instant is written, in one place. Times come from evidence: a certificate, a packet or a log line may carry
 * none, or one that no calendar holds (ECMA-262: a time value ends at 8.64e15 ms), and a report about it must not stop there.
 */

const FURTHEST = 8.64e15;

/** Whether `ms` (milliseconds since 1970, UTC) is a time that can be written. */
export const isInstant = (ms: number | undefined): ms is number => ms !== undefined && Math.abs(ms) <= FURTHEST;

/** ISO 8601 with milliseconds, `2026-03-01T09:00:00.000Z`; `unreadable` where there is no such time. For data. */
export function isoTime(ms: number | undefined, unreadable = 'unknown'): string {
  return isInstant(ms) ? new Date(ms).toISOString() : unreadable;
}

/** The same without milliseconds that are zero, `2026-03-01T09:00:00Z`. For sentences and tables. */
export function plainTime(ms: number | undefined, unreadable = 'unknown'): string {
  return isInstant(ms) ? new Date(ms).toISOString().replace('.000Z', 'Z') : unreadable;
}

/** The day alone, `2026-03-01`. */
export function isoDay(ms: number | undefined, unreadable = 'an unreadable date'): string {
  return isInstant(ms) ? new Date(ms).toISOString().slice(0, 10) : unreadable;
}
