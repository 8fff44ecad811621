import { describe, expect, it } from 'vitest';
import { isInstant, isoDay, isoTime, plainTime } from '../src/instant.ts';

describe('an instant in words', () => {
  it('is written in UTC', () => {
    const nine = Date.UTC(2026, 2, 1, 9, 0, 0);
    expect(isoTime(nine)).toBe('2026-03-01T09:00:00.000Z');
    expect(plainTime(nine)).toBe('2026-03-01T09:00:00Z');
    expect(plainTime(nine + 5)).toBe('2026-03-01T09:00:00.005Z');
    expect(isoDay(nine)).toBe('2026-03-01');
  });

  it('that no calendar holds is said, never thrown', () => {
    for (const time of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1, -9e15, undefined]) {
      expect(isInstant(time)).toBe(false);
      expect(isoTime(time)).toBe('unknown');
      expect(plainTime(time, '-')).toBe('-');
      expect(isoDay(time)).toBe('an unreadable date');
    }
    expect(isoTime(8.64e15)).toBe('+275760-09-13T00:00:00.000Z');
  });
});
