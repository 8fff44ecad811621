import { RFC5280 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'rfc5280/rsa-signature-parameters',
  title: 'RSA signature algorithms must have NULL parameters',
  severity: 'error',
  source: 'RFC 4055',
  section: '5',
  scope: 'any',
  effective: RFC5280,
  zlint: 'e_tbs_signature_rsa_encryption_parameter_not_null',
  applies: (c) => /^1\.2\.840\.113549\.1\.1\.(?:[245]|1[1-4])$/.test(c.form.innerAlgorithm.oid),
  breach: (c) =>
    !(c.innerAlgorithm.length === 15 && c.innerAlgorithm[13] === 5 && c.innerAlgorithm[14] === 0) &&
    'the parameters of the RSA signature algorithm are not NULL',
});
