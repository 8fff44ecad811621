import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/time-fraction',
  title: 'Dates must not have fractions of a second',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.5.2',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.oddTimes,
      (t) => /[.,]/.test(t.text),
      (t) => `${t.text} has a fraction`,
    ),
});
