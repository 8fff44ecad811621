/** Searches in a line end with the line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { indexWithin, literalWithin } from '../../src/logs/within.ts';

const logs = fileURLToPath(new URL('../../src/logs', import.meta.url));

it('finds what indexOf finds in the part of a buffer', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', ' '), maxLength: 40 });
  fc.assert(
    fc.property(
      text,
      text.filter((one) => one !== ''),
      fc.nat(40),
      fc.nat(40),
      (all, literal, from, to) => {
        const b = Buffer.from(all);
        const wanted = Buffer.from(literal);
        const found = b.subarray(from, Math.max(from, to)).indexOf(wanted);
        expect(literalWithin(b, wanted, from, Math.min(to, b.length))).toBe(found === -1 ? -1 : from + found);
        const first = b.subarray(from, Math.max(from, to)).indexOf(wanted[0]!);
        expect(indexWithin(b, wanted[0]!, from, Math.min(to, b.length))).toBe(first === -1 ? -1 : from + first);
      },
    ),
  );
});

it('readers of lines search no further than their line', () => {
  // A block without a comma took the square of its length, for each line searched all that follow.
  const wrong = readdirSync(join(logs, 'formats'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(logs, 'formats', name))
    .filter((file) => /\b(?:b|bytes|buffer)\.(?:indexOf|includes)\(/.test(readFileSync(file, 'utf8')));
  expect(wrong).toEqual([]);
});
