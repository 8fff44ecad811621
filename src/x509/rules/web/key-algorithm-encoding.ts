import { BR_1_7_1 } from '../dates.ts';
import { defineRule } from '../rule.ts';

/** RSA with NULL, and the three curves by name. */
const ENCODINGS: ReadonlySet<string> = new Set([
  '300d06092a864886f70d0101010500',
  '301306072a8648ce3d020106082a8648ce3d030107',
  '301006072a8648ce3d020106052b81040022',
  '301006072a8648ce3d020106052b81040023',
]);

export default defineRule({
  id: 'web/key-algorithm-encoding',
  title: 'The key algorithm must have one of four encodings',
  severity: 'error',
  source: 'CA/Browser Forum Baseline Requirements',
  section: '7.1.3.1',
  scope: 'web',
  effective: BR_1_7_1,
  zlint: 'e_algorithm_identifier_improper_encoding',
  applies: () => true,
  breach: (c) =>
    !ENCODINGS.has(c.form.key.algorithmDer.toString('hex')) &&
    'the algorithm of the key is encoded otherwise than prescribed',
});
