import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-directory-attributes-critical',
  title: 'The subject directory attributes must not be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.8',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_subject_directory_attr_critical',
  needs: EXT.subjectDirectoryAttributes,
  applies: (c) => c.has(EXT.subjectDirectoryAttributes),
  breach: (c) => c.critical(EXT.subjectDirectoryAttributes) && 'the subject directory attributes is critical',
});
