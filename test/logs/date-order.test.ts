/** Dates with slashes: what a file says of the order of day and month holds for all of its lines. */
import { describe, expect, it } from 'vitest';
import { readLogs } from '../../src/logs/index.ts';
import { namesDayFirst } from '../../src/logs/time/date-order.ts';
import { bothWays } from './both-ways.ts';
import { input, iso, lexicon } from './read.ts';

const NOW = Date.UTC(2026, 8, 15);
const HOUR = 3_600_000;
const two = (n: number): string => String(n).padStart(2, '0');
/** Lines hour by hour. @param dayFirst as written. */
const lines = (from: number, count: number, dayFirst: boolean): string[] =>
  Array.from({ length: count }, (_, i) => {
    const at = new Date(from + i * HOUR);
    const [day, month] = [two(at.getUTCDate()), two(at.getUTCMonth() + 1)];
    return `${dayFirst ? `${day}/${month}` : `${month}/${day}`}/2026 ${two(at.getUTCHours())}:00:00`;
  });
const LAYOUTS: { [name: string]: (stamps: string[]) => string } = {
  text: (stamps) => stamps.map((stamp) => `${stamp} INFO paid order\n`).join(''),
  JSON: (stamps) => stamps.map((stamp) => `{"time":"${stamp}","level":"info","msg":"paid order"}\n`).join(''),
  table: (stamps) => `time,level,message\n${stamps.map((stamp) => `${stamp},INFO,paid order\n`).join('')}`,
};

describe.each(Object.keys(LAYOUTS))('%s', (layout) => {
  it.each([true, false])('is read by the number above twelve that it has, day first: %s', async (dayFirst) => {
    const from = Date.UTC(2026, 8, 11, 20);
    const text = LAYOUTS[layout]!(lines(from, 48, dayFirst));
    const { sources } = await readLogs([input('app.log', text)], { lexicon, now: NOW });
    expect([sources[0]!.first, sources[0]!.last].map(iso)).toEqual([iso(from), iso(from + 47 * HOUR)]);
    await bothWays(text, 'app.log', { now: NOW });
  });
});

describe('where no number is above twelve', () => {
  const head = (stamp: string): Buffer => Buffer.from(`${stamp} INFO paid\n`.repeat(3));

  it('no line is after the incident clock', () => {
    expect(namesDayFirst(head('12/09/2026 10:00:00'), NOW, undefined)).toBe(true);
    expect(namesDayFirst(head('09/12/2026 10:00:00'), NOW, undefined)).toBe(false);
  });

  it('the time of the file tells, where it lies close to one reading only', () => {
    expect(namesDayFirst(head('05/09/2026 10:00:00'), NOW, Date.UTC(2026, 8, 5, 23))).toBe(true);
    expect(namesDayFirst(head('05/09/2026 10:00:00'), NOW, Date.UTC(2026, 4, 9, 23))).toBe(false);
    expect(namesDayFirst(head('05/09/2026 10:00:00'), NOW, Date.UTC(2026, 8, 14))).toBe(false);
  });

  it('dates are American without a reason', () => {
    expect(namesDayFirst(head('05/09/2026 10:00:00'), NOW, undefined)).toBe(false);
    expect(namesDayFirst(Buffer.from('GET /a/1/2/2026 x\n'), NOW, undefined)).toBe(false);
  });
});
