import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/ian-bare-wildcard',
  title: 'A host name in the issuer alternative name must not end in a wildcard',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_ian_bare_wildcard',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    firstOf(
      c.issuerDns,
      (d) => d.endsWith('*'),
      (d) => `${d} ends in a wildcard`,
    ),
});
