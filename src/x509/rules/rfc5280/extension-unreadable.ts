import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'rfc5280/extension-unreadable',
  title: 'An extension must follow its definition',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2',
  scope: 'any',
  effective: RFC2459,
  applies: () => true,
  breach: (c) =>
    firstOf(
      [...c.form.undecodable],
      () => true,
      (oid) => `extension ${oid} cannot be decoded`,
    ),
});
