import { BR, BR_2_0_0 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/aia-ocsp-url',
  title: 'A certificate must name an OCSP responder',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.7',
  scope: 'web',
  effective: BR,
  ends: BR_2_0_0,
  zlint: 'e_sub_cert_aia_does_not_contain_ocsp_url',
  concerns: 'leaf',
  applies: (c) => !c.ca,
  breach: (c) => !c.ocspUrls.some((u) => u.startsWith('http://')) && 'no http address of an OCSP responder',
});
