import { BR, BR_2_0_0 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sub-ca-issuer-url',
  title: 'A subordinate CA should say where its issuer certificate is',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.3',
  scope: 'web',
  effective: BR,
  ends: BR_2_0_0,
  zlint: 'w_sub_ca_aia_does_not_contain_issuing_ca_url',
  concerns: 'ca',
  applies: (c) => c.subordinate,
  breach: (c) => !c.issuerUrls.some((u) => u.startsWith('http://')) && 'no http address for the issuer certificate',
});
