import { EXT } from '../../oids.ts';
import { BR_2_0_0 } from '../dates.ts';
import { type Facts, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

const reserved: readonly string[] = [
  OID.domainValidated,
  OID.organizationValidated,
  OID.individualValidated,
  OID.extendedValidation,
];

function wrongPolicies(c: Facts): string | false {
  if (!c.has(EXT.certificatePolicies)) return 'the CA has no certificate policies';
  if (c.policies.includes(OID.anyPolicy)) return c.policies.length > 1 && 'any-policy stands beside other policies';
  return !c.policies.some((p) => reserved.includes(p)) && 'no reserved policy of the CA/Browser Forum is listed';
}

export default defineRule({
  id: 'web/sub-ca-policies-valid',
  title: 'The policies of a subordinate CA must be any-policy alone or a reserved one',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.5',
  scope: 'web',
  effective: BR_2_0_0,
  zlint: 'e_invalid_ca_certificate_policies',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) => wrongPolicies(c),
});
