import { SIGNATURES } from '../../oids.ts';
import { MOZILLA_3_0 } from '../dates.ts';
import type { Facts } from '../facts.ts';
import { defineRule } from '../rule.ts';

/** ecdsa-with-SHA256, -SHA384 and -SHA512 as the policy spells them out, by the size of the curve. */
const WANTED: { readonly [size: number]: Buffer } = {
  256: Buffer.from('300a06082a8648ce3d040302', 'hex'),
  384: Buffer.from('300a06082a8648ce3d040303', 'hex'),
  521: Buffer.from('300a06082a8648ce3d040304', 'hex'),
};

function wrongDigest(c: Facts): string | false {
  return !WANTED[c.ecdsaSize]?.equals(c.innerAlgorithm) && 'the signature algorithm does not fit the curve that signed';
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
