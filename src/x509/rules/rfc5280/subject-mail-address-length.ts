import { RFC2459 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstAttribute } from '../support.ts';

export default defineRule({
  id: 'rfc5280/subject-mail-address-length',
  title: 'The mail address must fit into 255 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_subject_email_max_length',
  applies: (c) => c.hasAttribute(AT.email),
  breach: (c) =>
    firstAttribute(
      c.attributes(AT.email),
      (a) => [...a.text].length > 255,
      (a) => `the mail address has ${[...a.text].length} characters`,
    ),
});
