/** Requests too few to be judged over time, or without times, of which many failed: no clean bill, and no proof either. Pure. */
import type { RequestTable } from '../logs/types.ts';
import { askedBySomebody } from '../logs/windows/standing.ts';
import { counted } from '../wording.ts';

/** Share of the answers that is told where nothing else is. */
const LARGE_SHARE = 0.3;
/** One or two may be anybody's mistake. */
const FEWEST = 3;

export interface FailingRequests {
  failed: number;
  judged: number;
  /** The most frequent answer of them. */
  status: number;
  source: number;
  line: number;
  /** ms UTC of the first; NaN where the lines carry no time. */
  first: number;
  /** In words. */
  says: string;
}

/** @returns undefined where most requests went well; monitors ask for nothing that a customer would miss. */
export function failingRequests(requests: RequestTable): FailingRequests | undefined {
  const { length, status, time, source, line } = requests;
  const asked = askedBySomebody(requests);
  let judged = 0;
  const failed: number[] = [];
  const statuses = new Map<number, number>();
  for (let row = 0; row < length; row++) {
    if (status[row] === 0 || !asked(row)) continue;
    judged++;
    if (status[row]! < 500) continue;
    failed.push(row);
    statuses.set(status[row]!, (statuses.get(status[row]!) ?? 0) + 1);
  }
  if (failed.length < FEWEST || failed.length < judged * LARGE_SHARE) return undefined;
  const first = failed.reduce((a, b) => (time[b]! < time[a]! ? b : a));
  const [[often]] = [...statuses].sort((a, b) => b[1] - a[1]) as [[number, number]];
  return {
    failed: failed.length,
    judged,
    status: often,
    source: source[first]!,
    line: line[first]!,
    first: time[first]!,
    says: `${failed.length} of ${counted(judged, 'request')} were answered with a server error (${often})`,
  };
}
