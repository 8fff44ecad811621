import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/country-upper-case',
  title: 'Country codes must be upper case',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_subj_country_not_uppercase',
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.attributes(AT.country),
      (a) => !/^[A-Z]+$/.test(a.text),
      (a) => `${JSON.stringify(a.text)} is not upper case letters`,
    ),
});
