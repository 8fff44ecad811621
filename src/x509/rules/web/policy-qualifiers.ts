import { EXT } from '../../oids.ts';
import { SC62 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/policy-qualifiers',
  title: 'CPS is the only qualifier allowed',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.9',
  scope: 'web',
  effective: SC62,
  zlint: 'e_policy_qualifiers_other_than_cps_not_permitted',
  needs: EXT.certificatePolicies,
  applies: (c) => c.has(EXT.certificatePolicies),
  breach: (c) =>
    c.form.policies?.some((p) => p.qualifiers.some((q) => q.oid !== OID.cps)) === true &&
    'a policy carries a qualifier other than CPS',
});
