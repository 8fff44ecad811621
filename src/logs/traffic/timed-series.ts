/** Percentiles by minute of series whose durations are kept in classes. */
import { MINUTE, type MinuteSeries } from '../windows/series.ts';
import type { DurationHistograms } from './duration-histograms.ts';

const PERCENTILES = [0.5, 0.95, 0.99];

type Percentiles = Pick<MinuteSeries, 'p50' | 'p95' | 'p99'>;

/** What makes empty columns for so many minutes: one for all where nothing was timed. */
export function emptyPercentiles({ kept }: DurationHistograms, minutes: number): () => Percentiles {
  const never = new Float32Array(minutes).fill(Number.NaN);
  const column = (): Float32Array => (kept ? never.slice() : never);
  return () => ({ p50: column(), p95: column(), p99: column() });
}

/** Fills the columns of series, by id of what they are about, with what was timed: seconds, within 3 percent. */
export function fillPercentiles(
  durations: DurationHistograms,
  series: readonly ((Percentiles & Pick<MinuteSeries, 'start'>) | undefined)[],
): void {
  durations.byMinute(series, PERCENTILES, (minute, id, share, value) => {
    const { start, p50, p95, p99 } = series[id]!;
    const at = minute - start / MINUTE;
    if (at >= 0 && at < p50.length) [p50, p95, p99][share]![at] = value;
  });
}
