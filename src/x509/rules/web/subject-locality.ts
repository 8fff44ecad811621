import { GIVEN_NAMES } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/subject-locality',
  title: 'Whoever is named needs a locality or state',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: GIVEN_NAMES,
  zlint: 'e_sub_cert_locality_name_must_appear',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) =>
    c.namesSomeone &&
    !c.hasAttribute(AT.state) &&
    !c.hasAttribute(AT.locality) &&
    'someone is named without locality and state',
});
