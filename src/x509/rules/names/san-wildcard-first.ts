import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/san-wildcard-first',
  title: 'A wildcard in the alternative name must come first',
  severity: 'error',
  source: 'RFC 9525',
  section: '6.3',
  scope: 'any',
  zlint: 'e_san_wildcard_not_first',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => d.indexOf('*', 1) > 0,
      (d) => `${d} has a wildcard that does not come first`,
    ),
});
