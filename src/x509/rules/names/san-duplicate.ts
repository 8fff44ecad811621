import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'names/san-duplicate',
  title: 'A host name should not be listed twice',
  severity: 'notice',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'n_san_dns_name_duplicate',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    c.dns.length > 1 && new Set(c.dns.map((d) => d.toLowerCase())).size < c.dns.length && 'a host name is listed twice',
});
