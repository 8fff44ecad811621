import { defineRule } from '../rule.ts';
import { nesting } from '../special.ts';

/** No defined extension goes deeper than a dozen levels. */
const DEEP = 32;

export default defineRule({
  id: 'rfc5280/extension-nesting',
  title: 'An extension must not be nested beyond reason',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2',
  scope: 'any',
  applies: () => true,
  breach: (c) => {
    for (const extension of c.form.extensions) {
      const depth = nesting(c.form.bytes, extension.content, extension.end);
      if (depth > DEEP)
        return {
          says: `extension ${extension.oid} is nested ${depth} levels deep, as if to exhaust a parser`,
          offset: extension.content,
        };
    }
    return false;
  },
});
