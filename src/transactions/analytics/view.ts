import { REASONS, type Reason } from '../response-codes.ts';
import { fileOf, OUTCOMES, type Outcome, type TransactionTable } from '../types.ts';

export type TextColumn =
  | 'order'
  | 'payment'
  | 'merchant'
  | 'route'
  | 'node'
  | 'bin'
  | 'last4'
  | 'cardFingerprint'
  | 'cardExpiry'
  | 'currency'
  | 'code'
  | 'status'
  | 'client'
  | 'user'
  | 'device'
  | 'subject'
  | 'initiator';

/** Lines of a table to cite. */
export interface LineReference {
  file: string;
  line: number;
  time: number;
}

export const textOf = (table: TransactionTable, column: TextColumn, row: number): string =>
  table.strings[table[column][row]!]!;
export const outcomeOf = (table: TransactionTable, row: number): Outcome => OUTCOMES[table.outcome[row]!]!;
export const reasonOf = (table: TransactionTable, row: number): Reason => REASONS[table.reason?.[row] ?? 0]!;

const orders = new WeakMap<TransactionTable, Uint32Array>();
const cards = new WeakMap<TransactionTable, Uint32Array>();

/** Rows with a time, oldest first; only those that take money. Computed once per table. */
export function attemptsInOrder(table: TransactionTable): Uint32Array {
  const known = orders.get(table);
  if (known) return known;
  const rows: number[] = [];
  let sorted = true;
  for (let row = 0; row < table.length; row++) {
    const time = table.time[row]!;
    if (Number.isNaN(time) || table.kind?.[row]) continue;
    if (rows.length && time < table.time[rows.at(-1)!]!) sorted = false;
    rows.push(row);
  }
  if (!sorted) rows.sort((a, b) => table.time[a]! - table.time[b]! || a - b);
  const order = Uint32Array.from(rows);
  orders.set(table, order);
  return order;
}

/** A number per row that is equal for equal cards (fingerprint, else BIN with last four); 0 without a card. Computed once per table. */
export function cardIds(table: TransactionTable): Uint32Array {
  const known = cards.get(table);
  if (known) return known;
  const ids = new Uint32Array(table.length);
  const byPair = new Map<number, number>();
  for (let row = 0; row < table.length; row++) {
    if (table.cardFingerprint[row]) ids[row] = table.cardFingerprint[row]!;
    else if (table.bin[row] && table.last4[row]) {
      const pair = table.bin[row]! * 2 ** 26 + table.last4[row]!;
      let id = byPair.get(pair);
      if (id === undefined) {
        // Beyond the ids of interned strings, so that the two kinds never meet.
        id = table.strings.length + byPair.size;
        byPair.set(pair, id);
      }
      ids[row] = id;
    }
  }
  cards.set(table, ids);
  return ids;
}

/** Name of the card of a row: fingerprint, else BIN and last four; undefined without both. */
export function cardOf(table: TransactionTable, row: number): string | undefined {
  if (table.cardFingerprint[row]) return textOf(table, 'cardFingerprint', row);
  return table.bin[row] && table.last4[row] ? `${textOf(table, 'bin', row)}-${textOf(table, 'last4', row)}` : undefined;
}

/** Visa's numbers begin with 4 (ISO/IEC 7812-1); tables without ranges name the scheme. */
export const isVisa = (table: TransactionTable, row: number): boolean =>
  table.bin[row] ? textOf(table, 'bin', row).startsWith('4') : /visa/i.test(textOf(table, 'route', row));

/** Numbers of the orders of a table. */
export function ordersOf({ order, strings }: TransactionTable): ReadonlySet<string> {
  const isOrder = new Uint8Array(strings.length);
  for (const id of order) isOrder[id] = 1;
  return new Set(strings.filter((_, id) => id > 0 && isOrder[id] === 1));
}

/** Whether two attempts come from one person, as far as the table tells. */
export function samePerson(table: TransactionTable, a: number, b: number): boolean {
  const columns = (['client', 'device', 'user'] as const).filter((column) => table[column][a] && table[column][b]);
  return columns.length === 0 || columns.some((column) => table[column][a] === table[column][b]);
}

/** Whether the column of devices names a shop's terminals: cards of everybody pass through one. */
export const namesTerminals = (table: TransactionTable): boolean =>
  /term|^tid$|^(?:tpv|tpe|pos|pos[ _-]?id)$|终端|端末|جهاز|терминал|단말|de_?41/i.test(table.columns.device ?? '');

/** The network a client address belongs to: /24 of IPv4, /64 of IPv6. */
export function networkOf(address: string): string {
  if (address.includes(':')) return `${address.split('::')[0]!.split(':').slice(0, 4).join(':')}::/64`;
  const dot = address.lastIndexOf('.');
  return dot === -1 ? address : `${address.slice(0, dot)}.0/24`;
}

/** At most `most` rows, spread over the whole stretch, as lines to cite. */
export function cite(table: TransactionTable, rows: ArrayLike<number>, most = 5): LineReference[] {
  const step = Math.max(1, (rows.length - 1) / Math.max(1, most - 1));
  const lines: LineReference[] = [];
  for (let i = 0; i < Math.min(most, rows.length); i++) {
    const row = rows[Math.min(rows.length - 1, Math.round(i * step))]!;
    lines.push({ file: fileOf(table, row), line: table.line[row]!, time: table.time[row]! });
  }
  return lines;
}

/** How often each text occurs, most frequent first. */
export function tally(
  table: TransactionTable,
  column: TextColumn,
  rows: ArrayLike<number>,
  most = 10,
): { value: string; count: number }[] {
  const counts = new Map<number, number>();
  for (let i = 0; i < rows.length; i++) {
    const id = table[column][rows[i]!]!;
    if (id) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([id, count]) => ({ value: table.strings[id]!, count }));
}

export function distinct(table: TransactionTable, column: TextColumn, rows: ArrayLike<number>): number {
  const ids = new Set<number>();
  for (let i = 0; i < rows.length; i++) if (table[column][rows[i]!]) ids.add(table[column][rows[i]!]!);
  return ids.size;
}

export function median(values: number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1]! : Number.NaN;
}

/** Whether a stretch that ends at `to` still goes on at the end of the table. */
export function isOngoing(table: TransactionTable, order: Uint32Array, to: number): boolean {
  if (order.length === 0) return false;
  const first = table.time[order[0]!]!;
  const last = table.time[order[order.length - 1]!]!;
  // The usual pause between attempts, five times over, or ten minutes.
  return last - to <= Math.max(600_000, ((last - first) / order.length) * 5);
}

/** Issuer of a BIN by longest prefix. */
export function issuerLookup(issuers: { bin: string; issuer: string }[]): (bin: string) => string | undefined {
  const byPrefix = new Map(issuers.map(({ bin, issuer }) => [bin, issuer]));
  const lengths = [...new Set(issuers.map(({ bin }) => bin.length))].sort((a, b) => b - a);
  const known = new Map<string, string | undefined>();
  return (bin) => {
    if (!known.has(bin)) {
      const length = lengths.find((size) => bin.length >= size && byPrefix.has(bin.slice(0, size)));
      // A table may carry six digits where the list has eight: good if all longer entries agree.
      const longer =
        length === undefined
          ? new Set(issuers.filter((entry) => entry.bin.startsWith(bin) && bin.length >= 6).map(({ issuer }) => issuer))
          : undefined;
      known.set(
        bin,
        length !== undefined ? byPrefix.get(bin.slice(0, length)) : longer?.size === 1 ? [...longer][0] : undefined,
      );
    }
    return known.get(bin);
  };
}
