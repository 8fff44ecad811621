import { EXT } from '../../oids.ts';
import { hostParts } from '../../public-suffix.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/dns-hyphen-registered',
  title: 'The registered label must not begin or end with a hyphen',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_rfc_dnsname_hyphen_in_sld',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName) && c.hasNames(2),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (h) => /^-|-$/.test(hostParts(h)?.registered ?? ''),
      (h) => `${h} has a hyphen at the end of its registered label`,
    ),
});
