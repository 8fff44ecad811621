import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/ian-leading-period',
  title: 'Host names in the issuer alternative name must not start with a period',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_ian_dns_name_starts_with_period',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    firstOf(
      c.issuerDns,
      (d) => d.startsWith('.'),
      (d) => `${d} starts with a period`,
    ),
});
