// Seeded numbers for generators of evidence: the same seed, the same file.

/** Marsaglia's xorshift of 32 bits. @param seed from 1 on; nothing and 0 count as 1. @returns numbers from 0 up to 1 */
export function xorshift(seed) {
  let state = Number(seed) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
