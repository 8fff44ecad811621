import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'names/ian-null-character',
  title: 'Host names in the issuer alternative name must not hold NUL',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_ian_dns_name_includes_null_char',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    c.issuerDns.some((d) => d.includes('\0')) &&
    'a host name holds a NUL character: some software reads only what stands before it',
});
