import { TAG } from '../../der.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstAttribute } from '../support.ts';

export default defineRule({
  id: 'rfc5280/subject-printable-string',
  title: 'A PrintableString must keep to its alphabet',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_subject_printable_string_badalpha',
  applies: () => true,
  breach: (c) =>
    firstAttribute(
      c.oddAttributes,
      (a) => a.tag === TAG.printableString && !/^[A-Za-z0-9 '()+,./:=?-]+$/.test(a.text),
      (a) => `attribute ${a.oid} holds characters that a PrintableString lacks`,
    ),
});
