import fc from 'fast-check';
import { expect, it } from 'vitest';
import { median } from '../../src/logs/windows/window.ts';

it('is what stands in the middle after sorting, the lower of two', () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double());
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3000, size: 'max' }), (values) => {
      const before = [...values];
      const sorted = Float64Array.from(values).sort();
      // Negative zero is not told apart from zero.
      expect(median(values) + 0).toBe(sorted.length === 0 ? Number.NaN : sorted[(sorted.length - 1) >> 1]! + 0);
      expect(values).toEqual(before);
    }),
  );
});
