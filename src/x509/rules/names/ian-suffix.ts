import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'names/ian-suffix',
  title: 'Host names in the issuer alternative name should have three labels',
  severity: 'warning',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'w_ian_iana_pub_suffix_empty',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    firstOf(
      c.issuerDns,
      (d) => labels(d).length < 3,
      (d) => `${d} has fewer than three labels`,
    ),
});
