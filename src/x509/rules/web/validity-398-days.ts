import { DAYS_398, SC81_FIRST } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { DAY_SECONDS } from '../support.ts';

export default defineRule({
  id: 'web/validity-398-days',
  title: 'A server certificate must not be valid for more than 398 days',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.3.2',
  scope: 'web',
  effective: DAYS_398,
  ends: SC81_FIRST,
  zlint: 'e_tls_server_cert_valid_time_longer_than_398_days',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) =>
    c.seconds > 398 * DAY_SECONDS && `it is valid for ${Math.ceil(c.seconds / DAY_SECONDS)} days; 398 are allowed`,
});
