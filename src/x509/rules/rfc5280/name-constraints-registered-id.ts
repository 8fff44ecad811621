import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { subtrees } from '../special.ts';

export default defineRule({
  id: 'rfc5280/name-constraints-registered-id',
  title: 'Registered identifiers should not be constrained',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.10',
  scope: 'any',
  effective: RFC5280,
  zlint: 'w_name_constraint_on_registered_id',
  needs: EXT.nameConstraints,
  applies: (c) => c.has(EXT.nameConstraints),
  breach: (c) => subtrees(c).some((n) => n.tag === 8) && 'it constrains registered identifiers',
});
