/** A series as one line of bars. */
import type { Series } from './types.ts';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII_BARS = ['_', '.', ',', '-', '=', '+', '*', '#'];

/** Means of the buckets that share a column; null where nothing was measured. */
export function resample(values: readonly (number | null)[], columns: number): (number | null)[] {
  if (values.length <= columns) return [...values];
  return Array.from({ length: columns }, (_unused, i) => {
    const part = values
      .slice(Math.floor((i * values.length) / columns), Math.floor(((i + 1) * values.length) / columns))
      .filter((v) => v !== null);
    return part.length ? part.reduce((a, b) => a + b, 0) / part.length : null;
  });
}

/** Bars from zero to the largest value; a gap where nothing was measured. */
export function sparkline(series: Series, columns: number, unicode: boolean): string {
  const values = resample(series.values, Math.max(1, columns));
  const top = values.reduce<number>((most, v) => Math.max(most, v ?? 0), 0);
  const bars = unicode ? BARS : ASCII_BARS;
  return values.map((v) => (v === null ? ' ' : bars[top ? Math.min(7, Math.floor((v / top) * 7.999)) : 0])).join('');
}
