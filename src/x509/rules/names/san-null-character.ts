import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'names/san-null-character',
  title: 'Host names in the alternative name must not hold NUL',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_san_dns_name_includes_null_char',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    c.oddDns.some((d) => d.includes('\0')) &&
    'a host name holds a NUL character: some software reads only what stands before it',
});
