import { SC81_SECOND, SC81_THIRD } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { DAY_SECONDS } from '../support.ts';

export default defineRule({
  id: 'web/validity-100-days',
  title: 'A server certificate must not be valid for more than 100 days',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.3.2',
  scope: 'web',
  effective: SC81_SECOND,
  ends: SC81_THIRD,
  zlint: 'e_server_cert_valid_time_longer_than_100_days',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) =>
    c.seconds > 100 * DAY_SECONDS && `it is valid for ${Math.ceil(c.seconds / DAY_SECONDS)} days; 100 are allowed`,
});
