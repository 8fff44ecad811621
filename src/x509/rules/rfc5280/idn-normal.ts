import { EXT } from '../../oids.ts';
import { RFC8399 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { decodeLabel } from '../special.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'rfc5280/idn-normal',
  title: 'Internationalised labels must be in normal form C',
  severity: 'error',
  source: 'RFC 5891',
  section: '4.1',
  scope: 'any',
  effective: RFC8399,
  zlint: 'e_international_dns_name_not_nfc',
  applies: (c) =>
    c.oddDns.flatMap(labels).every((l) => !/^xn--/i.test(l) || decodeLabel(l) !== undefined) &&
    c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.oddDns.flatMap(labels),
      (l) => /^xn--/i.test(l) && decodeLabel(l) !== decodeLabel(l)?.normalize('NFC'),
      (l) => `${l} is not in normal form C`,
    ),
});
