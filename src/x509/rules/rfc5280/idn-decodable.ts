import { EXT } from '../../oids.ts';
import { RFC3490 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { decodeLabel } from '../special.ts';
import { firstOf, labels } from '../support.ts';

export default defineRule({
  id: 'rfc5280/idn-decodable',
  title: 'Internationalised labels must decode',
  severity: 'error',
  source: 'RFC 3490',
  section: '4.2',
  scope: 'any',
  effective: RFC3490,
  zlint: 'e_international_dns_name_not_unicode',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.oddDns.flatMap(labels),
      (l) => /^xn--/i.test(l) && decodeLabel(l) === undefined,
      (l) => `${l} is not a valid internationalised label`,
    ),
});
