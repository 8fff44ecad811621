import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/time-form',
  title: 'Dates before 2050 must be UTCTime',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.5',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_wrong_time_format_pre2050',
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.oddTimes,
      (t) => t.form === 'generalized' && t.value < Date.UTC(2050, 0, 1),
      (t) => `${t.text} is GeneralizedTime`,
    ),
});
