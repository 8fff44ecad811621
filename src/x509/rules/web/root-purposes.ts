import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/root-purposes',
  title: 'A root must not have an extended key usage',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.1.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_root_ca_extended_key_usage_present',
  concerns: 'ca',
  applies: (c) => c.root,
  breach: (c) => c.has(EXT.extendedKeyUsage) && 'the root has an extended key usage',
});
