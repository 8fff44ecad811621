import { BR_2_0_0 } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/iv-name-strict',
  title: 'An individual-validated certificate must hold given name and surname',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.3',
  scope: 'web',
  effective: BR_2_0_0,
  zlint: 'e_cab_iv_requires_personal_name_strict',
  applies: (c) => c.policies.includes(OID.individualValidated) && !c.ca,
  breach: (c) => !(c.hasAttribute(AT.givenName) && c.hasAttribute(AT.surname)) && 'given name or surname is missing',
});
