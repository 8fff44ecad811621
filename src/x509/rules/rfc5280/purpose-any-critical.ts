import { EXT } from '../../oids.ts';
import { RFC3280 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/purpose-any-critical',
  title: 'An extended key usage that allows anything should not be critical',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.12',
  scope: 'any',
  effective: RFC3280,
  zlint: 'w_eku_critical_improperly',
  needs: EXT.extendedKeyUsage,
  applies: (c) => c.has(EXT.extendedKeyUsage),
  breach: (c) =>
    c.critical(EXT.extendedKeyUsage) &&
    c.purposes.includes(OID.anyPurpose) &&
    'the extended key usage is critical and allows anything',
});
