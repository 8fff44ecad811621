import { BR } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'web/subject-place-characters',
  title: 'State and locality must not hold separators of other notations',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.4.2',
  scope: 'web',
  effective: BR,
  zlint: 'e_state_or_province_name_must_not_contain_control_characters',
  applies: () => true,
  breach: (c) =>
    firstOf(
      [...c.attributes(AT.state), ...c.attributes(AT.locality)],
      (a) => /[=:{};"|\\[\]]/.test(a.text),
      (a) => `${JSON.stringify(a.text)} holds a separator`,
    ),
});
