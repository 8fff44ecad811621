import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/san-leading-period',
  title: 'Host names in the alternative name must not start with a period',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_san_dns_name_starts_with_period',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => d.startsWith('.'),
      (d) => `${d} starts with a period`,
    ),
});
