import { BR_1_7_1 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ca-purposes',
  title: 'A subordinate CA must not mix server purposes with others',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.6',
  scope: 'web',
  effective: BR_1_7_1,
  zlint: 'e_ca_invalid_eku',
  concerns: 'ca',
  applies: (c) => c.subordinate && c.purposes.length > 0,
  breach: (c) =>
    ((c.purposes.includes(OID.anyPurpose) && c.purposes.length > 1) ||
      c.purposes.some(
        (p) => p === OID.emailProtection || p === OID.codeSigning || p === OID.timeStamping || p === OID.ocspSigning,
      )) &&
    'the extended key usage of the CA mixes purposes',
});
