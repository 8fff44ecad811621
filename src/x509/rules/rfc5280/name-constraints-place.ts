import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/name-constraints-place',
  title: 'Only a CA may have name constraints',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.10',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_name_constraints_not_in_ca',
  needs: EXT.nameConstraints,
  applies: (c) => c.has(EXT.nameConstraints),
  breach: (c) => !c.ca && 'it has name constraints without being a CA',
});
