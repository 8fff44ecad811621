import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ev-country',
  title: 'Extended validation needs a country',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.2',
  scope: 'any',
  zlint: 'e_ev_country_name_missing',
  applies: (c) => c.extendedValidation && c.subscriber,
  breach: (c) => !c.attributes(AT.country).some((a) => a.text !== '') && 'the subject has no country',
});
