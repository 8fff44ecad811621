import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'names/subject-multi-valued',
  title: 'The subject should have one attribute in each RDN',
  severity: 'notice',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'n_multiple_subject_rdn',
  applies: () => true,
  breach: (c) =>
    c.form.subject.attributes.length > c.form.subject.rdnCount && 'an RDN of the subject holds several attributes',
});
