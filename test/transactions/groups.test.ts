import { describe, expect, it } from 'vitest';
import { groupBy } from '../../src/transactions/analytics/groups.ts';
import { draws } from '../draws.ts';

describe('rows by a key', () => {
  const keys = ['b', 'a', '', 'b', 'c', undefined, 'a', 'b'];
  const groups = groupBy(Uint32Array.from([7, 6, 5, 4, 3, 2, 1, 0]), (row) => keys[7 - row]);

  it('come in the order of their first rows, those without a key left out', () => {
    expect([...groups]).toEqual([
      ['b', [7, 4, 0]],
      ['a', [6, 1]],
      ['c', [3]],
    ]);
    expect([...groups.values()]).toEqual([[7, 4, 0], [6, 1], [3]]);
    expect(groups.size).toBe(3);
  });

  it('are told largest first, those of one size in their order', () => {
    expect(groups.largest(2)).toEqual([
      [7, 4, 0],
      [6, 1],
    ]);
    expect(groups.largest(9, 2)).toHaveLength(2);
    const pairs = groupBy(Uint32Array.from([1, 2, 3, 4]), (row) => (row % 2) + 1);
    expect(pairs.largest(1)).toEqual([[1, 3]]);
  });

  it('are those that a list for each key would hold', () => {
    const draw = draws(7);
    for (let round = 0; round < 50; round++) {
      const drawn = Array.from({ length: Math.floor(draw() * 200) }, () => Math.floor(draw() * 20));
      const lists = new Map<number, number[]>();
      drawn.forEach((key, row) => {
        if (key !== 0) lists.set(key, [...(lists.get(key) ?? []), row]);
      });
      expect([...groupBy(Uint32Array.from(drawn.keys()), (row) => drawn[row])]).toEqual([...lists]);
    }
  });
});
