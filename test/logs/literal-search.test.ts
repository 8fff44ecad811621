import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildSearch, search } from '../../src/logs/lexicon/literal-search.ts';

describe('literal search', () => {
  it('finds what a naive search finds, whatever the case', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', 'C', '1', ' ', '验', '['),
      minLength: 3,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'B', 'c', '1', ' ', '验', '[', '{'), maxLength: 60 }),
        (literals, text) => {
          const index = buildSearch(literals.map((literal) => Buffer.from(literal)));
          const bytes = Buffer.from(text);
          const found: number[] = [];
          search(index, bytes, 0, bytes.length, found);
          const fold = (value: string): string => value.replace(/[A-Z]/g, (c) => c.toLowerCase());
          const naive = literals.flatMap((literal, i) => (fold(text).includes(fold(literal)) ? [i] : []));
          expect([...new Set(found)].sort((a, b) => a - b)).toEqual(naive);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('looks only inside the given bytes', () => {
    const index = buildSearch([Buffer.from('boundary')]);
    const bytes = Buffer.from('xboundaryx');
    for (const [start, end, count] of [
      [0, 10, 1],
      [2, 10, 0],
      [0, 8, 0],
      [1, 9, 1],
    ] as const) {
      const found: number[] = [];
      search(index, bytes, start, end, found);
      expect(found).toHaveLength(count);
    }
  });
});
