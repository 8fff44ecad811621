import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/utf8-as-latin1',
  title: 'UTF-8 must not be read as Latin-1 on the way in',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_utf8_latin1_mixup',
  applies: () => true,
  breach: (c) =>
    firstOf(
      c.oddAttributes,
      (a) =>
        /\u00c3[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]/.test(
          a.text,
        ),
      (a) => `${JSON.stringify(a.text)} was encoded twice`,
    ),
});
