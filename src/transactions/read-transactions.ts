import { headerMeanings } from '../evidence/columns.ts';
import type { EvidenceSource } from '../evidence/types.ts';
import { loadKnowledge } from '../knowledge/load.ts';
import { append } from '../lists.ts';
import { counted } from '../wording.ts';
import { ordersOf } from './analytics/view.ts';
import { RowBudget } from './budget.ts';
import type { TransactionOptions } from './index.ts';
import { MOST_STATEMENT_ROWS, readStatement } from './read-statement.ts';
import { noteJoined, readTables } from './read-tables.ts';
import { type ResponseCodeData, responseCodes } from './response-codes.ts';
import { openRows } from './rows.ts';
import { scaleAmounts } from './settle.ts';
import { joinStatements, type StatementFile } from './statements.ts';
import { filesOf, type StatementTable, type TransactionObservations, type TransactionTable } from './types.ts';

/** Matching orders looked at to learn the unit of a table's amounts. */
const AMOUNT_SAMPLE = 500;

/** The statement says what an order cost; a constant factor of 100 tells that the table counts minor units, or does not. */
function alignAmounts(table: TransactionTable, statements: StatementTable[]): void {
  const byOrder = new Map<string, number>();
  const asked = ordersOf(table);
  for (const { rows } of statements)
    for (const { order, amount } of rows) if (amount > 0 && asked.has(order)) byOrder.set(order, amount);
  if (byOrder.size === 0) return;
  const ratios: number[] = [];
  for (let i = 0; i < table.length && ratios.length < AMOUNT_SAMPLE; i++) {
    const settled = byOrder.get(table.strings[table.order[i]!]!);
    if (settled !== undefined && table.amount[i]! > 0) ratios.push(table.amount[i]! / settled);
  }
  if (ratios.length < 3) return;
  const ratio = ratios.sort((a, b) => a - b)[ratios.length >> 1]!;
  if (Math.abs(ratio - 100) < 0.01) scaleAmounts(table, 100);
  else if (Math.abs(ratio - 0.01) < 0.0001) scaleAmounts(table, 0.01);
}

/** Attempts of a provider's bill from which one can tell that its times are those of payments and not of a settlement. */
const FEWEST_TIMES = 20;

/** Whether most rows of a bill have a time of their own: a settlement of the night has one for all. */
function tellsTimes({ time, length }: TransactionTable): boolean {
  return length >= FEWEST_TIMES && new Set(time.subarray(0, length)).size >= length / 2;
}

const isStatement = ({ item }: EvidenceSource): boolean => item.kind === 'transactions' && item.format === 'statement';

/** BINs kept of one file; the others are counted. */
const MOST_ISSUERS = 200_000;

/** BIN tables of the bundle. */
async function readIssuers(source: EvidenceSource): Promise<TransactionObservations['issuers']> {
  const stream = openRows(source);
  if (!stream) return [];
  const bin = stream.header.findIndex((cell) => headerMeanings(cell).includes('bin'));
  const issuer = stream.header.findIndex((cell, at) => at !== bin && headerMeanings(cell).includes('issuer'));
  const issuers: TransactionObservations['issuers'] = [];
  let dropped = 0;
  for await (const block of stream.blocks)
    for (const { line, cells } of block) {
      const [prefix, name] = [cells[bin]?.trim() ?? '', cells[issuer]?.trim() ?? ''];
      if (!/^\d{4,11}$/.test(prefix) || !name) continue;
      if (issuers.length < MOST_ISSUERS) issuers.push({ bin: prefix, issuer: name, file: source.item.path, line });
      else dropped++;
    }
  if (dropped > 0) {
    source.item.counts = { ...source.item.counts, dropped };
    source.item.notes = [
      ...(source.item.notes ?? []),
      `${counted(dropped, 'BIN')} beyond the first ${MOST_ISSUERS} of this table not used: their issuers stay unnamed`,
    ];
  }
  return issuers;
}

/** Reads the files that `readTransactions` (index.ts) found to be payment tables, statements, BIN tables and host messages. */
export async function readWanted(
  wanted: readonly EvidenceSource[],
  options: TransactionOptions,
): Promise<TransactionObservations> {
  const observations: TransactionObservations = { tables: [], statements: [], issuers: [] };
  const codes = responseCodes(
    options.codes ?? (loadKnowledge().other('response-codes') as ResponseCodeData | undefined),
  );
  const read = {
    now: options.now,
    codes,
    ...(options.zone ? { zone: options.zone } : {}),
    ...(options.mostRows ? { mostRows: options.mostRows } : {}),
  };
  const hosts: EvidenceSource[] = [];
  const payments: EvidenceSource[] = [];
  const statements: EvidenceSource[] = [];
  const statementFiles: StatementFile[] = [];
  const budget = new RowBudget(wanted.filter(isStatement), options.mostStatementRows ?? MOST_STATEMENT_ROWS);
  for (const source of wanted) {
    if (source.item.kind === 'table') append(observations.issuers, await readIssuers(source));
    else if (source.item.kind === 'log' || source.item.format === 'host-messages') hosts.push(source);
    else if (isStatement(source)) {
      const file = await readStatement(source, read, budget.shareOf(source));
      if (file) statementFiles.push(file);
      budget.took(source, file?.table.rows.length ?? 0);
      statements.push(source);
    } else payments.push(source);
  }
  for (const { table, copies } of joinStatements(statementFiles)) {
    observations.statements.push(table);
    noteJoined(table.files, copies, statements);
  }
  observations.tables = await readTables(payments, read);
  if (observations.tables.length === 0)
    observations.tables = (await readTables(hosts, read)).filter(({ length }) => length > 0);
  if (observations.tables.length === 0) {
    const bills = (await readTables(statements, read)).filter(tellsTimes);
    const billed = new Set(bills.flatMap(filesOf));
    observations.tables = bills;
    // What is judged as payments has nothing to be compared with.
    observations.statements = observations.statements.filter(
      (statement) => !filesOf(statement).some((file) => billed.has(file)),
    );
  }
  for (const table of observations.tables) alignAmounts(table, observations.statements);
  return observations;
}
