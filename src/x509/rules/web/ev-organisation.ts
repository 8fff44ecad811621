import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ev-organisation',
  title: 'Extended validation needs a organisation',
  severity: 'error',
  source: 'CA/Browser Forum EV Guidelines',
  section: '9.2',
  scope: 'any',
  zlint: 'e_ev_organization_name_missing',
  applies: (c) => c.extendedValidation && c.subscriber,
  breach: (c) => !c.attributes(AT.organization).some((a) => a.text !== '') && 'the subject has no organisation',
});
