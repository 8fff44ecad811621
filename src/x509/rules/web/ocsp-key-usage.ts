import { SC62 } from '../dates.ts';
import { KU, OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ocsp-key-usage',
  title: 'An OCSP responder may sign only',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.8.7',
  scope: 'web',
  effective: SC62,
  allPurposes: true,
  zlint: 'e_ocsp_cert_invalid_ku',
  applies: (c) => c.purposes.includes(OID.ocspSigning),
  breach: (c) => (c.usage & ~KU.digitalSignature) !== 0 && 'the key usage allows more than digitalSignature',
});
