import { SC62 } from '../dates.ts';
import { OID } from '../facts.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ocsp-crl',
  title: 'An OCSP responder must not name a revocation list',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.8.2',
  scope: 'web',
  effective: SC62,
  allPurposes: true,
  zlint: 'e_ocsp_cert_cdp_forbidden',
  applies: (c) => c.purposes.includes(OID.ocspSigning),
  breach: (c) => c.crlUrls.length > 0 && 'the responder names a revocation list',
});
