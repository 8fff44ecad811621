/** Factors of a modulus that lie close to each other, or to a simple ratio (fermatattack.secvuln.info; Lehman 1974). */
import { squareRoot } from './big-integers.ts';

/** Rounds of Fermat's method that are made at most. */
const MAX_ROUNDS = 128;
const WORDS = MAX_ROUNDS / 32;

/** Pairwise coprime; their product fits a machine number. */
const MODULI = [16, 9, 5, 7, 11, 13, 17, 19, 23, 29] as const;
const PRODUCT = BigInt(MODULI.reduce((a: number, b) => a * b, 1));

/**
 * By modulus m, for every a and n modulo m: a bit for each i below MAX_ROUNDS, set when (a + i)^2 - n is a square
 * modulo m. A number that is no square modulo one of them is no square at all.
 */
let tables: Int32Array[] | undefined;

function sieveTables(): Int32Array[] {
  tables ??= MODULI.map((m: number) => {
    const square = new Uint8Array(m);
    for (let i = 0; i < m; i++) square[(i * i) % m] = 1;
    const table = new Int32Array(m * m * WORDS);
    for (let a = 0; a < m; a++) {
      for (let n = 0; n < m; n++) {
        for (let i = 0; i < MAX_ROUNDS; i++) {
          if (square[((a + i) * (a + i) + m - n) % m]) table[(a * m + n) * WORDS + (i >> 5)]! |= 1 << (i & 31);
        }
      }
    }
    return table;
  });
  return tables;
}

/**
 * Fermat's method: a few rounds find factors that share their upper half.
 * @param rounds at most 128
 * @param even whether an even number is looked at, too
 */
export function closeFactors(n: bigint, rounds = 100, even = false): boolean {
  if (n < 9n || (!even && (n & 1n) === 0n)) return false;
  const floor = squareRoot(n);
  if (floor * floor === n) return true;
  const start = floor + 1n;
  const sieve = sieveTables();
  const startRest = Number(start % PRODUCT);
  const rest = Number(n % PRODUCT);
  for (let word = 0; word << 5 < rounds; word++) {
    let possible = rounds - (word << 5) >= 32 ? -1 : (1 << (rounds - (word << 5))) - 1;
    for (let t = 0; t < MODULI.length && possible !== 0; t++) {
      const m = MODULI[t]!;
      possible &= sieve[t]![((startRest % m) * m + (rest % m)) * WORDS + word]!;
    }
    for (; possible !== 0; possible &= possible - 1) {
      const a = start + BigInt((word << 5) + 31 - Math.clz32(possible & -possible));
      const difference = a * a - n;
      const root = squareRoot(difference);
      if (root * root === difference) return true;
    }
  }
  return false;
}

/** Ratios of small numbers that a careless generator gives its two factors. */
const RATIOS: readonly (readonly [number, number])[] = [
  [1, 2],
  [1, 3],
  [1, 4],
  [2, 3],
  [3, 4],
  [1, 5],
  [2, 5],
  [3, 5],
  [4, 5],
  [1, 8],
  [1, 16],
];

/** Lehman's extension of Fermat: factors p and q with u*q close to v*p make 4uvn nearly a square. */
export function closeRatio(n: bigint): string | undefined {
  const hit = RATIOS.find(([u, v]) => closeFactors(4n * BigInt(u * v) * n, 20, true));
  return hit && `the ratio ${hit[0]}:${hit[1]}`;
}
