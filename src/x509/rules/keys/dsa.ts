import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/dsa',
  title: 'DSA is no longer accepted by TLS',
  severity: 'warning',
  source: 'RFC 8446',
  section: '',
  scope: 'any',
  concerns: 'dsa',
  applies: (c) => c.dsa,
  breach: (c) => c.dsa && 'TLS 1.3 and current libraries accept no DSA keys',
});
