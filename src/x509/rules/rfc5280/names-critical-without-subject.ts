import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/names-critical-without-subject',
  title: 'The alternative name must be critical when the subject is empty',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_san_not_critical_without_subject',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    c.form.subject.attributes.length === 0 &&
    !c.critical(EXT.subjectAltName) &&
    'the subject is empty but the alternative name is not critical',
});
