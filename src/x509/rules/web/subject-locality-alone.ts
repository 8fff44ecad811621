import { GIVEN_NAMES } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/subject-locality-alone',
  title: 'A locality without anyone named must not appear',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: GIVEN_NAMES,
  zlint: 'e_sub_cert_locality_name_must_not_appear',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => !c.namesSomeone && c.hasAttribute(AT.locality) && 'a locality is named but no person or organisation',
});
