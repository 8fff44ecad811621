import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/name-constraints-empty',
  title: 'Name constraints must name something',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.10',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_name_constraint_empty',
  applies: (c) => c.form.nameConstraints !== undefined && !c.form.nameConstraints.unreadable,
  breach: (c) => c.value(EXT.nameConstraints)!.length === 2 && 'the name constraints are empty',
});
