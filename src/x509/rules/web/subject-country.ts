import { GIVEN_NAMES } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/subject-country',
  title: 'Whoever is named needs a country',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: GIVEN_NAMES,
  zlint: 'e_sub_cert_country_name_must_appear',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => c.namesSomeone && !c.hasAttribute(AT.country) && 'someone is named without a country',
});
