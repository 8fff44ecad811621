import { MOZILLA_3_0 } from '../dates.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'mozilla/ec-key-encoding',
  title: 'An EC key must name P-256, P-384 or P-521',
  severity: 'error',
  source: 'Mozilla Root Store Policy',
  section: '5.1.2',
  scope: 'any',
  effective: MOZILLA_3_0,
  zlint: 'e_mp_ecdsa_pub_key_encoding_correct',
  concerns: 'ec',
  applies: (c) => c.ec,
  breach: (c) =>
    !/^30(?:13|10)06072a8648ce3d0201(?:06082a8648ce3d030107|06052b8104002[23])$/.test(
      c.form.key.algorithmDer.toString('hex'),
    ) && 'the algorithm of the EC key is encoded otherwise than prescribed',
});
