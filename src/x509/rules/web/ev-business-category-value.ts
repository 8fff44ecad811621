import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ev-business-category-value',
  title: 'The business category must be one of the four',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.2.3',
  scope: 'any',
  zlint: 'e_ev_invalid_business_category',
  applies: (c) => c.extendedValidation && c.subscriber && c.hasAttribute(AT.businessCategory),
  breach: (c) =>
    !/^(?:Private Organization|Government Entity|Business Entity|Non-Commercial Entity)$/.test(
      c.attributes(AT.businessCategory)[0]!.text,
    ) && 'the business category is none of the four',
});
