/** What `payments --fail-on` makes of the tables. */
import type { PaymentSummary } from '../../transactions/summary.ts';

/**
 * @param failOn `windows` (failures, volume or slowness), `abuse` (testing, enumeration), or anything else for no gate.
 * @returns `failed`, or `unsure` where nothing failed but hours may be an outage or an incomplete export.
 */
export function gateOf(summaries: readonly PaymentSummary[], failOn: string): 'failed' | 'unsure' | 'passed' {
  if (failOn === 'abuse')
    return summaries.some(({ cardTesting, enumeration }) => cardTesting.length + enumeration.length > 0)
      ? 'failed'
      : 'passed';
  if (failOn !== 'windows') return 'passed';
  const certain = summaries.some(
    ({ windows, volume, slow }) =>
      windows.length + slow.length > 0 || volume.some(({ kind }) => kind === 'drop' || kind === 'surge'),
  );
  if (certain) return 'failed';
  return summaries.some(({ volume }) => volume.some(({ kind }) => kind === 'unclear')) ? 'unsure' : 'passed';
}
