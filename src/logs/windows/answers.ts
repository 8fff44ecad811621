/** What error answers say: when each status came more often than usual, and of which a window consists. */
import { OTHER_ADDRESSES } from '../traffic/addresses.ts';
import type { TrafficSeries } from '../traffic/series.ts';
import { type ToldRefusals, toldRefusals } from './refusals.ts';
import { MINUTE, type MinuteSeries, turnsAway } from './series.ts';
import { flapping, minutesOf, sumOf, totalOf, type Window } from './window.ts';
import { DEFAULT_WINDOW_THRESHOLDS, failureWindows } from './windows.ts';

/** Requests that were answered with one status. */
export interface StatusAnswers {
  status: number;
  count: number;
  /** ms UTC of the first minute with one and the end of the last. */
  first: number;
  last: number;
  /** Times in which it was a larger share of all answers than at others; empty where it trickles. */
  windows: { from: number; to: number; open: boolean; count: number; share: number; usually: number }[];
}

const sum = (windows: readonly Window[], counts: 'requests' | 'failures'): number =>
  windows.reduce((total, window) => total + window[counts], 0);

/** How much oftener a status must come, where it is not most of all answers. */
const OFTENER = 2;
const MOST = 0.5;

/**
 * Windows in which a status came more often, by the clock. A share also falls where other requests come in a flood, and rises again
 * after them; and a flood is most of the requests of a log, but not most of its time.
 */
function oftenerIn(found: readonly Window[], { start, requests, failures }: MinuteSeries): Window[] {
  const inside = new Uint8Array(requests.length);
  for (const window of found) {
    const [from, to] = minutesOf(window, { start });
    inside.fill(1, from, to + 1);
  }
  let [minutes, count, within] = [0, 0, 0];
  for (const [i, all] of requests.entries()) {
    if (all === 0) continue;
    if (inside[i]) within++;
    else {
      minutes++;
      count += failures[i]!;
    }
  }
  // What most of the log is like is its usual state, and the rest was something else.
  if (within > minutes) return [];
  const usual = count / Math.max(1, minutes);
  return found.filter(
    ({ from, to, failures: own, value }) => value >= MOST || (own * MINUTE) / (to - from) >= usual * OFTENER,
  );
}

/** @param series all requests, and the answers of one status as failures. */
export function statusAnswers(series: MinuteSeries): StatusAnswers {
  const { key, start, requests, failures } = series;
  const seen = (count: number): boolean => count > 0;
  const windows = oftenerIn(flapping(failureWindows(series, DEFAULT_WINDOW_THRESHOLDS, undefined)), series);
  const inside = sum(windows, 'failures');
  const others = totalOf(requests) - sum(windows, 'requests');
  const count = totalOf(failures);
  return {
    status: Number(key),
    count,
    first: start + failures.findIndex(seen) * MINUTE,
    last: start + (failures.findLastIndex(seen) + 1) * MINUTE,
    windows: windows.map(({ from, to, open, failures: within, value }) => ({
      from,
      to,
      open,
      count: within,
      share: value,
      usually: others > 0 ? (count - inside) / others : 0,
    })),
  };
}

/** Share of what went wrong in a window that is worth a word. */
const WORTH_A_WORD = 0.2;
/** Share of all such answers that those of a part must be, so that their statuses are its own. */
const ITS_OWN = 0.8;

/**
 * Statuses of which a window consists, the most frequent first: those that came oftener than at other times.
 * @param wrong whether a status is of the kind that the window is about. @param statuses series of all statuses.
 * @returns none where they are not known, or cannot be told from those of other parts.
 */
export function statusesOf(
  window: Pick<Window, 'from' | 'to' | 'failures'>,
  statuses: readonly MinuteSeries[],
  wrong: (status: number) => boolean,
): number[] {
  let all = 0;
  const more = statuses
    .filter(({ key }) => wrong(Number(key)))
    .map(({ key, start, failures }) => {
      const [from, to] = minutesOf(window, { start });
      const inside = sumOf(failures, from, Math.min(to, failures.length - 1));
      all += inside;
      const outside = (totalOf(failures) - inside) / Math.max(1, failures.length - (to - from + 1));
      return { status: Number(key), more: inside - outside * (to - from + 1) };
    });
  if (window.failures < all * ITS_OWN) return [];
  return more
    .filter((one) => one.more >= window.failures * WORTH_A_WORD)
    .sort((a, b) => b.more - a.more)
    .map(({ status }) => status);
}

/** A time in which many were turned away. */
export interface LogRefusals extends ToldRefusals {
  /** The answers that they got, the most frequent first. */
  statuses: number[];
  /** The one address that nearly all of it was about. */
  client?: string;
}

/** Share of refusals from which one address is whom they were about. */
const ONE_ADDRESS = 0.8;

/** Whom requests came from, by the ids of their clients. */
export interface Clients {
  name(client: number): string;
  /** Whether most of what it asked for was answered 4xx or 5xx. */
  failsHabitually(client: number): boolean;
}

/** @param counted all series of requests. @param statuses those of statuses. */
export function refusalsIn(
  counted: readonly TrafficSeries[],
  statuses: readonly MinuteSeries[],
  clients: Clients,
): LogRefusals[] {
  const whole = counted.find(({ dimension }) => dimension === 'refusals');
  if (!whole) return [];
  const endpoints = counted.filter(({ dimension }) => dimension === 'endpoint refusals');
  return toldRefusals(whole, endpoints).map((window): LogRefusals => {
    const told = { ...window, statuses: statusesOf(window, statuses, turnsAway) };
    const loudest = loudestIn(whole, window);
    if (!loudest || loudest.client <= OTHER_ADDRESSES) return told;
    const { client, refused } = loudest;
    // One who asks for what is not there, at an endpoint where hardly anybody else asks for anything, is no customer.
    if (isMostOf(refused, window, whole) && clients.failsHabitually(client))
      return { ...told, who: 'others', client: clients.name(client) };
    const isAll = window.dimension === 'all' && refused >= window.failures * ONE_ADDRESS;
    return isAll ? { ...told, client: clients.name(client) } : told;
  });
}

/** Whether refusals are half of those of a window, and of all in its time. */
function isMostOf(refused: number, window: Window, whole: MinuteSeries): boolean {
  const inItsTime = sumOf(whole.failures, ...minutesOf(window, whole));
  return refused * 2 >= Math.max(window.failures, inItsTime);
}

/** Who was refused most in the minutes of a window: of those that were it in some minute, how often they were in those. */
function loudestIn({ loudest, start }: TrafficSeries, window: Window): { client: number; refused: number } | undefined {
  if (!loudest) return undefined;
  const refused = new Map<number, number>();
  const [from, to] = minutesOf(window, { start });
  for (let i = from; i <= to; i++)
    if (loudest.refused[i]! > 0)
      refused.set(loudest.clients[i]!, (refused.get(loudest.clients[i]!) ?? 0) + loudest.refused[i]!);
  const [first] = [...refused].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return first && { client: first[0], refused: first[1] };
}
