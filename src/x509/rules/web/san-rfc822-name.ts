import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/san-rfc822-name',
  title: 'Mail addresses must not be among the alternative names',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.12',
  scope: 'web',
  effective: BR,
  zlint: 'e_ext_san_rfc822_name_present',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) => c.hasNames(1) && 'mail addresses are among the alternative names',
});
