import { defineRule } from '../rule.ts';
import { firstAttribute } from '../support.ts';

/** Control characters in the octets read as UTF-8, C1 included. */
const hasControl = (octets: Buffer): boolean => /[\x00-\x1f\x7f-\x9f]/.test(octets.toString('utf8'));

export default defineRule({
  id: 'rfc5280/subject-control-characters',
  title: 'The subject must not hold control characters',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  zlint: 'e_subject_dn_not_printable_characters',
  applies: () => true,
  breach: (c) =>
    firstAttribute(
      c.oddAttributes,
      (a) => hasControl(c.form.bytes.subarray(a.content, a.end)),
      (a) => `attribute ${a.oid} holds a control character`,
    ),
});
