import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/san-address-length',
  title: 'Addresses must have 4 or 16 octets',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC2459,
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.namesOf(7),
      (n) => n.octets.length !== 4 && n.octets.length !== 16,
      (n) => `an address has ${n.octets.length} octets`,
    ),
});
