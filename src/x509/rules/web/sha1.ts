import { NO_SHA1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/sha1',
  title: 'SHA-1 must not sign',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.3.2',
  scope: 'web',
  effective: NO_SHA1,
  zlint: 'e_sub_cert_or_sub_ca_using_sha1',
  applies: () => true,
  breach: (c) => c.signatureHash === 'sha1' && 'it is signed with SHA-1',
});
