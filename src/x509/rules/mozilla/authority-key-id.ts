import { EXT } from '../../oids.ts';
import { MOZILLA_2_2 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/authority-key-id',
  title: 'The authority key identifier must not hold key and issuer',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.2',
  scope: 'any',
  effective: MOZILLA_2_2,
  zlint: 'e_mp_authority_key_identifier_correct',
  needs: EXT.authorityKeyIdentifier,
  applies: (c) => c.has(EXT.authorityKeyIdentifier),
  breach: (c) =>
    (c.form.authorityKeyId?.keyId?.length ?? 0) > 0 &&
    c.form.authorityKeyId?.issuer !== undefined &&
    'it holds a key identifier and an issuer name',
});
