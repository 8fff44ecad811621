import { EXT } from '../../oids.ts';
import { BR_1_1_6 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-purposes-critical',
  title: 'The extended key usage of a CA should not be critical',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.6',
  scope: 'web',
  effective: BR_1_1_6,
  zlint: 'w_sub_ca_eku_critical',
  needs: EXT.extendedKeyUsage,
  applies: (c) => c.subordinate && c.has(EXT.extendedKeyUsage),
  breach: (c) => c.critical(EXT.extendedKeyUsage) && 'the extended key usage of the CA is critical',
});
