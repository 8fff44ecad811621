import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'client/not-an-authority',
  title: 'A client must not present the certificate of an authority',
  severity: 'warning',
  source: 'RFC 5280',
  section: '4.2.1.9',
  scope: 'client',
  applies: () => true,
  breach: (c) => c.ca && 'it is the certificate of a CA; servers that check the purpose refuse it as a client',
});
