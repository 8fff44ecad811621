import { MOZILLA_2019 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/sub-ca-purposes',
  title: 'A subordinate CA should be for one purpose',
  severity: 'notice',
  source: 'Mozilla Root Store Policy',
  section: '5.3',
  scope: 'any',
  effective: MOZILLA_2019,
  zlint: 'n_mp_allowed_eku',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) =>
    (c.purposes.length === 0 ||
      c.purposes.includes(OID.anyPurpose) ||
      (c.purposes.includes(OID.emailProtection) && c.purposes.includes(OID.serverAuth))) &&
    'the CA is for anything, or for servers and mail at once',
});
