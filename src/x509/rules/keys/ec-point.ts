import { toBigInt } from '../../big-integers.ts';
import { defineRule } from '../rule.ts';

/** Prime and coefficient b of the curves with a = -3 (SP 800-186). */
const CURVES: { readonly [name: string]: { p: bigint; b: bigint } } = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
};

export default defineRule({
  id: 'keys/ec-point',
  title: 'An EC key must be a point of its curve, written uncompressed',
  severity: 'error',
  source: 'RFC 5480',
  section: '2.2',
  scope: 'any',
  concerns: 'ec',
  applies: (c) => c.ec && (c.form.key.point?.length ?? 0) > 0,
  breach: (c) => {
    const { point, curve, offset } = c.form.key;
    const form = point![0]!;
    if (form === 2 || form === 3)
      return { says: 'the EC point is compressed, which some software cannot read', severity: 'warning', offset };
    if (form !== 4) return { says: `the EC point has the unknown form ${form}`, offset };
    const known = CURVES[curve ?? ''];
    if (!known) return false;
    const half = (point!.length - 1) / 2;
    const x = toBigInt(point!.subarray(1, 1 + half));
    const y = toBigInt(point!.subarray(1 + half));
    const onCurve = x < known.p && y < known.p && (y * y - (x * x * x - 3n * x + known.b)) % known.p === 0n;
    return !onCurve && { says: `the key is no point of ${curve}`, offset };
  },
});
