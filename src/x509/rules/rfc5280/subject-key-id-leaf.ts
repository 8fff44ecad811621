import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-key-id-leaf',
  title: 'A certificate should have a subject key identifier',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.2',
  scope: 'any',
  effective: RFC2459,
  zlint: 'w_ext_subject_key_identifier_missing_sub_cert',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => !c.has(EXT.subjectKeyIdentifier) && 'it has no subject key identifier',
});
