import { GIVEN_NAMES } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/subject-street-address-alone',
  title: 'A street address without anyone named must not appear',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: GIVEN_NAMES,
  zlint: 'e_sub_cert_street_address_should_not_exist',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) =>
    !c.namesSomeone && c.hasAttribute(AT.street) && 'a street address is named but no person or organisation',
});
