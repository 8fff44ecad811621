import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { nonAscii } from '../support.ts';

export default defineRule({
  id: 'rfc5280/ian-uri-ascii',
  title: 'URIs in the issuer alternative name must be ASCII',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_ian_uri_not_ia5',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    nonAscii(c.issuerNames.filter((n) => n.tag === 6)) && 'a URI in the issuer alternative name is not ASCII',
});
