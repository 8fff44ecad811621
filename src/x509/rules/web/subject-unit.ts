import { NO_OU } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/subject-unit',
  title: 'An organisational unit must not be named',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: NO_OU,
  zlint: 'e_organizational_unit_name_prohibited',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => c.hasAttribute(AT.unit) && 'the subject names an organisational unit',
});
