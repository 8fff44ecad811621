import { SC81_SECOND, SC81_THIRD } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { DAY_SECONDS } from '../support.ts';

export default defineRule({
  id: 'web/validity-99-days',
  title: 'A server certificate should not be valid for more than 99 days',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.3.2',
  scope: 'web',
  effective: SC81_SECOND,
  ends: SC81_THIRD,
  zlint: 'w_server_cert_valid_time_longer_than_99_days',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) =>
    c.seconds > 99 * DAY_SECONDS && `it is valid for ${Math.ceil(c.seconds / DAY_SECONDS)} days; 99 are recommended`,
});
