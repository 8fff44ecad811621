import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-empty-without-names',
  title: 'An empty subject needs an alternative name',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_subject_empty_without_san',
  applies: () => true,
  breach: (c) =>
    c.form.subject.attributes.length === 0 && !c.has(EXT.subjectAltName) && 'neither a subject nor an alternative name',
});
