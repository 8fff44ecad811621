import { EXT } from '../../oids.ts';
import { BR_1_0_2 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-name-constraints-critical',
  title: 'The name constraints of a CA should be critical',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.8',
  scope: 'web',
  effective: BR_1_0_2,
  zlint: 'w_sub_ca_name_constraints_not_critical',
  needs: EXT.nameConstraints,
  applies: (c) => c.subordinate && c.has(EXT.nameConstraints),
  breach: (c) => !c.critical(EXT.nameConstraints) && 'the name constraints of the CA are not critical',
});
