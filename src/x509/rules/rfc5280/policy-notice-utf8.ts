import { TAG } from '../../der.ts';
import { RFC6818 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { notices } from '../support.ts';

export default defineRule({
  id: 'rfc5280/policy-notice-utf8',
  title: 'A notice should be a UTF8String',
  severity: 'warning',
  source: 'RFC 6818',
  section: '3',
  scope: 'any',
  effective: RFC6818,
  zlint: 'w_ext_cert_policy_explicit_text_not_utf8',
  applies: (c) => notices(c).length > 0,
  breach: (c) => notices(c).some((n) => n.tag !== TAG.utf8String) && 'the text of a notice is not a UTF8String',
});
