import { EXT } from '../../oids.ts';
import { hostParts } from '../../public-suffix.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/dns-underscore-below',
  title: 'Labels below the registered one should not hold an underscore',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'w_rfc_dnsname_underscore_in_trd',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName) && c.hasNames(2),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (h) => hostParts(h)?.below.includes('_') === true,
      (h) => `${h} holds an underscore`,
    ),
});
