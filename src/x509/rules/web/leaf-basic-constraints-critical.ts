import { EXT } from '../../oids.ts';
import { SC62 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/leaf-basic-constraints-critical',
  title: 'The basic constraints of a leaf must be critical',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.8',
  scope: 'web',
  effective: SC62,
  zlint: 'e_sub_cert_basic_constraints_not_critical',
  needs: EXT.basicConstraints,
  applies: (c) => c.subscriber && c.has(EXT.basicConstraints),
  breach: (c) => !c.critical(EXT.basicConstraints) && 'the basic constraints are not critical',
});
