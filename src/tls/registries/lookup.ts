/** Name of a code in a registry table; unknown codes are shown as hex, GREASE codes as such. */
import { isGrease } from './grease.ts';

export function hex16(code: number): string {
  return `0x${code.toString(16).padStart(4, '0')}`;
}

/** Looks a 16-bit code up; never undefined, so that callers can print what they got. */
export function nameOf16(table: ReadonlyMap<number, string>, code: number): string {
  return table.get(code) ?? (isGrease(code) ? `GREASE ${hex16(code)}` : hex16(code));
}
