import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/ec-explicit',
  title: 'An EC curve must be named',
  severity: 'warning',
  source: 'RFC 5480',
  section: '',
  scope: 'any',
  concerns: 'ec',
  applies: (c) => c.ec,
  breach: (c) =>
    c.form.key.explicitCurve === true &&
    'the curve is spelled out: many libraries refuse it, and a crafted curve can fool a verifier',
});
