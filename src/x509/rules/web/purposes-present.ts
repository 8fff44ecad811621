import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/purposes-present',
  title: 'A certificate must have an extended key usage',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.6',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_eku_missing',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => !c.has(EXT.extendedKeyUsage) && 'it has no extended key usage',
});
