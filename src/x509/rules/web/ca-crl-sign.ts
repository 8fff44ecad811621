import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ca-crl-sign',
  title: 'A CA must be allowed to sign revocation lists',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.7',
  scope: 'web',
  effective: BR,
  zlint: 'e_ca_crl_sign_not_set',
  needs: EXT.keyUsage,
  applies: (c) => c.ca && c.has(EXT.keyUsage),
  breach: (c) => !c.uses(KU.cRLSign) && 'the key usage of the CA lacks cRLSign',
});
