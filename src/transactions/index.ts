import type { EvidenceSource } from '../evidence/types.ts';
import { openHostLog } from './host-log.ts';
import type { ResponseCodeData } from './response-codes.ts';
import type { TransactionObservations } from './types.ts';

export interface TransactionOptions {
  /** Zone of times written without one; UTC when not given. */
  zone?: string;
  /** Incident clock, ms UTC. */
  now: number;
  /** Rows of payments that are kept; see `MOST_ROWS` when not given. */
  mostRows?: number;
  /** Rows of statements that are kept; see `MOST_STATEMENT_ROWS` when not given. */
  mostStatementRows?: number;
  /** Response code data; the compiled knowledge when not given. */
  codes?: ResponseCodeData;
}

const isWanted = ({ item }: EvidenceSource): boolean =>
  item.kind === 'transactions' || item.kind === 'log' || (item.kind === 'table' && item.format === 'issuers');

/**
 * Reads payment tables, statements and BIN tables. Host messages (ISO 8583), as tables or in logs, stand in only where there
 * is no payment table: they tell the same payments again. Providers' bills stand in where there is neither, if
 * they tell when each payment was made. Files that are parts of one export make one table.
 * @returns columnar tables; rows that could not be read are counted in `dropped` and `problems`. Never throws on bad content.
 */
export async function readTransactions(
  sources: readonly EvidenceSource[],
  options: TransactionOptions,
): Promise<TransactionObservations> {
  const wanted = sources.filter(isWanted);
  // Most bundles have logs and no payments: the readers of tables are not loaded for them.
  if (!wanted.some((source) => source.item.kind !== 'log' || openHostLog(source)))
    return { tables: [], statements: [], issuers: [] };
  const { readWanted } = await import('./read-transactions.ts');
  return readWanted(wanted, options);
}
