import { defineRule } from '../rule.ts';
import { paddedAttribute } from '../support.ts';

export default defineRule({
  id: 'names/subject-trailing-space',
  title: 'Attributes of the subject should not end in a space',
  severity: 'warning',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'w_subject_dn_trailing_whitespace',
  applies: () => true,
  breach: (c) =>
    paddedAttribute(c.oddAttributes, 'end') !== undefined && 'an attribute of the subject ends in white space',
});
