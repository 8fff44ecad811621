import { DAYS_825 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { shifted } from '../support.ts';

export default defineRule({
  id: 'web/validity-825-days',
  title: 'A certificate must not be valid for more than 825 days',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.3.2',
  scope: 'web',
  effective: DAYS_825,
  zlint: 'e_sub_cert_valid_time_longer_than_825_days',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => shifted(c.notBefore, 0, 825) < c.notAfter && 'it is valid for more than 825 days',
});
