import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { nonAscii } from '../support.ts';

export default defineRule({
  id: 'rfc5280/san-uri-ascii',
  title: 'URIs in the alternative name must be ASCII',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_san_uri_not_ia5',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) => nonAscii(c.namesOf(6)) && 'a URI in the alternative name is not ASCII',
});
