import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/aia-issuer-url',
  title: 'A certificate should say where its issuer certificate is',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.7.7',
  scope: 'web',
  effective: BR,
  zlint: 'w_sub_cert_aia_does_not_contain_issuing_ca_url',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) => !c.issuerUrls.some((u) => u.startsWith('http://')) && 'no http address for the issuer certificate',
});
