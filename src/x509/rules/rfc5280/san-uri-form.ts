import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, uriParts } from '../support.ts';

function wellFormed(uri: string): boolean {
  const parts = uriParts(uri);
  return parts !== undefined && parts.scheme !== '' && ((parts.authority ?? '') !== '' || parts.rest !== '');
}

export default defineRule({
  id: 'rfc5280/san-uri-form',
  title: 'URIs in the alternative name must be well-formed',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_san_uri_format_invalid',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.namesOf(6),
      (n) => !wellFormed(n.value),
      (n) => `${n.value} is not a URI with a scheme and a part after it`,
    ),
});
