import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/san-email-form',
  title: 'Mail addresses in the alternative name must be plain addresses',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_san_rfc822_format_invalid',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.namesOf(1),
      (n) => n.value.includes(' ') || n.value.startsWith('<') || n.value.endsWith(')'),
      (n) => `${n.value} is not a plain mail address`,
    ),
});
