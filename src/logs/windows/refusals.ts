/**
 * Windows in which clients are turned away with 4xx: a path that a release has dropped, a rule of a firewall that is too strict,
 * keys that are no longer taken, customers who give up waiting. The server calls none of it a failure.
 */
import type { RequestTable } from '../types.ts';
import { NEARLY_ALL } from './places.ts';
import { MINUTE, type MinuteSeries, REFUSALS, requestSeries } from './series.ts';
import { sumOf, totalOf, type Window } from './window.ts';
import { DEFAULT_WINDOW_THRESHOLDS, failureWindows } from './windows.ts';

export interface RefusalWindow extends Window {
  dimension: 'all' | 'endpoint';
}

/** Least share of clients that were refused only: a few always are. */
const LEAST_OF_ALL = 0.3;
const LEAST_OF_A_PART = 0.5;
/** Share of all requests from which an endpoint matters. */
const OFTEN = 0.03;
const LEAST_MINUTES = 5;
/** How much less than around it was answered well. More of the refused alone are strangers: scanners, or a flood that is kept out. */
const LOST = 0.75;
/** Busiest endpoints that are looked at. */
const BUSIEST = 20;

/** @returns windows of everything or, where nearly all of it or no more is refused there, of single endpoints; the gravest first. */
export function refusalWindows(table: RequestTable): RefusalWindow[] {
  const [whole] = requestSeries(table, 'all', undefined, REFUSALS);
  if (!whole) return [];
  const all = customersLost(whole, LEAST_OF_ALL).map((window): RefusalWindow => ({ ...window, dimension: 'all' }));
  const total = totalOf(whole.requests);
  const parts = requestSeries(table, 'endpoint', undefined, REFUSALS)
    .slice(0, BUSIEST)
    .filter(({ requests }) => totalOf(requests) >= total * OFTEN)
    .flatMap((series) => customersLost(series, LEAST_OF_A_PART, whole))
    .map((window): RefusalWindow => ({ ...window, dimension: 'endpoint' }));
  const isPlace = (of: RefusalWindow): boolean =>
    parts.some((part) => part.from < of.to && part.to > of.from && part.failures >= of.failures * NEARLY_ALL);
  const shown = all.filter((window) => !isPlace(window));
  const apart = parts.filter((part) => !shown.some(({ from, to }) => part.from < to && part.to > from));
  return [...shown, ...apart].sort((a, b) => b.failures - a.failures);
}

/** Windows of one series in which fewer than around it were answered well. */
function customersLost(series: MinuteSeries, least: number, whole = series): Window[] {
  return failureWindows(series, DEFAULT_WINDOW_THRESHOLDS, undefined, whole).filter((window) => {
    if (window.value < least || window.value < window.baseline * 4) return false;
    const [from, to] = [(window.from - series.start) / MINUTE, (window.to - series.start) / MINUTE - 1];
    const length = to - from + 1;
    if (length < LEAST_MINUTES) return false;
    const wellIn = (first: number, last: number): number =>
      sumOf(series.requests, first, last) - sumOf(series.failures, first, last);
    const [before, after] = [Math.max(0, from - length), Math.min(series.requests.length - 1, to + length)];
    const around = wellIn(before, from - 1) + wellIn(to + 1, after);
    const minutes = from - before + (after - to);
    return minutes > 0 && wellIn(from, to) / length <= (around / minutes) * LOST;
  });
}
