/** The windows of everything a log was counted by: requests, operations, and lines where there is neither. */
import { trafficSeries } from '../traffic/series.ts';
import type { LogObservations } from '../types.ts';
import { MINUTE, type MinuteSeries, requestSeries } from './series.ts';
import { type Window, windowsOf } from './windows.ts';

export type WindowDimension =
  | 'all'
  | 'endpoint'
  | 'upstream'
  | 'operations'
  | 'operation endpoint'
  | 'operation partner'
  | 'lines';

export interface LogWindow extends Window {
  dimension: WindowDimension;
}

interface Counted extends MinuteSeries {
  dimension: WindowDimension;
}

const OPERATIONS = { all: 'operations', endpoint: 'operation endpoint', upstream: 'operation partner' } as const;
/** Windows of the parts that stand beside each whole. */
const WHOLE: { [part in WindowDimension]?: WindowDimension } = {
  endpoint: 'all',
  upstream: 'all',
  'operation endpoint': 'operations',
  'operation partner': 'operations',
};
/** Edges of a part that lie this far beyond those of the whole say nothing new. */
const SAME_EDGE = 3 * MINUTE;
/** Longest log that is cut into minutes by its lines. */
const MAX_MINUTES = 172_800;

/**
 * Lines a minute of each application log that names no operations, errors as failures: what a program wrote shows when it
 * stopped and when it failed, whatever its lines look like.
 */
function lineSeries(logs: LogObservations): Counted[] {
  if (logs.operations.total > 0) return [];
  return logs.sources.flatMap((source): Counted[] => {
    const shapes = logs.templates.filter((shape) => shape.source === source.index);
    if (source.role !== 'application' || shapes.length === 0) return [];
    const minutesOf = shapes.map(({ perMinute }) => [...perMinute.keys()].filter(Number.isFinite));
    const first = minutesOf.flat().reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const last = minutesOf.flat().reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const minutes = (last - first) / MINUTE + 1;
    if (!(minutes >= 1 && minutes <= MAX_MINUTES)) return [];
    const counts = (): Uint32Array => new Uint32Array(minutes);
    const [requests, failures] = [counts(), counts()];
    for (const { perMinute, level } of shapes)
      for (const [minute, count] of perMinute) {
        const at = (minute - first) / MINUTE;
        if (!(at >= 0)) continue;
        requests[at]! += count;
        if (level === 'error' || level === 'critical') failures[at]! += count;
      }
    const untimed = new Float32Array(minutes).fill(Number.NaN);
    // A line names no client, so each is a voice of its own.
    return [
      {
        key: source.file,
        dimension: 'lines',
        start: first,
        requests,
        failures,
        clients: requests,
        clientsFailed: failures,
        p50: untimed,
        p95: untimed,
        p99: untimed,
      },
    ];
  });
}

/** Busiest endpoints and upstreams of the request table that are judged one by one, as of counted traffic. */
const BUSIEST = 30;

/** The requests as they were counted, or, where triage kept them in a table instead, as they stand there. */
function requestCounts({ traffic, requests, series }: LogObservations): Counted[] {
  if (traffic.total > 0 || requests.length === 0) return series?.traffic ?? trafficSeries(traffic);
  return (['all', 'endpoint', 'upstream'] as const).flatMap((dimension) =>
    requestSeries(requests, dimension)
      .filter(({ key }) => dimension !== 'upstream' || key !== '')
      .slice(0, BUSIEST)
      .map((one) => ({ ...one, dimension })),
  );
}

/** Whether a part was at work for less time than it is missed: a job has ended, a release has dropped a path. */
const endedRather = (series: MinuteSeries, { from, to }: Window): boolean => {
  const begun = series.requests.findIndex((count) => count > 0);
  return (from - series.start) / MINUTE - begun < (to - from) / MINUTE;
};

const slice = (series: MinuteSeries, { from, to }: Window): [number, number] => [
  (from - series.start) / MINUTE,
  (to - series.start) / MINUTE,
];

const middle = (values: Float32Array): number => {
  const known = [...values].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return known[(known.length - 1) >> 1] ?? Number.NaN;
};

/** An endpoint that is slower than usual by this factor shares in a slow spell. */
const ITSELF_SLOWER = 1.3;

/**
 * Whether everything looks slow only because something that always takes long was asked for: a nightly export beside quiet
 * traffic. Then no endpoint is slower than it is at other times.
 */
function onlyOtherWork(window: Window, parts: readonly MinuteSeries[]): boolean {
  const known = parts.filter(({ requests, p95 }) => requests.length > 0 && p95.some((value) => !Number.isNaN(value)));
  if (known.length < 2) return false;
  return !known.some((part) => {
    const [from, to] = slice(part, window);
    const during = middle(part.p95.subarray(from, to));
    const outside = middle(Float32Array.from([...part.p95.subarray(0, from), ...part.p95.subarray(to)]));
    return during >= outside * ITSELF_SLOWER;
  });
}

/** Share of the failures of everything that a part must hold, and how much worse it must be, to be where the fault is. */
const NEARLY_ALL = 0.8;
const MUCH_WORSE = 1.4;

/** Whether a part is the place of a fault that shows in the whole: nearly all that failed was asked of it. */
const placeOf = (whole: Window, part: Window): boolean =>
  part.kind === 'failures' &&
  part.failures >= whole.failures * NEARLY_ALL &&
  part.failures / part.requests >= (whole.failures / whole.requests) * MUCH_WORSE;

/** All windows: those of the whole first, then those of parts that the whole does not show already. */
export function logWindows(logs: LogObservations): LogWindow[] {
  const series: Counted[] = [
    ...requestCounts(logs),
    ...(logs.series?.operations ?? trafficSeries(logs.operations)).map((one) => ({
      ...one,
      dimension: OPERATIONS[one.dimension],
    })),
    ...lineSeries(logs),
  ];
  const windows: LogWindow[] = [];
  for (const one of series) {
    const { dimension } = one;
    const endpoints = series.filter((s) => WHOLE[s.dimension] === dimension && s.dimension.endsWith('endpoint'));
    for (const window of windowsOf(one)) {
      if (window.kind === 'slow' && onlyOtherWork(window, endpoints)) continue;
      if (window.kind === 'interruption' && WHOLE[dimension] !== undefined && endedRather(one, window)) continue;
      const said = windows.some(
        (known) =>
          known.dimension === (WHOLE[dimension] ?? dimension) &&
          known.kind === window.kind &&
          known.from <= window.from + SAME_EDGE &&
          known.to >= window.to - SAME_EDGE &&
          !placeOf(known, window),
      );
      if (!said || WHOLE[dimension] === undefined) windows.push({ ...window, dimension });
    }
  }
  return windows;
}
