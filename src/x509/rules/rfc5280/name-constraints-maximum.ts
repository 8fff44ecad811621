import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/name-constraints-maximum',
  title: 'A name constraint must not have a maximum',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.10',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_name_constraint_maximum_not_absent',
  needs: EXT.nameConstraints,
  applies: (c) => c.has(EXT.nameConstraints),
  breach: (c) => c.form.nameConstraints?.maximum === true && 'a name constraint has a maximum',
});
