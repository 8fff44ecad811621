/** Silences of a log that are none of the service: a missing file, a clock that was set forward, a log that alone lost lines. */
import type { LogObservations, LogSource } from '../types.ts';
import { MINUTE } from './series.ts';
import type { Window } from './window.ts';

export interface LogGap {
  /** ms UTC. */
  from: number;
  to: number;
  /** What shows that the service went on, as a clause. */
  why: string;
}

/** Minutes by which the end of one file and the beginning of the next may miss the edges of a silence. */
const AT_EDGE = 2 * MINUTE;
/** Share of its usual lines that another log must have kept writing for the silence to be one of the log alone. */
const WENT_ON = 0.5;
/** Fewer lines in the time before show nothing. */
const LEAST_LINES = 10;

/** Lines of each log in a stretch of time, from its shapes; all logs at once, as there may be many. */
function linesBetween(logs: LogObservations, from: number, to: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { source, perMinute } of logs.templates)
    for (const [minute, n] of perMinute)
      if (minute >= from && minute < to) counts.set(source, (counts.get(source) ?? 0) + n);
  return counts;
}

/** A clock that was set forward by about as much as is missing, when the silence began. */
function clockStep(logs: LogObservations, { from, to }: Window): string | undefined {
  for (const { event, hits } of logs.events) {
    if (event !== 'time.clock-step') continue;
    for (const { time, values, source, line } of hits) {
      const step = Math.abs(Number(values.seconds)) * 1000;
      const near = time >= from - AT_EDGE && time <= to + AT_EDGE;
      if (near && Math.abs(step - (to - from)) <= AT_EDGE)
        return `the clock was set by ${Math.round(step / 1000)} s at that time (${logs.sources[source]!.file}, line ${line})`;
    }
  }
  return undefined;
}

const hasName = (source: Pick<LogSource, 'file'>, window: Window & { dimension: string }): boolean =>
  window.dimension === 'lines' && source.file === window.key;

/** Why a silence of the log is none of the service; undefined when nothing speaks against it. */
export function gapOfTheLog(logs: LogObservations, window: Window & { dimension: string }): string | undefined {
  const { from, to, dimension } = window;
  const { sources } = logs;
  const ends = sources.find((s) => s.last !== undefined && Math.abs(s.last - from) <= AT_EDGE);
  const begins = sources.find((s) => s !== ends && s.first !== undefined && Math.abs(s.first - to) <= AT_EDGE);
  if (ends && begins && ends.role === begins.role)
    return `it lies between the end of ${ends.file} and the beginning of ${begins.file}; a file between them may be missing`;
  const step = clockStep(logs, window);
  if (step) return step;
  // Operations are told by the applications themselves.
  if (dimension.startsWith('operation')) return undefined;
  const spanning = sources.filter(
    ({ first, last, ...source }) =>
      source.role === 'application' &&
      !hasName(source, window) &&
      first !== undefined &&
      last !== undefined &&
      first <= from &&
      last >= to,
  );
  if (spanning.length === 0) return undefined;
  const before = linesBetween(logs, from - (to - from), from);
  const during = linesBetween(logs, from, to);
  const other = spanning.find(({ index }) => {
    const usual = before.get(index) ?? 0;
    return usual >= LEAST_LINES && (during.get(index) ?? 0) >= usual * WENT_ON;
  });
  return other && `${other.file} goes on as before in that time`;
}
