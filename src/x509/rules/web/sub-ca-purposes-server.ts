import { EXT } from '../../oids.ts';
import { BR_1_1_6 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-purposes-server',
  title: 'The purposes of a subordinate CA should include server or client',
  severity: 'notice',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.5',
  scope: 'web',
  effective: BR_1_1_6,
  zlint: 'n_sub_ca_eku_not_technically_constrained',
  needs: EXT.extendedKeyUsage,
  applies: (c) => c.subordinate && c.has(EXT.extendedKeyUsage),
  breach: (c) =>
    !c.purposes.some((p) => p === OID.serverAuth || p === OID.clientAuth) &&
    'the CA is neither for servers nor for clients',
});
