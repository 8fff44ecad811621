import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/unique-identifiers',
  title: 'Unique identifiers must not be used',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.8',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_cert_contains_unique_identifier',
  applies: () => true,
  breach: (c) =>
    (c.form.hasIssuerUniqueId || c.form.hasSubjectUniqueId) && 'it has a unique identifier of issuer or subject',
});
