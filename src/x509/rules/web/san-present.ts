import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/san-present',
  title: 'A certificate must have alternative names',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.12',
  scope: 'web',
  effective: BR,
  zlint: 'e_ext_san_missing',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => !c.has(EXT.subjectAltName) && 'it has no subject alternative name',
});
