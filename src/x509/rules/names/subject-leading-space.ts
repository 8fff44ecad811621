import { defineRule } from '../rule.ts';
import { paddedAttribute } from '../support.ts';

export default defineRule({
  id: 'names/subject-leading-space',
  title: 'Attributes of the subject should not start with a space',
  severity: 'warning',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'w_subject_dn_leading_whitespace',
  applies: () => true,
  breach: (c) =>
    paddedAttribute(c.oddAttributes, 'start') !== undefined && 'an attribute of the subject starts with white space',
});
