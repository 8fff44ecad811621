import type { EvidenceSource } from '../evidence/types.ts';
import { counted } from '../wording.ts';
import { copy } from './builder.ts';
import { clean, joinTime, type ReadOptions, timeReader } from './cells.ts';
import { type Meaning, mapColumns, parseAmount, usesDecimalComma } from './columns.ts';
import { openRows } from './rows.ts';
import { StatementRows } from './statement-rows.ts';
import type { StatementFile } from './statements.ts';
import type { StatementTable } from './types.ts';

/** Rows of statements that one run keeps, of all files together (budget.ts); the others are counted. */
export const MOST_STATEMENT_ROWS = 1_000_000;
/** Texts of larger files are copied out of them, so that the rows do not keep the whole files in memory. */
const LARGE_FILE = 8 * 2 ** 20;

/**
 * Reads a provider's statement or settlement table. Never throws on bad content.
 * @param most rows that are kept: the first ones. Those beyond, and those that cannot be read, are counted in
 * `dropped`, and notes of the file say so.
 */
export async function readStatement(
  source: EvidenceSource,
  options: ReadOptions,
  most: number,
): Promise<StatementFile | undefined> {
  const stream = openRows(source);
  if (!stream) return undefined;
  const columns = mapColumns(stream.header, stream.sample);
  const at = (meaning: Meaning): number => columns.get(meaning) ?? -1;
  const values = (meaning: Meaning): string[] =>
    at(meaning) === -1 ? [] : stream.sample.map((row) => clean(row[at(meaning)]));
  const time = timeReader(stream.header[at('time')] ?? '', stream.header, values('time'), options);
  const decimalComma = usesDecimalComma(values('amount'));
  const table: StatementTable = { file: source.item.path, dropped: 0, rows: new StatementRows() };
  const own = (source.item.expandedSize ?? source.item.size) > LARGE_FILE ? copy : (text: string): string => text;
  let unread = 0;
  for await (const block of stream.blocks) {
    for (const { line, cells } of block) {
      // Too long, or no record: see `tableRows`.
      if (cells.length === 0) {
        unread++;
        table.dropped++;
        continue;
      }
      const cell = (meaning: Meaning): string => clean(cells[at(meaning)]);
      const order = cell('order');
      const payment = cell('providerId') || cell('payment');
      // Totals below the rows have no order.
      if ((order === '' && payment === '') || cells.length < 3) continue;
      const amount = parseAmount(cell('amount'), decimalComma);
      const when = time.read(joinTime(cell('time'), cell('clock'))).time;
      if (amount === undefined && Number.isNaN(when)) continue;
      if (table.rows.length >= most) {
        table.dropped++;
        continue;
      }
      table.rows.add({
        file: source.item.path,
        line,
        time: when,
        order: own(order),
        payment: own(payment),
        status: own(cell('status') || cell('transactionType')),
        amount: amount ?? Number.NaN,
      });
    }
  }
  source.item.counts = { ...source.item.counts, rows: table.rows.length };
  if (table.dropped > 0) source.item.counts = { ...source.item.counts, dropped: table.dropped };
  const note = (what: string): void => {
    source.item.notes = [...(source.item.notes ?? []), what];
  };
  if (table.dropped > unread)
    note(
      `${counted(table.dropped - unread, 'row')} of this statement beyond those that one run keeps, and not compared`,
    );
  if (unread > 0) note(`${counted(unread, 'row')} of this statement could not be read, and not compared`);
  return { header: stream.header, table };
}
