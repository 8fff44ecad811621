import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ca-digital-signature',
  title: 'A CA without digitalSignature cannot sign OCSP responses',
  severity: 'notice',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.7',
  scope: 'web',
  effective: BR,
  zlint: 'n_ca_digital_signature_not_set',
  needs: EXT.keyUsage,
  applies: (c) => c.ca && c.has(EXT.keyUsage),
  breach: (c) => !c.uses(KU.digitalSignature) && 'the key usage of the CA lacks digitalSignature',
});
