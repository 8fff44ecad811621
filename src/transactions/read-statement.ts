import type { EvidenceSource } from '../evidence/types.ts';
import { clean, joinTime, type ReadOptions, timeReader } from './cells.ts';
import { type Meaning, mapColumns, parseAmount, usesDecimalComma } from './columns.ts';
import { openRows } from './rows.ts';
import type { StatementFile } from './statements.ts';
import type { StatementTable } from './types.ts';

/** Statement rows kept for reconciliation. */
const MOST_STATEMENT_ROWS = 500_000;

/** Reads a provider's statement or settlement table. */
export async function readStatement(source: EvidenceSource, options: ReadOptions): Promise<StatementFile | undefined> {
  const stream = openRows(source);
  if (!stream) return undefined;
  const columns = mapColumns(stream.header, stream.sample);
  const at = (meaning: Meaning): number => columns.get(meaning) ?? -1;
  const values = (meaning: Meaning): string[] =>
    at(meaning) === -1 ? [] : stream.sample.map((row) => clean(row[at(meaning)]));
  const time = timeReader(stream.header[at('time')] ?? '', stream.header, values('time'), options);
  const decimalComma = usesDecimalComma(values('amount'));
  const table: StatementTable = { file: source.item.path, rows: [] };
  for await (const block of stream.blocks) {
    for (const { line, cells } of block) {
      const cell = (meaning: Meaning): string => clean(cells[at(meaning)]);
      const order = cell('order');
      const payment = cell('providerId') || cell('payment');
      // Totals below the rows have no order.
      if ((order === '' && payment === '') || cells.length < 3 || table.rows.length >= MOST_STATEMENT_ROWS) continue;
      const amount = parseAmount(cell('amount'), decimalComma);
      if (amount === undefined && Number.isNaN(time.read(joinTime(cell('time'), cell('clock'))).time)) continue;
      table.rows.push({
        line,
        time: time.read(joinTime(cell('time'), cell('clock'))).time,
        order,
        payment,
        status: cell('status') || cell('transactionType'),
        amount: amount ?? Number.NaN,
      });
    }
  }
  source.item.counts = { ...source.item.counts, rows: table.rows.length };
  return { header: stream.header, table };
}
