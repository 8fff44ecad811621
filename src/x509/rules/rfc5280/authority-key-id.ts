import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/authority-key-id',
  title: 'The authority key identifier must be present, except in a self-signed CA',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.1',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_authority_key_identifier_no_key_identifier',
  applies: () => true,
  breach: (c) => c.form.authorityKeyId?.keyId === undefined && !c.root && 'it has no authority key identifier',
});
