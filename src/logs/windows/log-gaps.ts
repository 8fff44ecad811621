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

/** Lines of a log in a stretch of time, from its shapes. */
function linesBetween(logs: LogObservations, source: number, from: number, to: number): number {
  let count = 0;
  for (const shape of logs.templates)
    if (shape.source === source)
      for (const [minute, n] of shape.perMinute) if (minute >= from && minute < to) count += n;
  return count;
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

const hasName = (source: LogSource, window: Window & { dimension: string }): boolean =>
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
  for (const source of sources) {
    if (source.role !== 'application' || hasName(source, window)) continue;
    if (source.first === undefined || source.last === undefined || source.first > from || source.last < to) continue;
    const before = linesBetween(logs, source.index, from - (to - from), from);
    if (before >= LEAST_LINES && linesBetween(logs, source.index, from, to) >= before * WENT_ON)
      return `${source.file} goes on as before in that time`;
  }
  return undefined;
}
