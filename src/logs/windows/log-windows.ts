/** The windows of everything a log was counted by: requests, operations, and lines where there is neither. */
import { type TrafficSeries, trafficSeries } from '../traffic/series.ts';
import type { LogObservations, LogSource, RequestTable, TemplateSeries } from '../types.ts';
import { type LogRefusals, refusalsIn, type StatusAnswers, statusAnswers, statusesOf } from './answers.ts';
import type { LegSeries } from './legs.ts';
import { gapOfTheLog, type LogGap } from './log-gaps.ts';
import { concentration, explains, isPlace, MUCH_WORSE, NEARLY_ALL, narrowest, type Place } from './places.ts';
import { MINUTE, type MinuteSeries, requestSeries, untimedSeries } from './series.ts';
import { NOBODY_ASKED, type StandingFailures, standingFailures } from './standing.ts';
import { type ThinSeries, thinSeries } from './thin.ts';
import { endedRather } from './window.ts';
import { DEFAULT_WINDOW_THRESHOLDS, judgeSeries, type Window } from './windows.ts';

export type WindowDimension =
  | 'all'
  | 'endpoint'
  | 'upstream'
  | 'merchant'
  | 'operations'
  | 'operation endpoint'
  | 'operation partner'
  | 'operation merchant'
  | 'lines';

export interface LogWindow extends Window {
  dimension: WindowDimension;
  /** Of a window of everything: the part that it is about, where the others are as usual. */
  place?: Pick<LogWindow, 'dimension' | 'key'>;
  /** Error answers that failures of requests consist of, the most frequent first, where they are known. */
  statuses?: number[];
}

export interface LogStanding extends StandingFailures {
  dimension: WindowDimension;
}

interface Counted extends MinuteSeries {
  dimension: WindowDimension;
  percentiles: LegSeries['percentiles'];
}

const OPERATIONS = {
  all: 'operations',
  endpoint: 'operation endpoint',
  upstream: 'operation partner',
  merchant: 'operation merchant',
} as const;
/** Windows of the parts that stand beside each whole. */
const WHOLE: { [part in WindowDimension]?: WindowDimension } = {
  endpoint: 'all',
  upstream: 'all',
  merchant: 'all',
  'operation endpoint': 'operations',
  'operation partner': 'operations',
  'operation merchant': 'operations',
};
/** Edges of a part that lie this far beyond those of the whole say nothing new. */
const SAME_EDGE = 3 * MINUTE;
/**
 * There may be many of them beside the endpoints and upstreams, so that chance has more tries. What a merchant asked for at each
 * time is not known, so that its batches must not look slow.
 */
const OF_MERCHANTS = {
  ...DEFAULT_WINDOW_THRESHOLDS,
  gapEvidence: DEFAULT_WINDOW_THRESHOLDS.gapEvidence + 1,
  failureEvidence: DEFAULT_WINDOW_THRESHOLDS.failureEvidence + 1,
  slowRequests: 20,
  slowSurge: 1.5,
};
/** Longest log that is cut into minutes by its lines. */
const MAX_MINUTES = 172_800;

/** Share of the records that operations must be, so that they stand for what a program does. */
const MOST_RECORDS = 0.2;

/** Logs of connections, which say by their level whether one failed. */
const OF_CONNECTIONS: ReadonlySet<string> = new Set(['aws-nlb']);
const tellsByLevel = ({ role, format }: LogSource): boolean => role === 'application' || OF_CONNECTIONS.has(format);

/** Whether errors stand in lines of their own, as where a database tells how long each statement took that succeeded. */
const failsElsewhere = ({ operations }: LogObservations, { levels }: LogSource): boolean =>
  (levels.error ?? 0) + (levels.critical ?? 0) > 2 * operations.failures;

/**
 * Lines a minute of each application log that hardly names operations, errors as failures: what a program wrote shows when it
 * stopped and when it failed, whatever its lines look like.
 */
function lineSeries(logs: LogObservations): Counted[] {
  const shapesOf = new Map<number, TemplateSeries[]>();
  for (const shape of logs.templates) {
    const known = shapesOf.get(shape.source);
    if (known) known.push(shape);
    else shapesOf.set(shape.source, [shape]);
  }
  return logs.sources.flatMap((source): Counted[] => {
    const shapes = shapesOf.get(source.index) ?? [];
    if (!tellsByLevel(source) || shapes.length === 0) return [];
    if (source.operations > source.parsed * MOST_RECORDS && !failsElsewhere(logs, source)) return [];
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
    return [alike(untimedSeries(source.file, first, requests, failures), 'lines')];
  });
}

/** Busiest endpoints and upstreams of the request table that are judged one by one, as of counted traffic. */
const BUSIEST = 30;

const ANSWERS = ['status', 'refusals', 'endpoint refusals'] as const;
type JudgedSeries = TrafficSeries & { dimension: Exclude<TrafficSeries['dimension'], (typeof ANSWERS)[number]> };

/** Whether a series is one of requests by what they were about, not of answers (answers.ts). */
const isJudged = (one: TrafficSeries): one is JudgedSeries => !(ANSWERS as readonly string[]).includes(one.dimension);

/** The requests as they were counted, or, where triage kept them in a table instead, as they stand there. */
function requestCounts({ traffic, requests, series }: LogObservations): TrafficSeries[] {
  if (traffic.total > 0 || requests.length === 0) return series?.traffic ?? trafficSeries(traffic);
  return [
    ...(['all', 'endpoint', 'upstream'] as const).flatMap((dimension) =>
      requestSeries(requests, dimension)
        .filter(({ key }) => dimension !== 'upstream' || key !== '')
        .slice(0, BUSIEST)
        .map((one) => ({ ...one, dimension })),
    ),
    ...merchantsOf(requests),
  ];
}

/** Merchants of the request table, where there are several. */
function merchantsOf(requests: RequestTable): TrafficSeries[] {
  const named = requestSeries(requests, 'merchant').filter(({ key }) => key !== '');
  if (named.length < 2) return [];
  // A merchant calls from servers of its own, so each of its requests is a voice.
  return named.map((one) => ({
    ...one,
    dimension: 'merchant',
    clients: one.requests,
    clientsFailed: one.failures,
  }));
}

/** Least share that is told: some servers answer a few percent of bad input with 500, and some programs complain, all their life. */
const LEAST_ALWAYS: { [dimension in WindowDimension]?: number } = { all: 0.1, operations: 0.1, lines: 0.2 };
/** A part that was never finished, or that nobody should ask for, fails all the time as well. */
const LEAST_OF_A_PART = 0.3;

/** Silences that are told as neither stop nor night. */
export interface UnclearSilences {
  count: number;
  /** Why they are not told. */
  why: string;
  /** The first of them, those of everything before those of parts. */
  first: Pick<LogWindow, 'dimension' | 'key' | 'from' | 'to' | 'open'>[];
}

/** Windows of the service, and silences that are only the log's. */
export interface JudgedLogs {
  /** Those of the whole first, then those of parts that the whole does not show already. */
  windows: LogWindow[];
  gaps: LogGap[];
  /** Silences of hours that may be stops or nights; of parts, those that are not silent with the whole. */
  unclear: UnclearSilences;
  /** What failed from the beginning of the log to its end: of everything, or of the parts where nearly all of it was. */
  standing: LogStanding[];
  /** What there is too little of to judge. */
  thin: (ThinSeries & { dimension: 'all' | 'operations' })[];
  /** Of requests that were counted; triage keeps them in a table and judges that (refusals.ts). */
  refusals: LogRefusals[];
  answers: StatusAnswers[];
  /** What was judged: everything, and its busiest parts. */
  series: readonly LegSeries[];
}

/** Requests besides those of a monitor that show how customers fare. */
const LEAST_CUSTOMERS = 30;

type SeriesOf = MinuteSeries & { dimension: WindowDimension };

/** Whether a window tells of failures of that traffic. */
const failedAt = (
  windows: readonly Pick<LogWindow, 'kind' | 'dimension' | 'key'>[],
  dimension: WindowDimension,
  key?: string,
): boolean =>
  windows.some(
    (w) =>
      w.kind === 'failures' &&
      (WHOLE[w.dimension] ?? w.dimension) === dimension &&
      (key === undefined || w.key === key),
  );

function always(one: SeriesOf, whole?: SeriesOf): LogStanding[] {
  const found = standingFailures(one, LEAST_ALWAYS[one.dimension] ?? LEAST_OF_A_PART, whole);
  return found ? [{ ...found, dimension: one.dimension }] : [];
}

/**
 * Failures of requests and operations as old as the log, in the smallest part that holds nearly all of them, where no window tells of
 * the same traffic.
 */
export function standingOfTraffic(
  series: readonly SeriesOf[],
  windows: readonly Pick<LogWindow, 'kind' | 'dimension' | 'key'>[],
): LogStanding[] {
  return (['all', 'operations'] as const).flatMap((dimension) => {
    const whole = series.find((one) => one.dimension === dimension);
    if (!whole || failedAt(windows, dimension)) return [];
    const parts = series
      .filter((one) => WHOLE[one.dimension] === dimension)
      .flatMap((one) => always(one, whole))
      .sort((a, b) => b.failures - a.failures);
    const [found] = always(whole);
    if (!found) return parts.filter(({ key }) => !NOBODY_ASKED.test(key));
    const holders = parts.filter((part) => part.failures >= found.failures * NEARLY_ALL);
    // However much of the traffic of a quiet shop a monitor is, customers are served beside it.
    if (holders.some(({ key, requests }) => NOBODY_ASKED.test(key) && found.requests - requests >= LEAST_CUSTOMERS))
      return [];
    const place = holders.find((part) => part.value >= found.value * MUCH_WORSE);
    return place && NOBODY_ASKED.test(place.key) ? [] : [place ?? found];
  });
}

/** The same, and of logs whose lines are counted. */
function standingOf(logs: LogObservations, series: readonly Counted[], windows: readonly LogWindow[]): LogStanding[] {
  // A log that was written or cut to warnings and errors says nothing of what went well.
  const whole = new Set(logs.sources.filter(({ levels }) => levels.info || levels.debug).map(({ file }) => file));
  const ofLines = series.filter(
    (one) => one.dimension === 'lines' && whole.has(one.key) && !failedAt(windows, 'lines', one.key),
  );
  return [...standingOfTraffic(series, windows), ...ofLines.flatMap((one) => always(one))];
}

/** Requests and operations of which there are too few to judge, where nothing was found that tells of them. */
const thinOf = (series: readonly Counted[], told: readonly Pick<LogWindow, 'dimension'>[]): JudgedLogs['thin'] =>
  (['all', 'operations'] as const).flatMap((dimension) => {
    const whole = series.find((one) => one.dimension === dimension);
    const known = told.some((one) => (WHOLE[one.dimension] ?? one.dimension) === dimension);
    const thin = whole && !known ? thinSeries(whole, LEAST_ALWAYS[dimension]!) : undefined;
    return thin ? [{ ...thin, dimension }] : [];
  });

/** Members in one order, whatever made the series: V8 compiles what judges them anew for each order that it meets. */
const alike = (one: LegSeries | MinuteSeries, dimension: WindowDimension): Counted => ({
  key: one.key,
  dimension,
  start: one.start,
  requests: one.requests,
  failures: one.failures,
  clients: one.clients,
  clientsFailed: one.clientsFailed,
  p50: one.p50,
  p95: one.p95,
  p99: one.p99,
  percentiles: 'percentiles' in one ? one.percentiles : undefined,
});

/** Everything that leaves its own baseline. */
export function judgeLogs(logs: LogObservations): JudgedLogs {
  const counted = requestCounts(logs);
  const statuses = counted.filter(({ dimension }) => dimension === 'status');
  const series: Counted[] = [
    ...counted.filter(isJudged).map((one) => alike(one, one.dimension)),
    ...(logs.series?.operations ?? trafficSeries(logs.operations))
      .filter(isJudged)
      .map((one) => alike(one, OPERATIONS[one.dimension])),
    ...lineSeries(logs),
  ];
  const windows: LogWindow[] = [];
  const places: Place<LogWindow>[] = [];
  const gaps: LogGap[] = [];
  const mayBeNights: UnclearSilences['first'] = [];
  for (const one of series) {
    const { dimension } = one;
    const whole = WHOLE[dimension];
    const endpoints = series.filter(
      (s) => WHOLE[s.dimension] === (whole ?? dimension) && s.dimension.endsWith('endpoint'),
    );
    const beside = series.filter((s) => s.dimension === dimension);
    const limits = dimension.endsWith('merchant') ? OF_MERCHANTS : DEFAULT_WINDOW_THRESHOLDS;
    const judged = judgeSeries(one, limits, {
      parts: whole === undefined ? endpoints : [],
      endpoints: dimension.endsWith('endpoint') ? [] : endpoints,
      whole: series.find((s) => s.dimension === whole),
    });
    for (const { key, from, to, open } of judged.nights) {
      const known = mayBeNights.some((night) => night.dimension === whole && night.from < to && from < night.to);
      if (!known && !(whole !== undefined && endedRather(one, { from, to })))
        mayBeNights.push({ dimension, key, from, to, open });
    }
    for (const window of judged.windows) {
      if (window.kind === 'interruption') {
        if (whole !== undefined && endedRather(one, window)) continue;
        const why = gapOfTheLog(logs, { ...window, dimension });
        if (why !== undefined) {
          // The parts are silent with the whole.
          if (!gaps.some(({ from, to }) => from <= window.to && to >= window.from))
            gaps.push({ from: window.from, to: window.to, why });
          continue;
        }
      }
      if (whole === undefined) {
        windows.push({ ...window, dimension });
        continue;
      }
      const shown = windows.filter(
        ({ dimension: of, kind, from, to }) =>
          of === whole && kind === window.kind && from < window.to && window.from < to,
      );
      const place = shown.some((known) => isPlace(known, window, one, beside));
      const said = shown.some(({ from, to }) => from <= window.from + SAME_EDGE && to >= window.to - SAME_EDGE);
      if (said && !place) continue;
      const shownPart: LogWindow = { ...window, dimension };
      windows.push(shownPart);
      if (place) places.push({ window: shownPart, concentration: concentration(window, one) });
    }
  }
  const withStatuses = (window: LogWindow): LogWindow => {
    if (window.kind !== 'failures' || (WHOLE[window.dimension] ?? window.dimension) !== 'all') return window;
    const found = statusesOf(window, statuses, (status) => status >= 500);
    return found.length > 0 ? { ...window, statuses: found } : window;
  };
  const standing = standingOf(logs, series, windows);
  return {
    windows: told(windows, places).map(withStatuses),
    gaps,
    unclear: { count: mayBeNights.length, why: MAY_BE_NIGHTS, first: mayBeNights.slice(0, MOST_UNCLEAR) },
    standing,
    thin: thinOf(series, [...windows, ...standing]),
    refusals: refusalsIn(counted, statuses, logs.traffic.addresses),
    answers: statuses.map(statusAnswers),
    series: [...series, ...statuses],
  };
}

const MAY_BE_NIGHTS =
  'hours in which hardly anyone came, and not at once: in less than two weeks of log nothing shows whether that is usual at that time';
/** Silences that are listed. */
const MOST_UNCLEAR = 20;

/** Windows without those of parts that only share in what another part suffers; those of everything with their place. */
function told(windows: readonly LogWindow[], places: readonly Place<LogWindow>[]): LogWindow[] {
  const part = ({ dimension }: LogWindow): boolean => WHOLE[dimension] !== undefined;
  const ofPlaces = new Set(places.map(({ window }) => window));
  return windows.flatMap((window) => {
    if (part(window))
      return windows.some(
        (other) => WHOLE[other.dimension] === WHOLE[window.dimension] && explains(other, window, ofPlaces.has(other)),
      )
        ? []
        : [window];
    const place = narrowest(
      window,
      places.filter((one) => WHOLE[one.window.dimension] === window.dimension),
    );
    return [place ? { ...window, place: { dimension: place.dimension, key: place.key } } : window];
  });
}

/** All windows of the service. */
export const logWindows = (logs: LogObservations): LogWindow[] => judgeLogs(logs).windows;
