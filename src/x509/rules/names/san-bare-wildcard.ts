import { EXT } from '../../oids.ts';
import { defineRule } from '../rule.ts';
import { firstOf } from '../support.ts';

export default defineRule({
  id: 'names/san-bare-wildcard',
  title: 'A host name in the alternative name must not end in a wildcard',
  severity: 'error',
  source: 'practice of public clients',
  section: '',
  scope: 'any',
  zlint: 'e_san_bare_wildcard',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    firstOf(
      c.oddDns,
      (d) => d.endsWith('*'),
      (d) => `${d} ends in a wildcard`,
    ),
});
