import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/aia-present',
  title: 'A certificate must have an authority information access',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.7',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_aia_missing',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => !c.has(EXT.authorityInfoAccess) && 'it has no authority information access',
});
