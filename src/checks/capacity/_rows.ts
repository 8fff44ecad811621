/** Requests that show a window, as evidence, and whether they are of one client. */
import type { EvidenceRef } from '../../finding.ts';
import type { RequestTable } from '../../logs/types.ts';
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

/** Share of the failures that are of one client, and share of its requests that fail. */
const NEARLY_ALL = 0.95;
const MOSTLY_FAILS = 0.5;
/** Other clients that were served meanwhile: behind a balancer or a cache there are fewer addresses. */
const OTHERS = 5;

/** Who fails alone, and what the others asked for meanwhile. */
export interface OneClient {
  address: string;
  others: { requests: number; failures: number };
}

/**
 * The address that nearly all requests failed for in a time, where most of what it asked for failed and others were served.
 * @param from ms UTC. @param to ms UTC, not included. @param asked whether a row counts. @returns undefined where there is none, or
 * where the log names no clients.
 */
export function oneClientOf(
  { length, time, status, client, strings }: RequestTable,
  from: number,
  to: number,
  asked: (row: number) => boolean,
): OneClient | undefined {
  const seen = new Map<number, { requests: number; failures: number }>();
  const all = { requests: 0, failures: 0 };
  for (let row = 0; row < length; row++) {
    if (!(time[row]! >= from && time[row]! < to && asked(row))) continue;
    const failed = status[row]! >= 500 ? 1 : 0;
    all.requests++;
    all.failures += failed;
    const known = seen.get(client[row]!);
    if (known) {
      known.requests++;
      known.failures += failed;
    } else seen.set(client[row]!, { requests: 1, failures: failed });
  }
  const [worst] = [...seen].sort((a, b) => b[1].failures - a[1].failures);
  if (!worst || worst[0] === 0) return undefined;
  const [id, of] = worst;
  let served = 0;
  for (const [other, { requests, failures: bad }] of seen) if (other !== id && other !== 0 && requests > bad) served++;
  const alone =
    of.failures >= all.failures * NEARLY_ALL && of.failures >= of.requests * MOSTLY_FAILS && served >= OTHERS;
  if (!alone) return undefined;
  return {
    address: strings[id]!,
    others: { requests: all.requests - of.requests, failures: all.failures - of.failures },
  };
}
