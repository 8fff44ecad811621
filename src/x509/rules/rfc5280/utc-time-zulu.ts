import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/utc-time-zulu',
  title: 'UTCTime must be in Z',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.5.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_utc_time_not_in_zulu',
  applies: (c) => c.usesTime('utc'),
  breach: (c) =>
    firstOf(
      c.oddTimes,
      (t) => t.form === 'utc' && !t.text.endsWith('Z'),
      (t) => `${t.text} does not end in Z`,
    ),
});
