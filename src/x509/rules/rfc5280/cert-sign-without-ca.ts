import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/cert-sign-without-ca',
  title: 'Only a CA may sign certificates',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.3',
  scope: 'any',
  effective: RFC3280,
  zlint: 'e_ext_key_usage_cert_sign_without_ca',
  needs: EXT.keyUsage,
  applies: (c) => c.has(EXT.keyUsage),
  breach: (c) => c.uses(KU.keyCertSign) && !c.ca && 'keyCertSign is set although it is not a CA',
});
