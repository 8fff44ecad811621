import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/authority-key-id-critical',
  title: 'The authority key identifier must not be critical',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_authority_key_identifier_critical',
  needs: EXT.authorityKeyIdentifier,
  applies: (c) => c.has(EXT.authorityKeyIdentifier),
  breach: (c) => c.critical(EXT.authorityKeyIdentifier) && 'the authority key identifier is critical',
});
