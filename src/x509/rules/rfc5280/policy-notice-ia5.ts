import { TAG } from '../../der.ts';
import { RFC6818 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { notices } from '../support.ts';

export default defineRule({
  id: 'rfc5280/policy-notice-ia5',
  title: 'A notice must not be an IA5String',
  severity: 'error',
  source: 'RFC 6818',
  section: '3',
  scope: 'any',
  effective: RFC6818,
  zlint: 'e_ext_cert_policy_explicit_text_ia5_string',
  applies: (c) => notices(c).length > 0,
  breach: (c) => notices(c).some((n) => n.tag === TAG.ia5String) && 'the text of a notice is an IA5String',
});
