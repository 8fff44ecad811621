import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/name-constraints-minimum',
  title: 'The minimum of a name constraint must be 0',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.10',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_name_constraint_minimum_non_zero',
  needs: EXT.nameConstraints,
  applies: (c) => c.has(EXT.nameConstraints),
  breach: (c) => c.form.nameConstraints?.minimum === true && 'a name constraint has a minimum other than 0',
});
