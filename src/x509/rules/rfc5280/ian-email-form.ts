import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/ian-email-form',
  title: 'Mail addresses in the issuer alternative name must be plain addresses',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_ian_rfc822_format_invalid',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    firstOf(
      c.issuerNames,
      (n) => n.tag === 1 && (n.value.includes(' ') || n.value.startsWith('<') || n.value.endsWith(')')),
      (n) => `${n.value} is not a plain mail address`,
    ),
});
