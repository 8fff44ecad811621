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

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
