import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/version-extensions',
  title: 'Only version 3 may have extensions',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.9',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_cert_extensions_version_not_3',
  applies: () => true,
  breach: (c) =>
    c.form.version !== 3 &&
    c.form.extensions.length > 0 && {
      says: `version ${c.form.version} has extensions`,
      offset: c.form.extensions[0]!.offset,
    },
});
