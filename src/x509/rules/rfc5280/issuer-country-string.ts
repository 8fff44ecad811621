import { TAG } from '../../der.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/issuer-country-string',
  title: 'The country of the issuer must be a PrintableString',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  zlint: 'e_issuer_dn_country_not_printable_string',
  applies: (c) => c.form.issuer.attributes.some((a) => a.oid === AT.country),
  breach: (c) =>
    c.form.issuer.attributes.some((a) => a.oid === AT.country && a.tag !== TAG.printableString) &&
    'the country of the issuer is not a PrintableString',
});
