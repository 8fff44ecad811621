import { SC62 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ocsp-policies',
  title: 'An OCSP responder must not have policies',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.8.2',
  scope: 'web',
  effective: SC62,
  allPurposes: true,
  zlint: 'e_ocsp_cert_cp_forbidden',
  applies: (c) => c.purposes.includes(OID.ocspSigning),
  breach: (c) => c.policies.length > 0 && 'the responder has policies',
});
