import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/san-other-name',
  title: 'Other names must not be among the alternative names',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.12',
  scope: 'web',
  effective: BR,
  zlint: 'e_ext_san_other_name_present',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) => c.hasNames(0) && 'other names are among the alternative names',
});
