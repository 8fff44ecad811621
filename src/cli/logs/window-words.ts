/** How windows are named in text, and which of them fail a run that gates on them. */
import { safeText } from '../../report/safe-text.ts';

/** The leg that a window is of. */
export const legName = (dimension: string, key: string): string =>
  dimension === 'all' ? 'all requests' : `${dimension} ${safeText(key)}`.trimEnd();

/** What became of those who were refused, in one column. */
export const refusedAs = (who: 'customers' | 'others'): string =>
  (who === 'customers' ? 'turned away' : 'kept out').padEnd(13);

/** Whether payments were interrupted, failed, or were turned away: what `--fail-on windows` is about. */
export const failsOnWindows = ({
  windows,
  refusals,
}: {
  windows: readonly { kind: string }[];
  refusals: readonly { who: string }[];
}): boolean => windows.some(({ kind }) => kind !== 'slow') || refusals.some(({ who }) => who === 'customers');
