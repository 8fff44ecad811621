/** Stamps of values that the kernel is to read by itself from then on. */
import type { Kernel } from '../kernel/kernel.ts';

/** Other zones than these may have a meaning that goes on behind them. */
const ZONE = /^(?:Z| ?[+-]\d\d:?\d\d| UTC| GMT)?$/;

/**
 * Makes the stamp bytes[start, end) known: `2026-09-12T20:40:11` or `12/Sep/2026:20:40:11`, and what followed the seconds'
 * fraction: `Z`, `+08:00`. Of others nothing is known.
 * @param time ms UTC of it. @param ownOffset it names its offset.
 */
export function knowStamp(kernel: Kernel, start: number, end: number, time: number, ownOffset: boolean): void {
  const { bytes: b } = kernel;
  kernel.forgetStamp();
  const two = (at: number): number => (b[at]! - 48) * 10 + b[at + 1]! - 48;
  const mark = b[start + 4];
  const iso = (mark === 45 || mark === 47) && b[start + 7] === mark && (b[start + 10] === 84 || b[start + 10] === 32);
  if (!iso && (b[start + 2] !== 47 || b[start + 6] !== 47 || b[start + 11] !== 58)) return;
  const clock = iso ? 11 : 12;
  const from = start + clock;
  if (b[from + 2] !== 58 || b[from + 5] !== 58) return;
  // Seconds of one digit would put the zone elsewhere.
  for (const at of [0, 1, 3, 4, 6, 7]) if ((b[from + at]! - 48) >>> 0 > 9) return;
  const [hour, minute, second] = [two(from), two(from + 3), two(from + 6)];
  if (hour > 23 || minute > 59 || second > 59) return;
  let at = from + 8;
  if (b[at] === 46 || b[at] === 44) for (at++; at < end && (b[at]! - 48) >>> 0 < 10; ) at++;
  const zone = b.toString('latin1', at, end);
  if (!ZONE.test(zone)) return;
  const ofMinute = Math.floor(time / 60_000) * 60_000;
  const base = ownOffset ? ofMinute - (hour * 60 + minute) * 60_000 : ofMinute;
  kernel.knowStampOf(start, clock, at, zone.length, base, ownOffset);
}
