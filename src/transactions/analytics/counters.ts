/** Numbers that a system counts its payments with: they tell whether rows are missing between two others. */
import type { TransactionTable } from '../types.ts';

/** Rows looked at on each side of a hole, and the fewest that tell anything. */
const NEIGHBOURS = 150;
const FEWEST = 20;
/** Share of the steps that must be the usual one, and of the names that must have the usual words around their number. */
const USUAL = 0.6;
const ALIKE = 0.9;
/** Share of the pauses that must differ from the usual one: in traffic like clockwork a counter looks like a clock. */
const UNEVEN = 0.2;
/** Numbers that may be left out beside a hole: an attempt under way, a row that came late. */
const SLACK = 4;
/** Share of the expected attempts that the missing numbers must come to. */
const MISSING = 0.5;

/** The last number of a name and the text before it: `P-000123` is 123 of `P-`. At most 15 digits, which are exact. */
export function numberOf(name: string): { value: number; prefix: string } | undefined {
  const isDigit = (at: number): boolean => name.charCodeAt(at) >= 48 && name.charCodeAt(at) <= 57;
  let end = name.length;
  while (end > 0 && !isDigit(end - 1)) end--;
  let start = end;
  while (start > 0 && isDigit(start - 1)) start--;
  if (end === start || end - start > 15) return undefined;
  return { value: Number(name.slice(start, end)), prefix: name.slice(0, start) };
}

/** The numbers of rows that share their prefix, ascending. */
function numbersOf(table: TransactionTable, rows: ArrayLike<number>, prefix: string): number[] {
  const found: number[] = [];
  for (let i = 0; i < rows.length; i++) {
    const number = numberOf(table.strings[table.payment[rows[i]!]!]!);
    if (number && number.prefix === prefix) found.push(number.value);
  }
  return found.sort((a, b) => a - b);
}

/** The most frequent step, and its share of all steps. */
function usualStep(sides: readonly number[][]): { step: number; share: number } {
  const counts = new Map<number, number>();
  let all = 0;
  for (const side of sides)
    for (let i = 1; i < side.length; i++) {
      const step = side[i]! - side[i - 1]!;
      counts.set(step, (counts.get(step) ?? 0) + 1);
      all++;
    }
  const [step, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return { step, share: all === 0 ? 0 : count / all };
}

/** Whether the pauses between attempts vary. */
function isUneven(table: TransactionTable, sides: readonly ArrayLike<number>[]): boolean {
  const pauses = sides.flatMap((rows) =>
    Array.from(rows)
      .slice(1)
      .map((row, i) => table.time[row]! - table.time[rows[i]!]!),
  );
  const middle = [...pauses].sort((a, b) => a - b)[pauses.length >> 1]!;
  return pauses.filter((pause) => Math.abs(pause - middle) > middle / 4).length >= pauses.length * UNEVEN;
}

/**
 * What the numbers of the payments say about a stretch without rows.
 * @param order rows in order of time; @param next position in it of the first row after the stretch.
 * @param expected attempts that the time before would have led one to expect.
 * @returns `none-came`: they go on where they stopped. `numbers-missing`: about as many are left out as attempts were to be
 *   expected, so that rows are missing here or were rolled back. Undefined where they are no counter, or say neither.
 */
export function countedOn(
  table: TransactionTable,
  order: Uint32Array,
  next: number,
  expected: number,
): 'none-came' | 'numbers-missing' | undefined {
  const sides = [order.slice(Math.max(0, next - NEIGHBOURS), next), order.slice(next, next + NEIGHBOURS)] as const;
  if (sides.some(({ length }) => length < FEWEST)) return undefined;
  const prefix = numberOf(table.strings[table.payment[order[next - 1]!]!]!)?.prefix;
  if (prefix === undefined) return undefined;
  const [before, after] = [numbersOf(table, sides[0], prefix), numbersOf(table, sides[1], prefix)];
  if (before.length < sides[0].length * ALIKE || after.length < sides[1].length * ALIKE) return undefined;
  const { step, share } = usualStep([before, after]);
  if (step < 1 || share < USUAL || !isUneven(table, sides)) return undefined;
  const left = (after[0]! - before.at(-1)!) / step - 1;
  // Numbers that go back were begun anew.
  if (left < -SLACK) return undefined;
  if (left <= SLACK) return 'none-came';
  return left >= expected * MISSING ? 'numbers-missing' : undefined;
}
