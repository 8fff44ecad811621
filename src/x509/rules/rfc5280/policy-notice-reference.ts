import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/policy-notice-reference',
  title: 'A notice reference should not be used',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.4',
  scope: 'any',
  effective: RFC5280,
  zlint: 'w_ext_cert_policy_contains_noticeref',
  needs: EXT.certificatePolicies,
  applies: (c) => c.has(EXT.certificatePolicies),
  breach: (c) =>
    c.form.policies?.some((p) => p.qualifiers.some((q) => q.noticeRef)) === true &&
    'a policy carries a notice reference',
});
