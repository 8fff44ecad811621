import { TAG } from '../../der.ts';
import { RFC6818 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { notices } from '../support.ts';

export default defineRule({
  id: 'rfc5280/policy-notice-control',
  title: 'A notice should not hold control characters',
  severity: 'warning',
  source: 'RFC 6818',
  section: '3',
  scope: 'any',
  effective: RFC6818,
  zlint: 'w_ext_cert_policy_explicit_text_includes_control',
  applies: (c) => notices(c).length > 0,
  breach: (c) =>
    notices(c).some((n) => n.tag === TAG.utf8String && /[\x00-\x1f\x7f-\x9f]/.test(n.text)) &&
    'the text of a notice holds a control character',
});
