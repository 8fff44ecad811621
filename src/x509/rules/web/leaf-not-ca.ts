import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/leaf-not-ca',
  title: 'A certificate that may not sign certificates must not be a CA',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.8',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_not_is_ca',
  needs: EXT.keyUsage,
  applies: (c) => c.has(EXT.keyUsage) && !c.uses(KU.keyCertSign) && c.has(EXT.basicConstraints),
  breach: (c) => c.ca && 'it is a CA without keyCertSign',
});
