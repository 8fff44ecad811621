import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/unique-identifier-version',
  title: 'Unique identifiers need version 2 or 3',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.8',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_cert_unique_identifier_version_not_2_or_3',
  applies: () => true,
  breach: (c) =>
    (c.form.hasIssuerUniqueId || c.form.hasSubjectUniqueId) &&
    c.form.version < 2 &&
    'it has unique identifiers in version 1',
});
