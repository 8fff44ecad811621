import { BR } from '../dates.ts';
import { defineRule } from '../rule.ts';

const KNOWN = /^(?:RSA|EC|DSA|Ed25519|X25519)$/;

export default defineRule({
  id: 'web/key-known',
  title: 'The key must be RSA, EC or DSA',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  effective: BR,
  zlint: 'e_public_key_type_not_allowed',
  applies: () => true,
  breach: (c) => !KNOWN.test(c.form.key.algorithm) && `the key is ${c.form.key.label}`,
});
