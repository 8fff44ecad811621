/** Where a series leaves its own baseline: interruptions, failures, slowness. */
import { widened } from './edges.ts';
import { MINUTE, type MinuteSeries } from './series.ts';
import { slowWindows } from './slow.ts';
import { silencesOf } from './stops.ts';
import { ofOneClient, voicesOf } from './voices.ts';
import { type UsualProfile, usualProfile } from './weekly.ts';
import {
  DEFAULT_WINDOW_THRESHOLDS,
  flapping,
  runs,
  sumOf,
  totalOf,
  type Window,
  type WindowThresholds,
  windowOf,
} from './window.ts';

export { interruptions } from './stops.ts';
export { DEFAULT_WINDOW_THRESHOLDS, type Window, type WindowThresholds } from './window.ts';

/** Logarithm of some sixty endpoints and upstreams. */
const MANY_PARTS = 4;

/** Share that fails where hardly anything ever did. */
const LEAST_USUAL = 0.002;
/** Minutes of a stretch that shows how a service is when it works, and clients in it. */
const STRETCH = 10;
const STRETCH_CLIENTS = 30;
/** Clients that must have failed within three minutes. */
const FEWEST_FAILED = 3;

/** Least share of clients that failed in any ten minutes. */
function bestStretch(clients: Uint32Array, failed: Uint32Array): number {
  let best = 1;
  for (let i = 0; i + STRETCH <= clients.length; i++) {
    const seen = sumOf(clients, i, i + STRETCH - 1);
    if (seen >= STRETCH_CLIENTS) best = Math.min(best, sumOf(failed, i, i + STRETCH - 1) / seen);
  }
  return best;
}

/** Share that fails at least, whatever the log is about. @param enough share of a minute from which it may be bad. */
function lowestShare(clients: Uint32Array, clientsFailed: Uint32Array, enough: number): number {
  const minutes = clients.length;
  const shares = new Float64Array(minutes);
  let known = 0;
  let good = 0;
  for (let i = 0; i < minutes; i++) {
    if (clients[i] === 0) continue;
    if (clientsFailed[i] === 0) good++;
    shares[known++] = clientsFailed[i]! / clients[i]!;
  }
  // The lower quartile stays usual even when half of the log is the incident; where more of it is, its best stretch.
  const quartile = good > known >> 2 ? 0 : (shares.subarray(0, known).sort()[known >> 2] ?? 0);
  const best = quartile < enough ? quartile : Math.min(quartile, bestStretch(clients, clientsFailed));
  return Math.max(LEAST_USUAL, best);
}

/** Minutes that stand out by themselves and with their neighbours. @param lowest share that fails at least. */
function badMinutes(
  clients: Uint32Array,
  clientsFailed: Uint32Array,
  lowest: number,
  limits: WindowThresholds,
  profile: UsualProfile | undefined,
): Uint8Array {
  const minutes = clients.length;
  const { failureShare, failureClients, failureZ } = limits;
  const bad = new Uint8Array(minutes);
  for (let i = 0; i < minutes; i++) {
    const own = clients[i] === 0 ? 0 : clientsFailed[i]! / clients[i]!;
    if (own < failureShare) continue;
    const from = Math.max(0, i - 1);
    const to = Math.min(minutes - 1, i + 1);
    const seen = sumOf(clients, from, to);
    const failed = sumOf(clientsFailed, from, to);
    if (seen < failureClients || failed < FEWEST_FAILED) continue;
    const share = failed / seen;
    // NaN where no other week or day had a client at this time.
    const usual = Math.min(0.99, Math.max(lowest, profile?.usualFailures(i) || 0));
    const z = (share - usual) / Math.sqrt((usual * (1 - usual)) / seen);
    if (own >= usual * 2 && z >= failureZ && share >= failureShare) bad[i] = 1;
  }
  return bad;
}

/** Share of clients that got no good answer, against the log's own usual share, and that of the time of the week. */
export function failureWindows(
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  profile: UsualProfile | undefined = usualProfile(series),
  whole = series,
): Window[] {
  const { heard: clients, failed: clientsFailed } = voicesOf(series, whole);
  if (totalOf(clientsFailed) < FEWEST_FAILED) return [];
  const lowest = lowestShare(clients, clientsFailed, limits.failureShare);
  const bad = badMinutes(clients, clientsFailed, lowest, limits, profile);
  const candidates = runs(bad, 2).map(([from, to]): Candidate => {
    return { from, to, seen: sumOf(clients, from, to), failed: sumOf(clientsFailed, from, to) };
  });
  const all = { seen: totalOf(clients), failed: totalOf(clientsFailed) };
  const { found, elsewhere } = provenAgainst(all, candidates, lowest, limits.failureEvidence);
  const windows = new Uint8Array(clients.length);
  for (const { from, to } of found) windows.fill(1, from, to + 1);
  const counts = { heard: clients, failed: clientsFailed };
  const told = found.filter(
    ({ from, to, failed }) => failed / (to - from + 1) >= usualNearby(clientsFailed, windows, from, to) * MORE,
  );
  let free = 0;
  return told.map((one, i) => {
    const most = (told[i + 1]?.from ?? clients.length) - 1;
    const { from, to } = widened(counts, one, elsewhere, free, most, limits.failureEvidence);
    free = to + 1;
    const share = sumOf(clientsFailed, from, to) / sumOf(clients, from, to);
    const window = windowOf(series, 'failures', from, to, share, elsewhere);
    return ofOneClient(series, from, to, whole) ? { ...window, oneClient: true } : window;
  });
}

/** First and last minutes of what may be a window, the clients heard in it and those that failed. */
interface Candidate {
  from: number;
  to: number;
  seen: number;
  failed: number;
}

/**
 * Candidates that are proven against the rest of the log, the surest first. One that is not remains a part of that rest: among
 * three failures of ten clients here and there, all left out, a service that always fails a little would look as if it never did.
 * @param lowest share that fails at least. @returns them in their order, and the share that fails elsewhere.
 */
function provenAgainst(
  all: Readonly<{ seen: number; failed: number }>,
  candidates: readonly Candidate[],
  lowest: number,
  least: number,
): { found: Candidate[]; elsewhere: number } {
  let rest = { ...all };
  const without = ({ seen, failed }: Candidate) => ({ seen: rest.seen - seen, failed: rest.failed - failed });
  const share = ({ seen, failed }: { seen: number; failed: number }): number =>
    Math.max(lowest, seen > 0 ? failed / seen : 0);
  const evidence = (one: Candidate): number => {
    const others = without(one);
    const seen = Math.max(others.seen, 1);
    return twoRates(one.seen, one.failed, seen, seen * share(others));
  };
  const surest = candidates
    .map((one) => ({ one, sure: evidence(one) }))
    .sort((a, b) => b.sure - a.sure || a.one.from - b.one.from);
  const found = new Set<Candidate>();
  for (const { one } of surest) {
    if (evidence(one) < least) continue;
    found.add(one);
    rest = without(one);
  }
  return { found: candidates.filter((one) => found.has(one)), elsewhere: share(rest) };
}

/** How many more must fail a minute than just before and after: a monitor that always fails is half of a night's clients. */
const MORE = 1.5;

/** Failed a minute in as long a time before and after a window, without the minutes of windows; 0 where there is none. */
function usualNearby(failed: Uint32Array, windows: Uint8Array, from: number, to: number): number {
  const length = to - from + 1;
  let [sum, minutes] = [0, 0];
  for (let i = Math.max(0, from - length); i < Math.min(failed.length, to + 1 + length); i++) {
    if (windows[i] !== 0) continue;
    sum += failed[i]!;
    minutes++;
  }
  return minutes === 0 ? 0 : sum / minutes;
}

/** Log-likelihood of counts that fail at a rate of their own. */
const ofRate = (seen: number, failed: number): number =>
  (failed > 0 ? failed * Math.log(failed / seen) : 0) +
  (failed < seen ? (seen - failed) * Math.log((seen - failed) / seen) : 0);

/**
 * Evidence that a window fails at another rate than the rest, as the scan statistic of Kulldorff (1997): two rates against one
 * common one. Windows were chosen for being bad, so the rest is better than usual by that choice alone; the common rate is not.
 */
const twoRates = (seen: number, failed: number, seenElsewhere: number, failedElsewhere: number): number =>
  ofRate(seen, failed) +
  ofRate(seenElsewhere, failedElsewhere) -
  ofRate(seen + seenElsewhere, failed + failedElsewhere);

/** What is known of a series besides its counts. */
export interface Surroundings {
  /** What it consists of: its answers are judged by what each part usually takes. */
  parts?: readonly MinuteSeries[];
  /** The endpoints of the whole. */
  endpoints?: readonly MinuteSeries[];
  /** What it is a part of. */
  whole?: MinuteSeries | undefined;
}

/** All windows of one series. */
export const windowsOf = (
  series: MinuteSeries,
  limits = DEFAULT_WINDOW_THRESHOLDS,
  surroundings: Surroundings = {},
): Window[] => judgeSeries(series, limits, surroundings).windows;

/** All windows of one series, and the silences that may be stops or nights. */
export function judgeSeries(
  series: MinuteSeries,
  limits: WindowThresholds,
  { parts = [], endpoints = parts, whole = series }: Surroundings,
): { windows: Window[]; nights: Window[] } {
  const usual = usualProfile(series, whole);
  // One of many that are looked at, so that chance has as many tries.
  const more = whole === series ? 0 : MANY_PARTS;
  const own = {
    ...limits,
    gapEvidence: limits.gapEvidence + more,
    failureEvidence: limits.failureEvidence + more,
  };
  const { stops, nights } = silencesOf(series, own, usual, whole === series ? undefined : whole);
  const windows = [
    ...flapping(stops),
    ...flapping(failureWindows(series, own, usual, whole)),
    ...slowWindows(series, parts, endpoints, limits, usual),
  ].sort((a, b) => a.from - b.from);
  return { windows, nights };
}

/**
 * Begin and end of an error class: from the first minute to the last with hits, without stray hits far from the bulk.
 * @param perMinute ms UTC of the minute to hits.
 */
export function burst(perMinute: ReadonlyMap<number, number>): { from: number; to: number; share: number } | undefined {
  const minutes = [...perMinute].sort((a, b) => a[0] - b[0]);
  if (minutes.length === 0) return undefined;
  const total = minutes.reduce((all, [, count]) => all + count, 0);
  // Groups are hits less than ten minutes apart; the largest is the burst.
  let best = { from: minutes[0]![0], to: minutes[0]![0], count: 0 };
  let current = { ...best };
  for (const [minute, count] of minutes) {
    if (minute - current.to > 10 * MINUTE) current = { from: minute, to: minute, count: 0 };
    current.to = minute;
    current.count += count;
    if (current.count > best.count) best = { ...current };
  }
  return { from: best.from, to: best.to + MINUTE, share: best.count / total };
}
