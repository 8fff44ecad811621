/** How windows are named in text, and which of them fail a run that gates on them. */
import { plainTime } from '../../instant.ts';
import type { LogStanding } from '../../logs/windows/log-windows.ts';
import { safeText } from '../../report/safe-text.ts';

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** The leg that a window is of. */
export const legName = (dimension: string, key: string): string =>
  dimension === 'all' ? 'all requests' : `${dimension} ${safeText(key)}`.trimEnd();

/** What became of those who were refused, in one column. */
export const refusedAs = (who: 'customers' | 'others'): string =>
  (who === 'customers' ? 'turned away' : 'kept out').padEnd(13);

/** What failed from the beginning of the log to its end, as a line of the windows. */
export const standingLine = ({ dimension, key, value, from, to }: LogStanding): string =>
  `always        ${plainTime(from, '-')} to ${plainTime(to, '-')}  ${legName(dimension, key)}: ${percent(value)} failed from beginning to end; there is no better time to compare with\n`;

/** Whether payments were interrupted, failed (also all the time), or were turned away: what `--fail-on windows` is about. */
export const failsOnWindows = ({
  windows,
  standing,
  refusals,
}: {
  windows: readonly { kind: string }[];
  standing: readonly unknown[];
  refusals: readonly { who: string }[];
}): boolean =>
  standing.length > 0 || windows.some(({ kind }) => kind !== 'slow') || refusals.some(({ who }) => who === 'customers');
