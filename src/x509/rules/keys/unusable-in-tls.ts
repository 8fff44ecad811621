import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/unusable-in-tls',
  title: 'The key should be one TLS can use',
  severity: 'notice',
  source: 'RFC 8446',
  section: '',
  scope: 'any',
  concerns: 'leaf',
  applies: (c) => c.subscriber,
  breach: (c) =>
    /^(?:X25519|X448|ML-KEM)/.test(c.form.key.algorithm) && `a ${c.form.key.label} key cannot sign a handshake`,
});
