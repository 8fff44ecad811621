/** Tables that stay small however many distinct values there are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { release, roomier } from '../../src/evidence/release.ts';
import { bursts } from '../../src/graph/bursts.ts';
import { MinuteCounts } from '../../src/graph/minute-counts.ts';
import { IdSet } from '../../src/logs/id-set.ts';
import { Interner } from '../../src/logs/interner.ts';
import type { RequestTable } from '../../src/logs/types.ts';
import { failsHabitually, isFailure, requestSeries } from '../../src/logs/windows/series.ts';

const MINUTE = 60_000;

describe('memory that is given back', () => {
  it('is gone at once where there is much of it, and stays where there is little', () => {
    const large = new Uint32Array(1 << 20);
    const small = new Uint32Array(16).fill(7);
    release(large);
    release(small);
    release(undefined);
    expect(large.length).toBe(0);
    expect(small[3]).toBe(7);
  });

  it('is copied before', () => {
    const column = Float64Array.from({ length: 1 << 18 }, (_, i) => i);
    const bigger = roomier(column, new Float64Array(1 << 19));
    expect([bigger[1], bigger[(1 << 18) - 1], bigger.length]).toEqual([1, (1 << 18) - 1, 1 << 19]);
    expect(column.length).toBe(0);
  });
});

describe('interned values', () => {
  it('keep their texts when others are dropped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 80 }).map((texts) => [...new Set(texts)]),
        fc.nat(5),
        (texts, rest) => {
          const interner = new Interner();
          const ids = texts.map((text) => interner.text(text));
          const marked = new Uint8Array(interner.length);
          for (const [i, id] of ids.entries()) if (i % 6 > rest) marked[id] = 1;
          const kept = ids.filter((id) => marked[id] === 1).map((id) => interner.get(id));
          const before = new Map(ids.map((id) => [id, interner.get(id)]));
          const moved = interner.keep(marked);
          expect(interner.strings()).toEqual(['', ...kept]);
          for (const id of before.keys()) expect(interner.get(moved[id]!)).toBe(marked[id] === 1 ? before.get(id) : '');
          // Known ones are found again, new ones are filed behind them.
          for (const text of kept) expect(interner.get(interner.text(text))).toBe(text);
          expect(interner.length).toBe(kept.length + 1);
          expect(interner.get(interner.text('something new'))).toBe('something new');
        },
      ),
      { numRuns: 50 },
    );
  });

  it('are gone after a reset, and can be filed again', () => {
    const interner = new Interner();
    for (let i = 0; i < 50_000; i++) interner.text(`value ${i}`);
    interner.reset();
    expect(interner.length).toBe(1);
    expect(interner.get(interner.text('value 7'))).toBe('value 7');
  });
});

describe('counts by minute', () => {
  it('read like a map of the same', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 2_000_000 }), fc.constant(Number.NaN)), { maxLength: 200 }),
        (times) => {
          const naive = new Map<number, number>();
          for (const time of times) {
            const minute = Math.floor(time / MINUTE) * MINUTE;
            if (Number.isFinite(minute)) naive.set(minute, (naive.get(minute) ?? 0) + 1);
          }
          const counts = MinuteCounts.of(Float64Array.from(times));
          const sorted = [...naive].sort((a, b) => a[0] - b[0]);
          expect([...counts]).toEqual(sorted);
          expect([...counts.keys()]).toEqual(sorted.map(([minute]) => minute));
          expect([...counts.values()]).toEqual(sorted.map(([, count]) => count));
          expect(counts.size).toBe(naive.size);
          for (const minute of [0, MINUTE, 5 * MINUTE, 7]) {
            expect(counts.get(minute)).toBe(naive.get(minute));
            expect(counts.has(minute)).toBe(naive.has(minute));
          }
          expect(bursts(counts)).toEqual(bursts(naive));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('leave out what is not asked for', () => {
    expect([...MinuteCounts.of([0, 1, MINUTE], (i) => i !== 1)]).toEqual([
      [0, 1],
      [MINUTE, 1],
    ]);
  });
});

it('sets of ids say what was added', () => {
  const set = new IdSet(10);
  set.add(3);
  set.add(3);
  expect([set.has(3), set.has(4), set.size]).toEqual([true, false, 1]);
});

interface Row {
  time: number;
  client: number;
  path: number;
  status: number;
  seconds: number;
}
const STRINGS = ['', '/a/1', '/a/2', '/b', '10.0.0.1', '10.0.0.2', '10.0.0.3'];

function tableOf(rows: Row[]): RequestTable {
  const ids = (of: (row: Row) => number): Uint32Array => Uint32Array.from(rows, of);
  const none = ids(() => 0);
  return {
    length: rows.length,
    strings: STRINGS,
    time: Float64Array.from(rows, ({ time }) => time),
    client: ids(({ client }) => client),
    path: ids(({ path }) => path),
    status: Uint16Array.from(rows, ({ status }) => status),
    termination: none,
    requestTime: Float32Array.from(rows, ({ seconds }) => seconds),
  } as unknown as RequestTable;
}

it('series of a request table are what counting row by row gives', () => {
  const row = fc.record({
    time: fc.oneof(fc.integer({ min: 0, max: 20 * MINUTE }), fc.constant(Number.NaN)),
    client: fc.integer({ min: 4, max: 6 }),
    path: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom(200, 200, 404, 502),
    seconds: fc.oneof(fc.constant(Number.NaN), fc.constantFrom(0.5, 1, 2, 3)),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 200 }), (rows) => {
      const timed = rows.filter(({ time }) => !Number.isNaN(time));
      const habitual = new Set(
        [4, 5, 6].filter((client) => {
          const own = rows.filter((one) => one.client === client);
          return failsHabitually(own.length, own.filter(({ status }) => status >= 400).length);
        }),
      );
      const all = requestSeries(tableOf(rows), 'endpoint');
      expect(all.reduce((sum, { requests }) => sum + requests.reduce((a, b) => a + b, 0), 0)).toBe(timed.length);
      for (const series of all)
        for (let i = 0; i < series.requests.length; i++) {
          const inside = timed.filter(
            ({ time, path }) =>
              Math.floor((time - series.start) / MINUTE) === i && (series.key === '/b') === (path === 3),
          );
          const clients = [...new Set(inside.map(({ client }) => client))];
          const failed = (one: Row): boolean => isFailure(one.status, '');
          expect(series.requests[i]).toBe(inside.length);
          expect(series.failures[i]).toBe(inside.filter(failed).length);
          expect(series.clients[i]).toBe(clients.length);
          expect(series.clientsFailed[i]).toBe(
            clients.filter((client) => {
              const own = inside.filter((one) => one.client === client);
              return habitual.has(client) ? own.every(failed) : own.some(failed);
            }).length,
          );
          const sorted = inside
            .map(({ seconds }) => seconds)
            .filter((s) => !Number.isNaN(s))
            .sort((a, b) => a - b);
          expect(series.p50[i]).toBe(sorted[Math.max(0, Math.ceil(sorted.length / 2) - 1)] ?? Number.NaN);
        }
    }),
    { numRuns: 60 },
  );
});
