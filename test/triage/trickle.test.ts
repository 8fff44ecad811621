import { describe, expect, it } from 'vitest';
import { isTrickle } from '../../src/graph/trickle.ts';

const MINUTE = 60_000;
const LENGTH = 720;
const written = new Map(Array.from({ length: LENGTH }, (_, i) => [i * MINUTE, 60] as const));
/** One hit each so many minutes. */
const every = (minutes: number, from = 0, to = LENGTH): [number, number][] =>
  Array.from({ length: Math.floor((to - from) / minutes) }, (_, i) => [(from + i * minutes) * MINUTE, 1]);

describe('read timeouts of an ordinary day', () => {
  it('are a trickle when they come from the beginning to the end', () => {
    expect(isTrickle(new Map(every(17)), written)).toBe(true);
    expect(isTrickle(new Map(every(5)), written)).toBe(true);
  });
  it('are none when they began, or came in a burst', () => {
    expect(isTrickle(new Map(every(4, 500)), written)).toBe(false);
    expect(isTrickle(new Map([...every(60), ...every(1, 300, 315)]), written)).toBe(false);
  });
  it('are none when one in a hundred lines tells of them, when they carry no time, and in a log of minutes', () => {
    expect(isTrickle(new Map(every(1)), written)).toBe(false);
    expect(isTrickle(new Map(), written)).toBe(false);
    expect(isTrickle(new Map(every(17, 0, 40)), new Map([...written].slice(0, 40)))).toBe(false);
  });
});
