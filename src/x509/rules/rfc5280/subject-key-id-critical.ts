import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-key-id-critical',
  title: 'The subject key identifier must not be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.2',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_subject_key_identifier_critical',
  needs: EXT.subjectKeyIdentifier,
  applies: (c) => c.has(EXT.subjectKeyIdentifier),
  breach: (c) => c.critical(EXT.subjectKeyIdentifier) && 'the subject key identifier is critical',
});
