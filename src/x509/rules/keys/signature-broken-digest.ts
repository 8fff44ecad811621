import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/signature-broken-digest',
  title: 'MD5 and SHA-1 signatures can be forged',
  severity: 'error',
  source: 'RFC 6151, RFC 9155',
  section: '',
  scope: 'any',
  applies: (c) => !c.selfSigned,
  breach: (c) =>
    (c.signatureHash === 'md5' || c.signatureHash === 'sha1') && `it is signed with ${c.signatureHash?.toUpperCase()}`,
});
