import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/name-constraints-critical',
  title: 'The name constraints must be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.10',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_name_constraints_not_critical',
  needs: EXT.nameConstraints,
  applies: (c) => c.has(EXT.nameConstraints),
  breach: (c) => !c.critical(EXT.nameConstraints) && 'the name constraints is not critical',
});
