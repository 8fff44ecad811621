import { defineRule } from '../rule.ts';

/** Prime and coefficients of y^2 = x^3 + ax + b (SP 800-186; SEC 2 for secp256k1). */
const CURVES: { readonly [name: string]: { p: bigint; a: bigint; b: bigint } } = {
  'P-256': {
    p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    a: -3n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  },
  'P-384': {
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    a: -3n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
  },
  'P-521': {
    p: 2n ** 521n - 1n,
    a: -3n,
    b: 0x051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
  },
  secp256k1: { p: 2n ** 256n - 2n ** 32n - 977n, a: 0n, b: 7n },
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
    const { p, a, b } = known;
    const hex = point!.toString('hex', 1);
    const half = hex.length >> 1;
    if (half === 0) return { says: `the key is no point of ${curve}`, offset };
    const x = BigInt(`0x${hex.slice(0, half)}`);
    const y = BigInt(`0x${hex.slice(half)}`);
    const onCurve = x < p && y < p && (y * y - (x * x + a) * x - b) % p === 0n;
    return !onCurve && { says: `the key is no point of ${curve}`, offset };
  },
});
