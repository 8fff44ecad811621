import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'rfc5280/dns-empty-label',
  title: 'Host names must not have empty labels',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_rfc_dnsname_empty_label',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => labels(d).includes(''),
      (d) => `${d} has an empty label`,
    ),
});
