import { GIVEN_NAMES } from '../dates.ts';
import { AT, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/given-name-policy',
  title: 'A person may be named under individual validation only',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: GIVEN_NAMES,
  zlint: 'e_sub_cert_given_name_surname_contains_correct_policy',
  applies: (c) => c.subscriber && (c.hasAttribute(AT.givenName) || c.hasAttribute(AT.surname)),
  breach: (c) => !c.policies.includes(OID.individualValidated) && 'a person is named without the policy for it',
});
