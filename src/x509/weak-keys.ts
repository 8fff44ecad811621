/** Keys that can be broken from their public half alone. Sources: badkeys.info, roca.crocs.fi.muni.cz, fermatattack.secvuln.info, RFC 8017. */

import { checkPrime, checkPrimeSync, createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { append, least, most } from '../lists.ts';
import { greatestCommonDivisor, integerRoot, squareRoot, toBigInt } from './big-integers.ts';
import { closeFactors, closeRatio } from './close-factors.ts';
import type { PublicKey } from './spki.ts';

export interface Weakness {
  /** `roca`, `fermat`, `small-factors`, `exponent`, ... */
  id: string;
  says: string;
  /** `broken`: the private key can be computed or is useless. `unusual`: worth a look. */
  severity: 'broken' | 'unusual';
}

const checkPrimeOffThread = promisify<Buffer, { checks: number }, boolean>(checkPrime);

const broken = (id: string, says: string): Weakness => ({ id, says, severity: 'broken' });
const unusual = (id: string, says: string): Weakness => ({ id, says, severity: 'unusual' });

/** Bits above which no test that costs more than linear time is run on a modulus. */
const MAX_BITS = 16_384;

/**
 * Every weakness of one public key. Pure; takes about 10 ms for RSA 2048.
 * @param blocklist known keys in the format of badkeys, see `openBlocklist`
 */
export function weaknesses(key: PublicKey, blocklist?: Blocklist): Weakness[] {
  const found: Weakness[] = [];
  const known = blocklist && blocklistHit(key, blocklist);
  if (known !== undefined)
    found.push(broken('known-key', `its private key is public (entry ${known} of the blocklist)`));
  if (key.modulus && key.exponent) append(found, rsaWeaknesses(key));
  else if (key.algorithm === 'EC' && key.bits && key.bits < 200)
    found.push(broken('small-curve', `the curve has only ${key.bits} bits`));
  return found;
}

function rsaWeaknesses(key: PublicKey): Weakness[] {
  const n = toBigInt(key.modulus!);
  const e = toBigInt(key.exponent!);
  const bits = key.bits ?? 0;
  if (key.modulusNegative || n < 4n) return [broken('modulus', 'the modulus is zero, negative or tiny')];
  if ((n & 1n) === 0n) return [broken('modulus', 'the modulus is even')];
  const found: Weakness[] = [];
  if (e <= 1n) found.push(broken('exponent', `the public exponent is ${e}: whoever has the certificate can sign`));
  else if ((e & 1n) === 0n) found.push(broken('exponent', 'the public exponent is even: no private key fits'));
  else if (e >= n) found.push(broken('exponent', 'the public exponent is larger than the modulus'));
  else if (e > 1n << 32n) found.push(unusual('exponent', 'the public exponent has more than 32 bits'));
  if (bits < 1024) found.push(broken('too-small', `a modulus of ${bits} bits can be factored with rented computers`));
  if (bits > MAX_BITS) return [...found, unusual('too-large', `a modulus of ${bits} bits is not examined further`)];
  const factor = smallFactor(n);
  if (factor !== undefined) found.push(broken('small-factors', `the modulus is divisible by ${factor}`));
  else if (isPrime(key)) found.push(broken('prime-modulus', 'the modulus is a prime: the private key follows at once'));
  if (isRoca(n))
    found.push(broken('roca', 'the modulus bears the fingerprint of the Infineon flaw (ROCA, CVE-2017-15361)'));
  if (closeFactors(n))
    found.push(broken('fermat', 'its two prime factors lie so close together that they can be computed (Fermat)'));
  else {
    const ratio = closeRatio(n);
    if (ratio)
      found.push(broken('fermat', `its prime factors stand so close to ${ratio} that they can be computed (Lehman)`));
    const power = perfectPower(n);
    if (power !== undefined) found.push(broken('power', `the modulus is a number to the power of ${power}`));
  }
  if (e > 1n << 64n && hasSmallPrivateExponent(n, e))
    found.push(broken('small-private-exponent', 'the private exponent is so small that it can be computed (Wiener)'));
  const base = polynomialBase(n);
  if (base !== undefined)
    found.push(
      broken(
        'polynomial',
        `the modulus is a polynomial with small coefficients in 2^${base}: its factors can be computed`,
      ),
    );
  if (isPatterned(key.modulus!))
    found.push(unusual('pattern', 'the modulus follows a pattern: it was constructed, not drawn at random'));
  return found;
}

/** Rounds of Miller and Rabin; a product of two primes fails the first one. */
const PRIMALITY = { checks: 8 };

const knownPrimality = new WeakMap<PublicKey, boolean>();

const positive = (modulus: Buffer): Buffer => (modulus[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), modulus]) : modulus);

const isPrime = (key: PublicKey): boolean =>
  knownPrimality.get(key) ?? checkPrimeSync(positive(key.modulus!), PRIMALITY);

/**
 * Answers the one slow question of `weaknesses`, whether a modulus is prime, for many keys at once and on all
 * processors; the answers are remembered for as long as the keys are.
 */
export async function testPrimality(keys: readonly PublicKey[]): Promise<void> {
  const open = keys.filter((k) => k.modulus && (k.bits ?? 0) <= MAX_BITS && k.modulus.length > 1);
  const next = async (): Promise<void> => {
    for (let key = open.pop(); key; key = open.pop())
      knownPrimality.set(key, await checkPrimeOffThread(positive(key.modulus!), PRIMALITY));
  };
  await Promise.all(Array.from({ length: 16 }, next));
}

let smallPrimes: number[] | undefined;
let smallProduct: bigint | undefined;

function primesTo(limit: number): number[] {
  const composite = new Uint8Array(limit + 1);
  const primes: number[] = [];
  for (let i = 2; i <= limit; i++) {
    if (composite[i]) continue;
    primes.push(i);
    for (let j = i * i; j <= limit; j += i) composite[j] = 1;
  }
  return primes;
}

/** Product of a list by halves, which keeps the operands balanced. */
function product(values: bigint[]): bigint {
  let list = values;
  while (list.length > 1) {
    const next: bigint[] = [];
    for (let i = 0; i < list.length; i += 2) next.push(i + 1 < list.length ? list[i]! * list[i + 1]! : list[i]!);
    list = next;
  }
  return list[0] ?? 1n;
}

/** A prime factor up to 65,537, or undefined. */
function smallFactor(n: bigint): number | undefined {
  smallPrimes ??= primesTo(65_537);
  smallProduct ??= product(smallPrimes.map(BigInt));
  const common = greatestCommonDivisor(n, smallProduct % n);
  if (common === 1n) return undefined;
  return smallPrimes.find((p) => common % BigInt(p) === 0n);
}

/** Residues of powers of 65537 for each prime up to 167: every modulus of the flawed generator lies among them. */
let rocaResidues: { prime: number; member: Uint8Array }[] | undefined;

/** The fingerprint of ROCA (Nemec and others 2017): n modulo each small prime is a power of 65537. */
function isRoca(n: bigint): boolean {
  rocaResidues ??= primesTo(167)
    .slice(1)
    .map((prime) => {
      const member = new Uint8Array(prime);
      for (let power = 1; !member[power]; power = (power * (65_537 % prime)) % prime) member[power] = 1;
      return { prime, member };
    });
  return rocaResidues.every(({ prime, member }) => member[Number(n % BigInt(prime))] === 1);
}

/** The exponent when a number is a perfect odd power (squares are met by Fermat's method). */
function perfectPower(n: bigint): number | undefined {
  return [3, 5, 7].find((k) => {
    const root = integerRoot(n, BigInt(k));
    return root ** BigInt(k) === n;
  });
}

/** Wiener's attack: a convergent k/d of e/n gives the private exponent d when d is below n^(1/4)/3. */
function hasSmallPrivateExponent(n: bigint, e: bigint): boolean {
  let [a, b] = [e, n];
  let [k0, k1] = [0n, 1n];
  let [d0, d1] = [1n, 0n];
  const limit = n.toString(16).length * 4;
  for (let step = 0; b !== 0n && step < limit; step++) {
    const q = a / b;
    [a, b] = [b, a - q * b];
    [k0, k1] = [k1, q * k1 + k0];
    [d0, d1] = [d1, q * d1 + d0];
    if (k1 === 0n || (e * d1 - 1n) % k1 !== 0n) continue;
    const sum = n - (e * d1 - 1n) / k1 + 1n;
    const square = sum * sum - 4n * n;
    if (square < 0n) continue;
    const root = squareRoot(square);
    if (root * root === square && ((sum + root) & 1n) === 0n) return true;
    if (d1.toString(16).length * 4 > limit / 2) return false;
  }
  return false;
}

/**
 * Word size in bits with which a modulus is a polynomial with small coefficients: written in 16-bit digits (balanced
 * around zero), the digits at some place of every word are tiny. Undefined for sound moduli, where one digit in a
 * thousand is.
 */
function polynomialBase(n: bigint): number | undefined {
  const tiny: boolean[] = [];
  let carry = 0;
  const hex = n.toString(16).padStart(Math.ceil(n.toString(16).length / 4) * 4, '0');
  for (let at = hex.length - 4; at >= 0; at -= 4) {
    const digit = Number.parseInt(hex.slice(at, at + 4), 16) + carry;
    carry = digit > 0x8000 ? 1 : 0;
    tiny.push(Math.abs(carry ? 0x10000 - digit : digit) < 16);
  }
  for (const words of [2, 4, 8, 16]) {
    if (tiny.length < words * 6) break;
    const shares = Array.from({ length: words }, (_, phase) => {
      const column = tiny.filter((_t, i) => i % words === phase);
      return column.filter(Boolean).length / column.length;
    });
    if (most(shares) >= 0.75 && least(shares) < 0.25) return words * 16;
  }
  return undefined;
}

/** Random octets do not compress; a modulus that does was constructed. */
function isPatterned(modulus: Buffer): boolean {
  return modulus.length >= 64 && deflateRawSync(modulus, { level: 9 }).length < modulus.length * 0.92;
}

export interface Blocklist {
  bytes: Buffer;
}

const RECORD = 16;

/**
 * A list of known keys in the format of badkeys: sorted records of 16 octets, the first 15 of SHA-256 over the unsigned
 * modulus or the x coordinate, then one octet that names the source.
 */
export function openBlocklist(bytes: Buffer): Blocklist | undefined {
  return bytes.length >= RECORD && bytes.length % RECORD === 0 ? { bytes } : undefined;
}

/** Source number of the entry that holds the key, or undefined. */
function blocklistHit(key: PublicKey, { bytes }: Blocklist): number | undefined {
  const value = key.modulus ?? coordinate(key);
  if (!value) return undefined;
  const wanted = createHash('sha256')
    .update(value)
    .digest()
    .subarray(0, RECORD - 1);
  let low = 0;
  let high = bytes.length / RECORD - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = bytes.compare(wanted, 0, RECORD - 1, middle * RECORD, middle * RECORD + RECORD - 1);
    if (order === 0) return bytes[middle * RECORD + RECORD - 1];
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return undefined;
}

/** The x coordinate of a point, or the key itself where it has one coordinate, without leading zero octets. */
function coordinate({ point, algorithm }: PublicKey): Buffer | undefined {
  if (!point?.length) return undefined;
  let value = point;
  if (algorithm === 'EC' || algorithm === 'SM2')
    value = point[0] === 4 ? point.subarray(1, 1 + (point.length - 1) / 2) : point.subarray(1);
  let skip = 0;
  while (skip < value.length - 1 && value[skip] === 0) skip++;
  return value.subarray(skip);
}
