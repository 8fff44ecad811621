import { EXT } from '../../oids.ts';
import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/purposes-critical',
  title: 'The extended key usage must not be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.6',
  scope: 'web',
  effective: SC62,
  zlint: 'e_eku_critical',
  needs: EXT.extendedKeyUsage,
  applies: (c) => c.subscriber && c.has(EXT.extendedKeyUsage),
  breach: (c) => c.critical(EXT.extendedKeyUsage) && 'the extended key usage is critical',
});
