import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/rsa-parameters',
  title: 'RsaEncryption must have NULL parameters',
  severity: 'error',
  source: 'RFC 3279',
  section: '2.3.1',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_spki_rsa_encryption_parameter_not_null',
  applies: (c) => c.form.key.oid === '1.2.840.113549.1.1.1',
  breach: (c) =>
    c.form.key.algorithmDer.toString('hex') !== '300d06092a864886f70d0101010500' &&
    'the parameters of the RSA key are not NULL',
});
