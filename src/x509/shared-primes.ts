/** Moduli of a set that share a prime factor (factorable.net). */
import { bitLength, greatestCommonDivisor } from './big-integers.ts';

/** Bits beyond the point that keep rounding errors away from integers: each level of the tree adds one unit of them. */
const GUARD = 64;

interface Node {
  product: bigint;
  /** At least the length of the product. */
  bits: number;
}

interface Fraction {
  /** In units of 2^-bits. */
  value: bigint;
  bits: number;
}

/**
 * Moduli of a set that share a prime factor: indexes into `moduli`, with the common factor. Equal moduli are one key and
 * do not count. Work grows about linearly with the set; memory is about twelve times the set.
 *
 * With P the product of all and S the sum of all P/n, S modulo n is what is left of P/n modulo n, which a modulus has a
 * factor in common with exactly when another one has it. The remainders come from one division S/P and multiplications
 * down a tree of products (Bernstein, "Scaled remainder trees", 2004): S/L for a left half L is S/P times the right half,
 * of which only the fraction counts.
 */
export function sharedPrimes(moduli: readonly bigint[]): { index: number; factor: bigint }[] {
  const distinct = [...new Set(moduli)].filter((n) => n > 3n);
  if (distinct.length < 2) return [];
  const { levels, sum } = productTree(distinct);
  const top = levels[levels.length - 1]![0]!;
  const bits = top.bits + GUARD;
  let fractions: Fraction[] = [{ value: (sum << BigInt(bits)) / top.product, bits }];
  for (let depth = levels.length - 2; depth >= 0; depth--) fractions = descend(levels[depth]!, fractions);
  const factors = new Map<bigint, bigint>();
  distinct.forEach((n, i) => {
    const { value, bits } = fractions[i]!;
    const remainder = (value * n + (1n << BigInt(bits - 1))) >> BigInt(bits);
    const common = greatestCommonDivisor(n, remainder);
    if (common > 1n) factors.set(n, common);
  });
  return moduli.flatMap((n, index) => {
    const factor = factors.get(n);
    return factor === undefined ? [] : [{ index, factor }];
  });
}

/** The products of pairs, of pairs of pairs, and so on up to the product P of all; with it the sum of all P/n. */
function productTree(moduli: readonly bigint[]): { levels: Node[][]; sum: bigint } {
  const levels: Node[][] = [moduli.map((product) => ({ product, bits: bitLength(product) }))];
  let sums: bigint[] = moduli.map(() => 1n);
  for (let level = levels[0]!; level.length > 1; level = levels[levels.length - 1]!) {
    const products: Node[] = [];
    const nextSums: bigint[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!;
      const right = level[i + 1];
      products.push(right ? { product: left.product * right.product, bits: left.bits + right.bits } : left);
      nextSums.push(right ? sums[i]! * right.product + sums[i + 1]! * left.product : sums[i]!);
    }
    levels.push(products);
    sums = nextSums;
  }
  return { levels, sum: sums[0]! };
}

/** From the fractions S/parent to the fractions S/child, each as long as its child and the guard. */
function descend(children: readonly Node[], parents: readonly Fraction[]): Fraction[] {
  return children.map((child, i) => {
    const parent = parents[i >> 1]!;
    const sibling = children[i ^ 1];
    if (!sibling) return parent;
    const bits = child.bits + GUARD;
    const value = BigInt.asUintN(parent.bits, parent.value * sibling.product) >> BigInt(parent.bits - bits);
    return { value, bits };
  });
}
