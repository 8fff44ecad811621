import { KEY_ALGORITHMS } from '../../oids.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'keys/algorithm-unknown',
  title: 'The key should be of an algorithm that software knows',
  severity: 'warning',
  source: 'RFC 3279, and its successors',
  section: '2.3',
  scope: 'any',
  applies: (c) => c.form.key.oid !== '',
  breach: (c) =>
    KEY_ALGORITHMS[c.form.key.oid] === undefined && {
      says: `the key is of the unknown algorithm ${c.form.key.oid}`,
      offset: c.form.key.offset,
    },
});
