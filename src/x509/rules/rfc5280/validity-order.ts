import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/validity-order',
  title: 'The validity must not end before it starts',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1.2.5',
  scope: 'any',
  zlint: 'e_validity_time_not_positive',
  applies: () => true,
  breach: (c) => c.notBefore > c.notAfter && { says: 'notAfter lies before notBefore', offset: c.form.notAfter.offset },
});
