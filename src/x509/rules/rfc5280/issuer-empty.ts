import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/issuer-empty',
  title: 'The issuer must be named',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.4',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_issuer_field_empty',
  applies: () => true,
  breach: (c) => c.form.issuer.attributes.length === 0 && 'the issuer is empty',
});
