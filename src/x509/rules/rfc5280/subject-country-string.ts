import { TAG } from '../../der.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/subject-country-string',
  title: 'The country of the subject must be a PrintableString',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  zlint: 'e_subject_dn_country_not_printable_string',
  applies: (c) => c.hasAttribute(AT.country),
  breach: (c) =>
    c.attributes(AT.country).some((a) => a.tag !== TAG.printableString) &&
    'the country of the subject is not a PrintableString',
});
