import { SIGNATURES } from '../../oids.ts';
import { MOZILLA_3_0 } from '../dates.ts';
import type { Facts } from '../facts.ts';
import { defineRule } from '../rule.ts';

function wrongDigest(c: Facts): string | false {
  const { length } = c.form.signature;
  const digest = length <= 72 ? '02' : length <= 104 ? '03' : length <= 140 ? '04' : '';
  const wanted = `300a06082a8648ce3d0403${digest}`;
  return c.innerAlgorithm.toString('hex') !== wanted && 'the signature algorithm does not fit the curve that signed';
}

export default defineRule({
  id: 'mozilla/ecdsa-signature-encoding',
  title: 'The digest must fit the size of the signing curve',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1.2',
  scope: 'any',
  effective: MOZILLA_3_0,
  zlint: 'e_mp_ecdsa_signature_encoding_correct',
  applies: (c) => SIGNATURES[c.form.outerAlgorithm.oid]?.family === 'ecdsa',
  breach: (c) => wrongDigest(c),
});
