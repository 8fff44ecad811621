import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/extension-default-written',
  title: 'Critical FALSE must be left away',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_cert_ext_invalid_der',
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.form.extensions,
      (e) => e.criticalFalseWritten,
      (e) => `extension ${e.oid} writes critical FALSE out`,
    ),
});
