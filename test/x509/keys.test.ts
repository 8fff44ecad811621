import { checkPrimeSync, createHash, generateKeyPairSync, generatePrimeSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toBigInt } from '../../src/x509/big-integers.ts';
import { parsedForm } from '../../src/x509/certificate.ts';
import { readCertificates } from '../../src/x509/index.ts';
import { sharedPrimes } from '../../src/x509/shared-primes.ts';
import { type PublicKey, parsePublicKey } from '../../src/x509/spki.ts';
import { rsaKey } from '../../src/x509/textual-keys.ts';
import { openBlocklist, weaknesses } from '../../src/x509/weak-keys.ts';
import { corpus } from './shared.ts';

const folder = corpus('keys');

const fresh = (): PublicKey =>
  parsePublicKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'der', type: 'spki' }));
const octets = (n: bigint): Buffer => {
  const hex = n.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
};

/** Files of known weaknesses and what must be said of them. Sound and foreign ones must raise nothing that is broken. */
const expected: { [file: string]: string } = {
  'rsa-roca.key': 'roca',
  'rsa-fermat-pkcs1.key': 'fermat',
  'rsa-fermat-pkcs8.key': 'fermat',
  'rsa-fermat.crt': 'fermat',
  'rsa-fermat.csr': 'fermat',
  'rsa-fermat-hexmodulus.txt': 'fermat',
  'rsa-smallfactors-corrupt.key': 'small-factors',
  'rsa-smallfactors-valid.key': 'small-factors',
  'rsa-small-d.key': 'small-private-exponent',
  'rsa-nprime.key': 'prime-modulus',
  'rsa-e1.key': 'exponent',
  'rsa-e-larger-n.key': 'exponent',
  'rsa-large-e.key': 'exponent',
  'rsapoly32.key': 'polynomial',
  'rsapoly128.key': 'polynomial',
  'rsa-pattern.key': 'pattern',
  'rsa-vanity.key': 'pattern',
  'rsanzero.key': 'modulus',
  'rsazerozero.key': 'modulus',
};
const sound = [
  'rsa-ok.key',
  'jwk-rsa-ok.json',
  'jwk-rsa-rfc7517.json',
  'ec-p256-rfc-example.key',
  'x448-ok.key',
  'dh-ok.key',
  'mldsa44.key',
  'dnssec/dnssec-root-rsa.dnskey',
  'dkim/dkim-valid-gmail.txt',
];

describe('moduli that a careless generator makes', () => {
  const prime = (bits: number): bigint => generatePrimeSync(bits, { bigint: true });
  const nextPrime = (from: bigint): bigint => {
    let n = from | 1n;
    while (!checkPrimeSync(n)) n += 2n;
    return n;
  };
  const found = (n: bigint): string[] =>
    weaknesses({ ...fresh(), modulus: octets(n), bits: n.toString(2).length }).map((w) => w.id);
  const p = prime(1024);

  it.each([
    ['the next prime', () => p * nextPrime(p + 2n), ['fermat']],
    ['a prime half the digits away', () => p * nextPrime(p + (1n << 500n)), ['fermat']],
    ['a prime near the double', () => p * nextPrime(2n * p + (1n << 400n)), ['fermat']],
    ['a prime near three halves', () => p * nextPrime((3n * p) / 2n + (1n << 300n)), ['fermat']],
    ['a square', () => p * p, ['fermat']],
    ['a cube', () => prime(683) ** 3n, ['power']],
    ['a small factor', () => 257n * prime(2040), ['small-factors']],
    ['a prime', () => nextPrime(1n << 2047n), ['prime-modulus', 'pattern']],
    ['two sound primes', () => p * prime(1024), []],
    ['three primes', () => prime(682) * prime(683) * prime(683), []],
  ])('%s', (_name, make, ids) => {
    expect(found(make())).toEqual(ids);
  });
});

describe.skipIf(!folder)('keys with known weaknesses (skipped without the shared corpora)', () => {
  const keysIn = (file: string): PublicKey[] => {
    const seen = readCertificates(readFileSync(join(folder!, file)), file);
    return [
      ...seen.keys.flatMap((k) => (k.spki ? [parsePublicKey(Buffer.from(k.spki, 'base64'))] : [])),
      ...seen.certificates.map((c) => parsedForm(c).key),
    ];
  };

  it.each(Object.entries(expected))('%s is called %s', (file, id) => {
    expect(keysIn(file).flatMap((k) => weaknesses(k).map((w) => w.id))).toContain(id);
  });

  it.each(sound)('%s raises nothing', (file) => {
    expect(keysIn(file).length).toBeGreaterThan(0);
    expect(keysIn(file).flatMap((k) => weaknesses(k))).toEqual([]);
  });
});

describe('weak keys', () => {
  it('raises nothing on fresh keys', () => {
    for (let i = 0; i < 5; i++) expect(weaknesses(fresh())).toEqual([]);
  });

  it('finds a prime that two keys share, and only those two keys', () => {
    const primes = [2n ** 127n - 1n, 2n ** 89n - 1n, 2n ** 107n - 1n, 2n ** 61n - 1n, 2n ** 521n - 1n];
    const [a, b, c, d, e] = primes as [bigint, bigint, bigint, bigint, bigint];
    expect(sharedPrimes([a * b, c * d, a * e]).map((s) => s.index)).toEqual([0, 2]);
    expect(sharedPrimes([a * b, a * b])).toEqual([]);
  });

  it('finds a key of a blocklist by binary search and names its source', () => {
    const keys = Array.from({ length: 3 }, fresh);
    const record = (key: PublicKey, source: number) =>
      Buffer.concat([createHash('sha256').update(key.modulus!).digest().subarray(0, 15), Buffer.of(source)]);
    const list = openBlocklist(Buffer.concat([record(keys[0]!, 7), record(keys[1]!, 9)].sort(Buffer.compare)))!;
    expect(
      weaknesses(keys[0]!, list)
        .map((w) => w.says)
        .join(),
    ).toContain('entry 7');
    expect(weaknesses(keys[2]!, list)).toEqual([]);
  });

  it('finds two primes that lie close together', () => {
    const p = 2n ** 521n - 1n;
    expect(weaknesses(parsePublicKey(rsaKey(octets(p * p), Buffer.of(1, 0, 1)))).map((w) => w.id)).toContain('fermat');
  });

  it('keeps leading zero octets out of the numbers', () => {
    expect(toBigInt(Buffer.from('0001', 'hex'))).toBe(1n);
  });
});
