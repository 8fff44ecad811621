import { MOZILLA_2_7 } from '../dates.ts';
import { defineRule } from '../rule.ts';

/** Digest and MGF1 over SHA-256, SHA-384 or SHA-512, salt as long as the digest. */
const ENCODINGS = [
  ['01', '20'],
  ['02', '30'],
  ['03', '40'],
].map(([digest, salt]) => {
  const hash = `300d06096086480165030402${digest}0500`;
  return `304106092a864886f70d01010a3034a00f${hash}a11c301a06092a864886f70d010108${hash}a2030201${salt}`;
});

export default defineRule({
  id: 'mozilla/pss-parameters',
  title: 'RSASSA-PSS must have one of three encodings',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1.1',
  scope: 'any',
  effective: MOZILLA_2_7,
  zlint: 'e_mp_rsassa-pss_parameters_encoding_in_signature_algorithm_correct',
  applies: (c) => c.form.outerAlgorithm.oid === '1.2.840.113549.1.1.10',
  breach: (c) =>
    !ENCODINGS.some((e) => c.innerAlgorithm.toString('hex') === e) &&
    'the RSASSA-PSS parameters are encoded otherwise than prescribed',
});
