import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ev-business-category',
  title: 'Extended validation needs a business category',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.2',
  scope: 'any',
  zlint: 'e_ev_business_category_missing',
  applies: (c) => c.extendedValidation && c.subscriber,
  breach: (c) =>
    !c.attributes(AT.businessCategory).some((a) => a.text !== '') && 'the subject has no business category',
});
