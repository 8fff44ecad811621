import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/time-readable',
  title: 'The dates must be readable',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.5',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) =>
    c.oddTimes.length > 0 &&
    (Number.isNaN(c.notBefore) || Number.isNaN(c.notAfter)) &&
    `the date ${JSON.stringify(Number.isNaN(c.notBefore) ? c.form.notBefore.text : c.form.notAfter.text)} cannot be read`,
});
