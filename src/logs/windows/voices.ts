/** Whose answers tell whether a service fails: each client's, or, where addresses stand for many customers, each request's. */
import { MINUTE, type MinuteSeries } from './series.ts';
import { median } from './window.ts';

export interface Voices {
  /** By minute of the series. */
  heard: Uint32Array;
  failed: Uint32Array;
}

/** Requests of one address in an ordinary minute from which it is the address of many: a balancer, a cache, a partner. */
const MANY = 5;
/** The same where there are never more than a few addresses in a minute. */
const FEW_ADDRESSES = 4;
const MANY_OF_FEW = 2;

/**
 * Behind a balancer or a cache all customers come from a few addresses, and some logs name none: a fifth of the payments may
 * fail for an hour, and every address has good and bad answers in each minute. Then every request speaks for itself.
 * @param whole what the series is a part of: a page that only a scanner asks for is not behind a balancer.
 */
export function voicesOf(series: MinuteSeries, whole = series): Voices {
  let ofMany = shared.get(whole);
  if (ofMany === undefined) {
    ofMany = standForMany(whole);
    shared.set(whole, ofMany);
  }
  return ofMany
    ? { heard: series.requests, failed: series.failures }
    : { heard: series.clients, failed: series.clientsFailed };
}

/** Whether addresses stand for many, by the whole: it is asked for each of its parts. */
const shared = new WeakMap<MinuteSeries, boolean>();

function standForMany({ requests, clients }: MinuteSeries): boolean {
  const perClient = new Float64Array(requests.length);
  let known = 0;
  let most = 0;
  for (let i = 0; i < requests.length; i++) {
    if (clients[i]! === 0) continue;
    perClient[known++] = requests[i]! / clients[i]!;
    most = Math.max(most, clients[i]!);
  }
  const usual = known === 0 ? 0 : median(perClient.subarray(0, known));
  return usual >= MANY || (most <= FEW_ADDRESSES && usual >= MANY_OF_FEW) || most === 1;
}

/** Times fewer clients failed than chance would have hit, and how many a minute are one at a time. */
const FEWER = 3;
const ONE_AT_A_TIME = 1.2;
/** Clients in each minute beside which one that fails stands alone. */
const LEAST_BESIDE = 5;

/**
 * Whether the failures of the minutes from..to are those of one client at a time while others were served: where many fail of a dozen
 * that ask, chance would not always hit the same one.
 * @param whole what the series is a part of: whoever is served elsewhere shows that addresses do not stand for many.
 */
export function ofOneClient(
  { start, requests, failures, clients, clientsFailed }: MinuteSeries,
  from: number,
  to: number,
  whole: MinuteSeries,
): boolean {
  // Counts that name no clients say nothing of them.
  if (clients === requests) return false;
  const shift = (start - whole.start) / MINUTE;
  let [failed, wanted, minutes, beside] = [0, 0, 0, 0];
  for (let i = from; i <= to; i++) {
    if (failures[i] === 0) continue;
    minutes++;
    failed += clientsFailed[i]!;
    beside += (whole.clients[i + shift] ?? 0) - clientsFailed[i]!;
    wanted += clients[i]! * (1 - (1 - 1 / clients[i]!) ** failures[i]!);
  }
  return failed <= minutes * ONE_AT_A_TIME && failed * FEWER <= wanted && beside >= minutes * LEAST_BESIDE;
}
