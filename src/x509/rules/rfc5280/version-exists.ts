import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/version-exists',
  title: 'The version must be 1, 2 or 3',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.1',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) => (c.form.version < 1 || c.form.version > 3) && `version ${c.form.version} does not exist`,
});
