import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/der-encoding',
  title: 'The encoding must be DER',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.1',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) => {
    const found = c.form.defects.find((d) => d.rule.startsWith('der/'));
    return found && { says: `at byte ${found.offset}: ${found.says}`, offset: found.offset };
  },
});
