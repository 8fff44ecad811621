/** Requests that show a window, as evidence. */
import type { EvidenceRef } from '../../finding.ts';
import type { LogWindow } from '../../logs/windows/log-windows.ts';
import { keyFunction } from '../../logs/windows/series.ts';
import { line } from '../support.ts';
import type { CheckContext } from '../types.ts';

type Part = Pick<LogWindow, 'dimension' | 'key'>;

/** Whether a row of the request table belongs to what a window is about. */
export function rowsOf({ observations }: CheckContext, { dimension, key }: Part): (row: number) => boolean {
  if (dimension !== 'endpoint' && dimension !== 'upstream' && dimension !== 'merchant') return () => true;
  const keyOf = keyFunction(observations.logs.requests, dimension);
  return (row) => keyOf(row) === key;
}

/** Rows of the requests of a window that are such, in the order of the table. */
export function requestsIn(
  context: CheckContext,
  window: Part & Pick<LogWindow, 'from' | 'to'>,
  such: (row: number) => boolean,
  most = Number.POSITIVE_INFINITY,
): number[] {
  const { requests: r } = context.observations.logs;
  const belongs = rowsOf(context, window);
  const rows: number[] = [];
  for (let i = 0; i < r.length && rows.length < most; i++)
    if (r.time[i]! >= window.from && r.time[i]! < window.to && such(i) && belongs(i)) rows.push(i);
  return rows;
}

/** Requests as evidence: path and status. */
export function citeRequests(context: CheckContext, rows: readonly number[]): EvidenceRef[] {
  const { requests: r } = context.observations.logs;
  return rows.map((i) =>
    line(context, r.source[i]!, r.line[i]!, `${r.strings[r.path[i]!] ?? ''} ${r.status[i]}`.trim(), r.time[i]!),
  );
}

/** The first requests of a window that were answered with a server error. */
export function failedRequests(context: CheckContext, window: Part & Pick<LogWindow, 'from' | 'to'>): EvidenceRef[] {
  const { status } = context.observations.logs.requests;
  return citeRequests(
    context,
    requestsIn(context, window, (row) => status[row]! >= 500, 5),
  );
}
