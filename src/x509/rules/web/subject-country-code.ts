import { BR } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { COUNTRIES, firstOf } from '../support.ts';

export default defineRule({
  id: 'web/subject-country-code',
  title: 'The country must be an ISO 3166 code',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_subject_country_not_iso',
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.attributes(AT.country),
      (a) => !COUNTRIES.has(a.text.toUpperCase()),
      (a) => `${a.text} is no ISO 3166 country code`,
    ),
});
