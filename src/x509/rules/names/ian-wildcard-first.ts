import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/ian-wildcard-first',
  title: 'A wildcard in the issuer alternative name must come first',
  severity: 'error',
  source: 'RFC 9525',
  section: '6.3',
  scope: 'any',
  zlint: 'e_ian_wildcard_not_first',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    firstOf(
      c.issuerDns,
      (d) => d.indexOf('*', 1) > 0,
      (d) => `${d} has a wildcard that does not come first`,
    ),
});
