import { EXT } from '../../oids.ts';
import { RFC8813 } from '../dates.ts';
import { KU } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/ec-usage',
  title: 'An EC key must not encipher',
  severity: 'error',
  source: 'RFC 8813',
  section: '3',
  scope: 'any',
  effective: RFC8813,
  zlint: 'e_ecdsa_allowed_ku',
  needs: EXT.keyUsage,
  applies: (c) => c.ec && c.has(EXT.keyUsage),
  breach: (c) => c.uses(KU.keyEncipherment | KU.dataEncipherment) && 'the key usage allows what the key cannot do',
});
