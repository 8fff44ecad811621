import { RFC2459 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstAttribute } from '../support.ts';

export default defineRule({
  id: 'rfc5280/subject-postal-code-length',
  title: 'The postal code must fit into 16 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_subject_postal_code_max_length',
  applies: (c) => c.hasAttribute(AT.postalCode),
  breach: (c) =>
    firstAttribute(
      c.attributes(AT.postalCode),
      (a) => [...a.text].length > 16,
      (a) => `the postal code has ${[...a.text].length} characters`,
    ),
});
