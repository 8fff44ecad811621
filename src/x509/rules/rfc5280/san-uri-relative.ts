import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf, uriParts } from '../support.ts';

export default defineRule({
  id: 'rfc5280/san-uri-relative',
  title: 'URIs in the alternative name must be absolute',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_san_uri_relative',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.namesOf(6),
      (n) => !uriParts(n.value)?.scheme,
      (n) => `${n.value} is not an absolute URI`,
    ),
});
