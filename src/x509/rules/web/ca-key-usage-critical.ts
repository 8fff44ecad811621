import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ca-key-usage-critical',
  title: 'The key usage of a CA must be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.6',
  scope: 'web',
  effective: BR,
  zlint: 'e_ca_key_usage_not_critical',
  needs: EXT.keyUsage,
  applies: (c) => c.ca && c.has(EXT.keyUsage),
  breach: (c) => !c.critical(EXT.keyUsage) && 'the key usage of the CA is not critical',
});
