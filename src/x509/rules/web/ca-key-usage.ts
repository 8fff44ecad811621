import { RFC3280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'web/ca-key-usage',
  title: 'A CA must have a key usage',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.2.10.7',
  scope: 'web',
  effective: RFC3280,
  zlint: 'e_ca_key_usage_missing',
  concerns: 'ca',
  applies: (c) => c.ca,
  breach: (c) => c.usage === 0 && 'the CA has no key usage',
});
