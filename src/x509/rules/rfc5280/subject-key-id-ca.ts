import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-key-id-ca',
  title: 'A CA must have a subject key identifier',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.2',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_subject_key_identifier_missing_ca',
  concerns: 'ca',
  applies: (c) => c.ca,
  breach: (c) => !c.has(EXT.subjectKeyIdentifier) && 'the CA has no subject key identifier',
});
