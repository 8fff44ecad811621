/** Integer arithmetic that BigInt lacks. */

/** Unsigned big-endian octets as an integer. */
export const toBigInt = (octets: Buffer): bigint => (octets.length === 0 ? 0n : BigInt(`0x${octets.toString('hex')}`));

/**
 * Largest integer whose square is not above `n`. The root is found from its leading bits on: every step doubles its
 * length with one division of numbers that are as short as the step allows.
 */
export function squareRoot(n: bigint): bigint {
  if (n < 1n << 52n) return BigInt(Math.floor(Math.sqrt(Number(n))));
  const bits = bitLength(n);
  const half = (bits - 1) >> 1;
  let steps = 0;
  while (half >> steps > 24) steps++;
  let known = half >> steps;
  let root = BigInt(Math.floor(Math.sqrt(Number(n >> BigInt(2 * (half - known))))));
  while (steps > 0) {
    steps--;
    const before = known;
    known = half >> steps;
    root = (root << BigInt(known - before - 1)) + (n >> BigInt(2 * half - before - known + 1)) / root;
  }
  return root * root > n ? root - 1n : root;
}

/** Largest integer whose k-th power is not above `n` (Newton). */
export function integerRoot(n: bigint, k: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << (BigInt(bitLength(n)) / k + 1n);
  for (;;) {
    const y = ((k - 1n) * x + n / x ** (k - 1n)) / k;
    if (y >= x) return x;
    x = y;
  }
}

/** Number of bits of a positive integer. */
export function bitLength(n: bigint): number {
  const hex = n.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex[0]!, 16)));
}

/** Bits of the leading part that Lehmer's steps work on: machine numbers hold it and its sums exactly. */
const LEADING_BITS = 52;
/** Cofactors up to this size, half of the leading bits, keep the quotients exact. */
const MAX_COFACTOR = 2 ** 26;

/**
 * Greatest common divisor of two non-negative integers by Lehmer's method (Knuth, TAOCP 2, 4.5.2 L): the quotients are
 * found on the leading bits, so that a dozen steps of Euclid need long arithmetic once.
 */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = a >= b ? [a, b] : [b, a];
  let shift = Math.max(0, bitLength(x) - LEADING_BITS);
  while (shift > 0 && y !== 0n) {
    let high = Number(x >> BigInt(shift));
    const spare = LEADING_BITS - 1 - Math.floor(Math.log2(high || 1));
    if (spare > 4) {
      // Both have become shorter: look at bits further down.
      shift = Math.max(0, shift - spare);
      high = Number(x >> BigInt(shift));
    }
    let low = Number(y >> BigInt(shift));
    let a0 = 1;
    let b0 = 0;
    let a1 = 0;
    let b1 = 1;
    while (low + a1 !== 0 && low + b1 !== 0) {
      const quotient = Math.floor((high + a0) / (low + a1));
      if (quotient !== Math.floor((high + b0) / (low + b1))) break;
      const nextA = a0 - quotient * a1;
      const nextB = b0 - quotient * b1;
      if (nextA >= MAX_COFACTOR || nextB >= MAX_COFACTOR || nextA <= -MAX_COFACTOR || nextB <= -MAX_COFACTOR) break;
      const rest = high - quotient * low;
      high = low;
      low = rest;
      a0 = a1;
      a1 = nextA;
      b0 = b1;
      b1 = nextB;
    }
    if (b0 === 0) [x, y] = [y, x % y];
    else {
      const next = BigInt(a0) * x + BigInt(b0) * y;
      y = BigInt(a1) * x + BigInt(b1) * y;
      x = next;
    }
  }
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
