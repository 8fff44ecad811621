import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/generalized-time-zulu',
  title: 'GeneralizedTime must be in Z',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.5.2',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_generalized_time_not_in_zulu',
  applies: (c) => c.usesTime('generalized'),
  breach: (c) =>
    firstOf(
      c.oddTimes,
      (t) => t.form === 'generalized' && !t.text.endsWith('Z'),
      (t) => `${t.text} does not end in Z`,
    ),
});
