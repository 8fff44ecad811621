import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/san-empty',
  title: 'The alternative name must not be empty',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.6',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_san_no_entries',
  needs: EXT.subjectAltName,
  applies: (c) => c.has(EXT.subjectAltName),
  breach: (c) =>
    !c.hasAnyName &&
    c.form.byOid.get(EXT.subjectAltName)!.end - c.form.byOid.get(EXT.subjectAltName)!.content === 2 &&
    'the alternative name holds nothing',
});
