import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/ca-subject-empty',
  title: 'A CA must have a subject',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.6',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ca_subject_field_empty',
  concerns: 'ca',
  applies: (c) => c.ca,
  breach: (c) => c.form.subject.attributes.length === 0 && 'the subject of the CA is empty',
});
