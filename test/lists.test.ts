import { expect, it } from 'vitest';
import { append, firstAtLeast, least, most } from '../src/lists.ts';

it('takes lists that no call could take as arguments', () => {
  const many = Array.from({ length: 500_000 }, (_, i) => (i * 7919) % 500_000);
  const list = [-1];
  append(list, many);
  expect([list.length, least(list), most(list)]).toEqual([500_001, -1, 499_999]);
  expect([least([]), most([])]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
});

it('finds the first number that is not below a limit', () => {
  expect([0, 1, 2, 5, 6].map((limit) => firstAtLeast([1, 2, 2, 5], limit))).toEqual([0, 0, 1, 3, 4]);
});
