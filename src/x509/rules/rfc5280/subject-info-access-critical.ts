import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-info-access-critical',
  title: 'The subject information access must not be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.2.2',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_subject_info_access_marked_critical',
  needs: EXT.subjectInfoAccess,
  applies: (c) => c.has(EXT.subjectInfoAccess),
  breach: (c) => c.critical(EXT.subjectInfoAccess) && 'the subject information access is critical',
});
