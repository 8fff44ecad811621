import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/san-critical',
  title: 'The alternative names should not be critical when there is a subject',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.12',
  scope: 'web',
  effective: RFC5280,
  zlint: 'w_ext_san_critical_with_subject_dn',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    c.critical(EXT.subjectAltName) &&
    c.form.subject.attributes.length > 0 &&
    'the alternative names are critical beside a subject',
});
