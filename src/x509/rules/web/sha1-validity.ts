import { BR_1_2_1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sha1-validity',
  title: 'A SHA-1 certificate should end in 2016',
  severity: 'warning',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.3',
  scope: 'web',
  effective: BR_1_2_1,
  zlint: 'w_sub_cert_sha1_expiration_too_long',
  concerns: 'leaf',
  applies: (c) => !c.ca && c.signatureHash === 'sha1',
  breach: (c) => c.notAfter > Date.UTC(2017, 0, 1) && 'it is signed with SHA-1 and valid beyond 2016',
});
