import { GIVEN_NAMES } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/subject-state',
  title: 'Whoever is named needs a state or locality',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: GIVEN_NAMES,
  zlint: 'e_sub_cert_province_must_appear',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) =>
    c.namesSomeone &&
    !c.hasAttribute(AT.locality) &&
    !c.hasAttribute(AT.state) &&
    'someone is named without state and locality',
});
