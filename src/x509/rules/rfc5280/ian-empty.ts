import { EXT } from '../../oids.ts';
import { RFC2459 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/ian-empty',
  title: 'The issuer alternative name must not be empty',
  severity: 'error',
  source: 'RFC 5280',
  section: '4.2.1.7',
  scope: 'any',
  effective: RFC2459,
  zlint: 'e_ext_ian_no_entries',
  needs: EXT.issuerAltName,
  applies: (c) => c.has(EXT.issuerAltName),
  breach: (c) =>
    c.form.byOid.get(EXT.issuerAltName)!.end - c.form.byOid.get(EXT.issuerAltName)!.content === 2 &&
    'the issuer alternative name holds nothing',
});
