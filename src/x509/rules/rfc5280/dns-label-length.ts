import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'rfc5280/dns-label-length',
  title: 'Labels must fit into 63 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_rfc_dnsname_label_too_long',
  concerns: 'leaf',
  applies: (c) => c.subscriber && c.hasHostNames,
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => labels(d).some((l) => l.length > 63),
      (d) => `${d} has a label of more than 63 characters`,
    ),
});
