import { BR_1_7_9 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/subject-unit-without-organization',
  title: 'A unit needs an organisation',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2.2',
  scope: 'web',
  effective: BR_1_7_9,
  zlint: 'e_subject_contains_organizational_unit_name_and_no_organization_name',
  applies: (c) => c.hasAttribute(AT.unit),
  breach: (c) => !c.hasAttribute(AT.organization) && 'a unit without an organisation',
});
