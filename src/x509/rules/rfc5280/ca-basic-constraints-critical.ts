import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/ca-basic-constraints-critical',
  title: 'The basic constraints of a CA must be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.9',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_basic_constraints_not_critical',
  needs: EXT.basicConstraints,
  applies: (c) => c.has(EXT.basicConstraints) && c.ca,
  breach: (c) => !c.critical(EXT.basicConstraints) && 'the basic constraints of a CA is not critical',
});
