/** Judges the series of a plan, whichever engine counted them. */
import type { RequestTable } from '../types.ts';
import { type StatusAnswers, statusAnswers } from '../windows/answers.ts';
import { type LogStanding, standingOfTraffic } from '../windows/log-windows.ts';
import { type ToldRefusals, toldRefusals } from '../windows/refusals.ts';
import { type MinuteSeries, requestSeries, TURNED_AWAY, untimedSeries } from '../windows/series.ts';
import { type Window, windowsOf } from '../windows/windows.ts';
import type { WindowDimension } from './windows.ts';

export interface JudgedSeries {
  windows: (Window & { dimension: WindowDimension })[];
  /** What failed from the first minute to the last, so that no window stands out. */
  standing: LogStanding[];
  refusals: ToldRefusals[];
  answers: StatusAnswers[];
}

/** Parts that have windows of their own. */
const OF_REQUESTS = ['all', 'endpoint', 'upstream'] as const;

/** @param seriesOf what was counted by a dimension, the busiest first. */
export function judgeSeries(seriesOf: (dimension: WindowDimension) => readonly MinuteSeries[]): JudgedSeries {
  const [whole] = seriesOf('refusals');
  const [all] = seriesOf('all');
  const series = OF_REQUESTS.flatMap((dimension) =>
    seriesOf(dimension)
      .filter(({ key }) => dimension !== 'upstream' || key !== '')
      .map((one) => ({ ...one, dimension })),
  );
  const windows = series.flatMap((one) => windowsOf(one).map((window) => ({ ...window, dimension: one.dimension })));
  return {
    windows,
    standing: standingOfTraffic(series, windows),
    refusals: whole ? toldRefusals(whole, seriesOf('endpoint refusals')) : [],
    answers: seriesOf('status')
      .filter(({ key }) => Number(key) >= 400 && Number(key) < 600)
      .map(({ key, start, requests }) => statusAnswers(untimedSeries(key, start, all!.requests, requests))),
  };
}

/** The series of a plan as the built-in engine counts them. */
export function tableSeries(table: RequestTable, dimension: WindowDimension): MinuteSeries[] {
  if (dimension === 'refusals') return requestSeries(table, 'all', undefined, TURNED_AWAY);
  if (dimension === 'endpoint refusals') return requestSeries(table, 'endpoint', undefined, TURNED_AWAY);
  return requestSeries(table, dimension);
}
