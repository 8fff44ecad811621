import { describe, expect, it } from 'vitest';
import { FollowTeller, MOST_LINES, STRETCH } from '../../src/cli/logs/follow-teller.ts';

const START = Date.UTC(2026, 8, 12, 8);

function teller(json = false) {
  const lines: string[] = [];
  const clock = { now: 0 };
  return {
    lines,
    clock,
    told: new FollowTeller(
      json,
      (line) => lines.push(line),
      () => clock.now,
    ),
  };
}

describe('what --follow prints', () => {
  it('is printed at once while it is little', () => {
    const { lines, told } = teller();
    for (let i = 0; i < MOST_LINES; i++)
      told.tell(START + i, 'error', 'tls.alert-received', { count: 1, file: 'a.log' });
    told.flush();
    expect(lines).toHaveLength(MOST_LINES);
    expect(lines[0]).toBe('2026-09-12T08:00:00.000Z  error  tls.alert-received  count=1  file=a.log');
  });

  it('is summed up in a flood, and nothing is lost', () => {
    const { lines, told } = teller(true);
    for (let i = 0; i < 100_000; i++)
      told.tell(START + i, i % 2 ? 'error' : 'rule', `class ${i % 10}`, { count: 3, file: 'a.log' });
    told.flush();
    expect(lines).toHaveLength(MOST_LINES + 10);
    const all = lines.map((line) => JSON.parse(line));
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(300_000);
    expect(all.reduce((sum, { summedUp }) => sum + (summedUp ?? 1), 0)).toBe(100_000);
  });

  it('counts what is too many different things for sums', () => {
    const { lines, told } = teller(true);
    for (let i = 0; i < 10_000; i++) told.tell(START, 'error', `class ${i}`, { count: 1 });
    told.flush();
    expect(lines).toHaveLength(2 * MOST_LINES + 1);
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ kind: 'left-out', count: 10_000 - 2 * MOST_LINES });
  });

  it('goes on at once after a while', () => {
    const { lines, clock, told } = teller();
    for (let i = 0; i < MOST_LINES + 5; i++) told.tell(START, 'error', 'a', { count: 1 });
    expect(lines).toHaveLength(MOST_LINES);
    clock.now = STRETCH;
    told.tell(START, 'error', 'b', { count: 1 });
    expect(lines.slice(MOST_LINES)).toEqual([
      expect.stringContaining('error  a  count=5  summedUp=5'),
      expect.stringContaining('error  b  count=1'),
    ]);
  });
});
