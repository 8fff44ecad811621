import { THIRTY_NINE_MONTHS } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { DAY_SECONDS, shifted } from '../support.ts';

/** Fewer days than any 39 months have. */
const SHORTEST = 1180 * DAY_SECONDS;

export default defineRule({
  id: 'web/validity-39-months',
  title: 'A certificate must not be valid for more than 39 months',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.3.2',
  scope: 'web',
  effective: THIRTY_NINE_MONTHS,
  zlint: 'e_sub_cert_valid_time_longer_than_39_months',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => c.seconds > SHORTEST && shifted(c.notBefore, 39) < c.notAfter && 'it is valid for more than 39 months',
});
