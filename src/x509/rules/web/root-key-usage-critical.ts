import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/root-key-usage-critical',
  title: 'The key usage of a root must be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.1.2',
  scope: 'web',
  effective: RFC2459,
  zlint: 'e_root_ca_key_usage_must_be_critical',
  needs: EXT.keyUsage,
  applies: (c) => c.root && c.has(EXT.keyUsage),
  breach: (c) => !c.critical(EXT.keyUsage) && 'the key usage of the root is not critical',
});
