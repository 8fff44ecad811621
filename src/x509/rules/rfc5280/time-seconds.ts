import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/time-seconds',
  title: 'UTCTime must have seconds',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.5.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_utc_time_does_not_include_seconds',
  applies: (c) => c.usesTime('utc'),
  breach: (c) =>
    firstOf(
      c.oddTimes,
      (t) => t.form === 'utc' && t.text.length !== 13 && t.text.length !== 17,
      (t) => `${t.text} has no seconds`,
    ),
});
