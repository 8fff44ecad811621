/**
 * Windows in which clients are turned away with 4xx: a path that a release has dropped, a rule of a firewall that is too strict,
 * keys that are no longer taken, customers who give up waiting. The server calls none of it a failure.
 */
import type { RequestTable } from '../types.ts';
import { NEARLY_ALL } from './places.ts';
import { MINUTE, type MinuteSeries, REFUSALS, requestSeries } from './series.ts';
import { minutesOf, sumOf, totalOf, type Window } from './window.ts';
import { DEFAULT_WINDOW_THRESHOLDS, failureWindows } from './windows.ts';

export interface RefusalWindow extends Window {
  dimension: 'all' | 'endpoint';
}

/** Refusals, or a burst of them that no customer suffers from. */
export interface ToldRefusals extends RefusalWindow {
  /** Who was turned away: customers, where fewer than usual were served; else others, who were kept out. */
  who: 'customers' | 'others';
}

/** Least share of clients that were refused only: a few always are. */
const LEAST_OF_ALL = 0.3;
const LEAST_OF_A_PART = 0.5;
/** Share of all requests from which an endpoint matters. */
const OFTEN = 0.03;
/** How many times the share of requests in the whole log. */
const LARGER_SHARE = 1.2;
/** What adding up many fractions may lose. */
const TINY = 1e-6;
/** How many times the share at other times. */
const FAR_MORE = 4;
const LEAST_MINUTES = 5;
/** How much less than around it was answered well. More of the refused alone are strangers: scanners, or a flood that is kept out. */
const LOST = 0.75;
/** Refusals of one client in a minute, in number and in times the usual, beyond which it is a program that searches. */
const MOST_TRIES = 20;
const TIMES_USUAL = 10;
/** Standard errors by which fewer must have been served: by chance in one of seven hundred. */
const LOST_Z = 3;
/** Busiest endpoints that are looked at. */
export const BUSIEST = 20;

/** Refused requests from which it is worth a line that somebody was kept out. */
const WORTH_A_LINE = 200;

const matters = (requests: Uint32Array, whole: MinuteSeries): boolean =>
  totalOf(requests) >= totalOf(whole.requests) * OFTEN;

/**
 * Whether a window of refusals may be found: in some stretch there must be as many of them for each client as it takes, and a
 * larger share of all requests than in the whole log.
 * @param refused requests of the series that were refused, by minute. @param whole what it is an endpoint of.
 */
export function maybeRefused({ requests, clients }: MinuteSeries, refused: Uint32Array, whole?: MinuteSeries): boolean {
  if (whole && !matters(requests, whole)) return false;
  const least = whole ? LEAST_OF_A_PART : LEAST_OF_ALL;
  const share = (totalOf(refused) / totalOf(requests)) * LARGER_SHARE;
  if (!(share > 0)) return false;
  const beyond = (i: number): number => (i < 0 ? 0 : refused[i]! - Math.max(clients[i]! * least, requests[i]! * share));
  // Of all stretches that end so many minutes ago, the one with the most beyond what it takes.
  let [before, recent, any] = [0, 0, 0];
  for (let i = 0; i < clients.length; i++) {
    const gone = i - LEAST_MINUTES;
    recent += beyond(i) - beyond(gone);
    any += refused[i]! - (gone < 0 ? 0 : refused[gone]!);
    before = Math.max(0, before + beyond(gone));
    if (any > 0 && before + recent >= -TINY) return true;
  }
  return false;
}

/** @returns windows of everything or, where nearly all of it or no more is refused there, of single endpoints; the gravest first. */
export function refusalWindows(table: RequestTable): RefusalWindow[] {
  const [whole] = requestSeries(table, 'all', undefined, REFUSALS);
  if (!whole) return [];
  const told = refusalsOf(whole, requestSeries(table, 'endpoint', undefined, REFUSALS));
  return told.length === 0 ? told : told.filter((window) => !isOneStranger(table, window));
}

/** Whether one address got half of the refusals and more, which has no such part of what was answered well: a proxy before all would. */
function isOneStranger(table: RequestTable, { from, to }: Window): boolean {
  const refused = new Map<number, number>();
  const served = new Map<number, number>();
  for (let row = 0; row < table.length; row++) {
    const status = table.status[row]!;
    const inside = table.time[row]! >= from && table.time[row]! < to;
    const counts = status < 400 ? served : inside && status < 500 ? refused : undefined;
    if (counts) counts.set(table.client[row]!, (counts.get(table.client[row]!) ?? 0) + 1);
  }
  const all = (counts: Map<number, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);
  const [client, most] = [...refused].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, 0]);
  return most >= all(refused) / 2 && (served.get(client) ?? 0) < all(served) / 10;
}

/** The same of series whose failures are refusals. @param endpoints the busiest first. */
function refusalsOf(whole: MinuteSeries, endpoints: readonly MinuteSeries[]): RefusalWindow[] {
  const all = customersLost(whole, LEAST_OF_ALL).map((window): RefusalWindow => ({ ...window, dimension: 'all' }));
  const parts = endpoints
    .slice(0, BUSIEST)
    .filter(({ requests }) => matters(requests, whole))
    .flatMap((series) => customersLost(series, LEAST_OF_A_PART, whole))
    .map((window): RefusalWindow => ({ ...window, dimension: 'endpoint' }));
  const isPlace = (of: RefusalWindow): boolean =>
    parts.some((part) => part.from < of.to && part.to > of.from && part.failures >= of.failures * NEARLY_ALL);
  const shown = all.filter((window) => !isPlace(window));
  const apart = parts.filter((part) => !shown.some(({ from, to }) => part.from < to && part.to > from));
  return [...shown, ...apart].sort((a, b) => b.failures - a.failures);
}

/** Refusals of customers and, at other times, of others; in order of time. */
export function toldRefusals(whole: MinuteSeries, endpoints: readonly MinuteSeries[]): ToldRefusals[] {
  const seriesOf = ({ dimension, key }: RefusalWindow): MinuteSeries =>
    dimension === 'all' ? whole : endpoints.find((one) => one.key === key)!;
  const customers = refusalsOf(whole, endpoints)
    .filter((window) => lostOnBothSides(window, seriesOf(window)))
    .map((window): ToldRefusals => ({ ...window, who: 'customers' }));
  // Each request by itself: one address that is told no a thousand times is what is looked for.
  const each = { ...whole, clients: whole.requests, clientsFailed: whole.failures };
  const others = failureWindows(each, DEFAULT_WINDOW_THRESHOLDS, undefined)
    .filter(({ from, to, value, baseline, requests, failures }) => {
      if (value < LEAST_OF_ALL || value < baseline * FAR_MORE || failures < WORTH_A_LINE) return false;
      if (to - from < LEAST_MINUTES * MINUTE || !isLarger({ requests, failures }, whole)) return false;
      return !customers.some((known) => known.from < to && known.to > from);
    })
    .map((window): ToldRefusals => ({ ...window, dimension: 'all', who: 'others' }));
  return [...customers, ...others].sort((a, b) => a.from - b.from);
}

/** Requests of the minutes from..to that were answered well. */
const wellIn = ({ requests, failures }: MinuteSeries, from: number, to: number): number =>
  sumOf(requests, from, to) - sumOf(failures, from, to);

/** Whether fewer were answered well than before it and than after it: a morning's rise alone is not what a window takes away. */
function lostOnBothSides(window: Window, series: MinuteSeries): boolean {
  const [first, last] = minutesOf(window, series);
  const length = last - first + 1;
  const sides = [
    [Math.max(0, first - length), first - 1],
    [last + 1, Math.min(series.requests.length - 1, last + length)],
  ] as const;
  const inside = wellIn(series, first, last);
  return sides.every(([from, to]) => {
    const minutes = to - from + 1;
    if (minutes < LEAST_MINUTES) return true;
    const expected = (wellIn(series, from, to) * length) / minutes;
    return inside <= expected * LOST && expected - inside >= LOST_Z * Math.sqrt(expected + inside);
  });
}

const isLarger = (window: Pick<Window, 'requests' | 'failures'>, { requests, failures }: MinuteSeries): boolean =>
  window.failures / window.requests >= (totalOf(failures) / totalOf(requests)) * LARGER_SHARE;

/** Windows of one series in which fewer than around it were answered well. */
function customersLost(series: MinuteSeries, least: number, whole = series): Window[] {
  return failureWindows(series, DEFAULT_WINDOW_THRESHOLDS, undefined, whole).filter((window) => {
    if (window.value < least || window.value < window.baseline * FAR_MORE) return false;
    if (!isLarger(window, series)) return false;
    const [from, to] = minutesOf(window, series);
    const length = to - from + 1;
    if (length < LEAST_MINUTES) return false;
    // Where few customers come, one scanner is a large share of them.
    const tries = sumOf(series.failures, from, to) / sumOf(series.clientsFailed, from, to);
    const usual = totalOf(series.requests) / totalOf(series.clients);
    if (tries > MOST_TRIES && tries > usual * TIMES_USUAL) return false;
    const [before, after] = [Math.max(0, from - length), Math.min(series.requests.length - 1, to + length)];
    const around = wellIn(series, before, from - 1) + wellIn(series, to + 1, after);
    const minutes = from - before + (after - to);
    return minutes > 0 && wellIn(series, from, to) / length <= (around / minutes) * LOST;
  });
}
