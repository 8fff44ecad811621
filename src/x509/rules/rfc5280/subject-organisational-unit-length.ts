import { RFC2459 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstAttribute } from '../support.ts';

export default defineRule({
  id: 'rfc5280/subject-organisational-unit-length',
  title: 'The organisational unit must fit into 64 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_subject_organizational_unit_name_max_length',
  applies: (c) => c.hasAttribute(AT.unit),
  breach: (c) =>
    firstAttribute(
      c.attributes(AT.unit),
      (a) => [...a.text].length > 64,
      (a) => `the organisational unit has ${[...a.text].length} characters`,
    ),
});
