import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { subtrees } from '../special.ts';
import { firstOf, isQualifiedHost } from '../support.ts';

export default defineRule({
  id: 'rfc5280/name-constraints-uri',
  title: 'A URI constraint must be a qualified host name',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.10',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_name_constraint_not_fqdn',
  needs: EXT.nameConstraints,
  applies: (c) => c.has(EXT.nameConstraints),
  breach: (c) =>
    firstOf(
      subtrees(c),
      (n) => n.tag === 6 && !isQualifiedHost(n.value.replace(/^\./, '')),
      (n) => `the constraint ${n.value} is not a qualified host name`,
    ),
});
