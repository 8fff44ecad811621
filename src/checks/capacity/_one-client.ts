/** Failures that one client alone meets while others are served: its requests, not the service, are the first thing to look at. */
import type { RequestTable } from '../../logs/types.ts';

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
