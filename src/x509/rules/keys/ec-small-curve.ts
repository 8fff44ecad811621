import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/ec-small-curve',
  title: 'An EC curve must have 224 bits to be safe',
  severity: 'error',
  source: 'NIST SP 800-131A',
  section: '',
  scope: 'any',
  concerns: 'ec',
  applies: (c) => c.ec && c.bits > 0,
  breach: (c) => c.bits < 224 && `the curve has ${c.bits} bits`,
});
