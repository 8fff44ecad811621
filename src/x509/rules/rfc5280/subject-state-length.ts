import { RFC2459 } from '../dates.ts';
import { AT } from '../facts.ts';
import { defineRule } from '../rule.ts';
import { firstAttribute } from '../support.ts';

export default defineRule({
  id: 'rfc5280/subject-state-length',
  title: 'The state must fit into 128 characters',
  severity: 'error',
  source: 'RFC 5280',
  section: 'A.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_subject_state_name_max_length',
  applies: (c) => c.hasAttribute(AT.state),
  breach: (c) =>
    firstAttribute(
      c.attributes(AT.state),
      (a) => [...a.text].length > 128,
      (a) => `the state has ${[...a.text].length} characters`,
    ),
});
