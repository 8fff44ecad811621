import { RFC3280 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/policy-any-qualifier',
  title: 'Any-policy may carry CPS and user notice only',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.4',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_ext_cert_policy_disallowed_any_policy_qualifier',
  applies: (c) => c.policies.includes(OID.anyPolicy),
  breach: (c) =>
    c.form.policies!.some(
      (p) => p.oid === OID.anyPolicy && p.qualifiers.some((q) => q.oid !== OID.cps && q.oid !== OID.userNotice),
    ) && 'any-policy carries another qualifier',
});
