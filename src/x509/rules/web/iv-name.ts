import { BR_1_3_1, BR_2_0_0 } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/iv-name',
  title: 'An individual-validated certificate must name a person',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.6.1',
  scope: 'web',
  effective: BR_1_3_1,
  ends: BR_2_0_0,
  zlint: 'e_cab_iv_requires_personal_name',
  applies: (c) => c.policies.includes(OID.individualValidated) && !c.ca,
  breach: (c) =>
    !c.hasAttribute(AT.organization) &&
    !(c.hasAttribute(AT.givenName) && c.hasAttribute(AT.surname)) &&
    'it names neither an organisation nor a person',
});
