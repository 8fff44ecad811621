import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ec-curve',
  title: 'The curve must be P-256, P-384 or P-521',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '6.1.5',
  scope: 'web',
  zlint: 'e_ec_improper_curves',
  concerns: 'ec',
  applies: (c) => c.ec,
  breach: (c) => !/^P-(?:256|384|521)$/.test(c.form.key.curve ?? '') && `the curve is ${c.form.key.curve}`,
});
