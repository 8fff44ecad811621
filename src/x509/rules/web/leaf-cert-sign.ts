import { EXT } from '../../oids.ts';
import { BR } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/leaf-cert-sign',
  title: 'A leaf must not sign certificates',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.11',
  scope: 'web',
  effective: BR,
  zlint: 'e_sub_cert_key_usage_cert_sign_bit_set',
  needs: EXT.keyUsage,
  applies: (c) => c.has(EXT.keyUsage) && !c.ca,
  breach: (c) => c.uses(KU.keyCertSign) && 'keyCertSign is set',
});
