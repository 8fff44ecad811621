import { EXT } from '../../oids.ts';
import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/policy-duplicate',
  title: 'A policy must not be listed twice',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.4',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_ext_cert_policy_duplicate',
  needs: EXT.certificatePolicies,
  applies: (c) => c.has(EXT.certificatePolicies),
  breach: (c) => new Set(c.policies).size < c.policies.length && 'a policy is listed twice',
});
