import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, uriParts } from '../support.ts';

export default defineRule({
  id: 'rfc5280/ian-uri-relative',
  title: 'URIs in the issuer alternative name must be absolute',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_ian_uri_relative',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    firstOf(
      c.issuerNames,
      (n) => n.tag === 6 && !uriParts(n.value)?.scheme,
      (n) => `${n.value} is not an absolute URI`,
    ),
});
