/** `--since` and `--until` for what readers took in whole: connections and payments outside the window are left out. */
import type { TransactionTable } from '../transactions/types.ts';
import type { Session } from './session.ts';

/** Keeps the rows of a columnar table whose time lies in the window; columns shrink in place. */
function rowsWithin(table: TransactionTable, since: number, until: number): void {
  const kept: number[] = [];
  for (let i = 0; i < table.length; i++) if (!(table.time[i]! < since) && !(table.time[i]! > until)) kept.push(i);
  if (kept.length === table.length) return;
  for (const column of Object.values(table)) {
    if (!ArrayBuffer.isView(column) || column instanceof DataView) continue;
    const values = column as Float64Array;
    for (let to = 0; to < kept.length; to++) values[to] = values[kept[to]!]!;
  }
  table.dropped += table.length - kept.length;
  table.length = kept.length;
}

/** Applies the window that the user gave to connections and payments. Logs apply it while they are read. */
export function applyWindow(session: Session): void {
  const { since, until } = session.options;
  if (since === undefined && until === undefined) return;
  const from = since ?? Number.NEGATIVE_INFINITY;
  const to = until ?? Number.POSITIVE_INFINITY;
  const o = session.observations;
  o.handshakes = o.handshakes.filter((h) => h.time >= from && h.time <= to);
  for (const table of o.transactions.tables) rowsWithin(table, from, to);
}
