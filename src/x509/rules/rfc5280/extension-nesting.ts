import { nesting } from '../nesting.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/extension-nesting',
  title: 'An extension must not be nested beyond reason',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2',
  scope: 'any',
  applies: () => true,
  breach: (c) => {
    const deep = c.deepExtension;
    if (!deep) return false;
    const depth = nesting(c.form.bytes, deep.content, deep.end);
    return {
      says: `extension ${deep.oid} is nested ${depth} levels deep, as if to exhaust a parser`,
      offset: deep.content,
    };
  },
});
