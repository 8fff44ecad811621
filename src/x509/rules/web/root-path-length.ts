import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/root-path-length',
  title: 'A root should not have a path length',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.1.4',
  scope: 'web',
  effective: BR,
  zlint: 'w_root_ca_basic_constraints_path_len_constraint_field_present',
  needs: EXT.basicConstraints,
  applies: (c) => c.root && c.has(EXT.basicConstraints),
  breach: (c) => c.form.basicConstraints?.pathLength !== undefined && 'the root has a path length',
});
