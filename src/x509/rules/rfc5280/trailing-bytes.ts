import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/trailing-bytes',
  title: 'Nothing may follow the certificate',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.form.defects,
      (d) => d.rule === 'certificate/trailing',
      (d) => d.says,
    ),
});
