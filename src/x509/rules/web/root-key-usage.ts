import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/root-key-usage',
  title: 'A root must have a key usage',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.1.2',
  scope: 'web',
  effective: RFC2459,
  zlint: 'e_root_ca_key_usage_present',
  concerns: 'ca',
  applies: (c) => c.root,
  breach: (c) => !c.has(EXT.keyUsage) && 'the root has no key usage',
});
