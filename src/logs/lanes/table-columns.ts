/** What the columns of a table mean to the lane that counts its rows: the one that says it best for each slot of a record. */
import { unitOfDuration } from '../formats/duration-names.ts';
import { MEANINGS, ROLES } from '../formats/json-record.ts';
import { MERCHANT_NAMES } from '../formats/merchant-members.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { OPERATION_KEYS, OPERATION_PARTS } from '../traffic/operations.ts';
import { ACCESS, LEVEL, MESSAGE, mayBeRequest, slotOfAccess, slotOfPart, TIME, UNITS } from './json-keys.ts';

const NO_SLOT = 255;
/** As the kernel has it, see table.as. */
export const MOST_COLUMNS = 64;

/** Whether rows under a header may be told by the lane: no column twice, and none that makes a request of them. */
export function isPlainTable(header: readonly string[]): boolean {
  const names = header.map((name) => name.toLowerCase());
  const bits = names.reduce((all, name) => all | (ACCESS.get(name) ?? 0), 0);
  return names.length <= MOST_COLUMNS && new Set(names).size === names.length && !mayBeRequest(bits);
}

/** The column that says best what is looked for, or -1. @param rankOf how well a name says it, 0 best. */
function bestOf(names: readonly string[], rankOf: (name: string) => number | undefined): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const [column, name] of names.entries()) {
    const rank = rankOf(name);
    if (rank === undefined || rank >= least) continue;
    best = column;
    least = rank;
  }
  return best;
}

/**
 * Tells the kernel the columns of a table. @param width cells of a row. @param time column of the stamp.
 * @returns false where a column means more than there is room for.
 */
export function tellColumns(
  kernel: Kernel,
  separator: string,
  header: readonly string[] | undefined,
  width: number,
  time: number,
): boolean {
  const names = (header ?? []).map((name) => name.toLowerCase());
  const slots: number[][] = Array.from({ length: width }, () => []);
  const put = (slot: number, rankOf: (name: string) => number | undefined): void => {
    slots[bestOf(names, rankOf)]?.push(slot);
  };
  slots[time]!.push(TIME);
  for (const slot of [LEVEL, MESSAGE])
    put(slot, (name) => (ROLES.get(name)?.meaning === slot ? ROLES.get(name)!.rank : undefined));
  const putNamed = (slot: number, named: readonly string[]): void =>
    put(slot, (name) => {
      const rank = named.indexOf(name);
      return rank < 0 ? undefined : rank;
    });
  for (const part of OPERATION_PARTS) putNamed(slotOfPart(part), OPERATION_KEYS[part]);
  putNamed(slotOfAccess('merchant'), MERCHANT_NAMES);
  if (slots.some(({ length }) => length > 2)) return false;
  kernel.beginTable(separator, width);
  for (const [column, [slot = NO_SLOT, other = NO_SLOT]] of slots.entries()) {
    const name = names[column] ?? '';
    const error = ROLES.get(name)?.meaning === MEANINGS.length;
    const id = column + 1;
    kernel.fileKey(id, id, id, 0, 0, false, 0, 0, UNITS[unitOfDuration(name)]);
    if (slot !== NO_SLOT || error) kernel.setColumn(column, slot, other, error);
  }
  return true;
}
