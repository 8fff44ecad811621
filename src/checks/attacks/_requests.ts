/** Views of the request table that the attack checks share. */
import type { EvidenceRef } from '../../finding.ts';
import type { RequestTable } from '../../logs/types.ts';
import { line } from '../support.ts';
import type { CheckContext } from '../types.ts';

export interface Request {
  row: number;
  time: number;
  client: string;
  method: string;
  path: string;
  query: string;
  status: number;
  bytes: number;
  referer: string;
  userAgent: string;
}

/** One row as an object; for the few rows that matter, never for whole tables. */
export function requestAt(r: RequestTable, row: number): Request {
  return {
    row,
    time: r.time[row]!,
    client: r.strings[r.client[row]!] ?? '',
    method: r.strings[r.method[row]!] ?? '',
    path: r.strings[r.path[row]!] ?? '',
    query: r.strings[r.query[row]!] ?? '',
    status: r.status[row]!,
    bytes: r.bytes[row]!,
    referer: r.strings[r.referer[row]!] ?? '',
    userAgent: r.strings[r.userAgent[row]!] ?? '',
  };
}

/** Reference to a row, with what was asked and answered. */
export function requestReference(context: CheckContext, row: number): EvidenceRef {
  const r = context.observations.logs.requests;
  const q = requestAt(r, row);
  return line(
    context,
    r.source[row]!,
    r.line[row]!,
    `${q.client} ${q.method} ${q.path}${q.query ? `?${q.query}` : ''} ${q.status} ${q.bytes}`,
    q.time,
  );
}

/** Interned ids of strings that pass a test. */
export function stringIds(r: RequestTable, test: (text: string) => boolean): Set<number> {
  const out = new Set<number>();
  for (let i = 1; i < r.strings.length; i++) if (test(r.strings[i]!)) out.add(i);
  return out;
}

/** Host of a URL in a Referer, lower case, without port; empty when none. */
export function hostOfUrl(url: string): string {
  return /^https?:\/\/([^/:?#\s]{1,253})/i.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** Rows in time order. */
export function byTime(r: RequestTable, rows: number[]): number[] {
  return rows.sort((a, b) => r.time[a]! - r.time[b]!);
}

export const median = (values: number[]): number => {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
};
