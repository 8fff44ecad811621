import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/san-dns-length',
  title: 'Host names must fit into 253 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_san_dns_name_too_long',
  applies: (c) => c.hasNames(2),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => d.length > 253,
      (d) => `a host name has ${d.length} characters`,
    ),
});
