/** Integer arithmetic that BigInt lacks. */

/** Unsigned big-endian octets as an integer. */
export const toBigInt = (octets: Buffer): bigint => (octets.length === 0 ? 0n : BigInt(`0x${octets.toString('hex')}`));

/** Largest integer whose square is not above `n`. */
export function squareRoot(n: bigint): bigint {
  if (n < 2n) return n;
  const hex = n.toString(16);
  const bits = hex.length * 4;
  // The leading 48 bits give the root to 24 bits; Newton's method doubles that with every step.
  const shift = BigInt(Math.max(0, (bits - 48) & ~1));
  let x = (BigInt(Math.ceil(Math.sqrt(Number(n >> shift)))) + 1n) << (shift >> 1n);
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}
