import { EXT } from '../../oids.ts';
import { RFC3279 } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/rsa-usage-ca-encipherment',
  title: 'An RSA CA key should not encipher',
  severity: 'error',
  source: 'RFC 3279',
  section: '2.3.1',
  scope: 'any',
  effective: RFC3279,
  zlint: 'e_rsa_allowed_ku_no_encipherment_ca',
  needs: EXT.keyUsage,
  applies: (c) => c.rsa && c.has(EXT.keyUsage) && c.ca,
  breach: (c) =>
    c.uses(KU.keyCertSign | KU.cRLSign) &&
    c.uses(KU.keyEncipherment | KU.dataEncipherment) &&
    'the key usage of the CA allows encipherment',
});
