/** IANA "TLS Supported Groups" registry, with the experimental hybrid codes browsers deployed. */
import { nameOf16 } from './lookup.ts';

export const GROUPS: readonly (readonly [code: number, name: string])[] = [
  [1, 'sect163k1'],
  [2, 'sect163r1'],
  [3, 'sect163r2'],
  [4, 'sect193r1'],
  [5, 'sect193r2'],
  [6, 'sect233k1'],
  [7, 'sect233r1'],
  [8, 'sect239k1'],
  [9, 'sect283k1'],
  [10, 'sect283r1'],
  [11, 'sect409k1'],
  [12, 'sect409r1'],
  [13, 'sect571k1'],
  [14, 'sect571r1'],
  [15, 'secp160k1'],
  [16, 'secp160r1'],
  [17, 'secp160r2'],
  [18, 'secp192k1'],
  [19, 'secp192r1'],
  [20, 'secp224k1'],
  [21, 'secp224r1'],
  [22, 'secp256k1'],
  [23, 'secp256r1'],
  [24, 'secp384r1'],
  [25, 'secp521r1'],
  [26, 'brainpoolP256r1'],
  [27, 'brainpoolP384r1'],
  [28, 'brainpoolP512r1'],
  [29, 'x25519'],
  [30, 'x448'],
  [31, 'brainpoolP256r1tls13'],
  [32, 'brainpoolP384r1tls13'],
  [33, 'brainpoolP512r1tls13'],
  [34, 'GC256A'],
  [35, 'GC256B'],
  [36, 'GC256C'],
  [37, 'GC256D'],
  [38, 'GC512A'],
  [39, 'GC512B'],
  [40, 'GC512C'],
  [41, 'curveSM2'],
  [256, 'ffdhe2048'],
  [257, 'ffdhe3072'],
  [258, 'ffdhe4096'],
  [259, 'ffdhe6144'],
  [260, 'ffdhe8192'],
  [512, 'MLKEM512'],
  [513, 'MLKEM768'],
  [514, 'MLKEM1024'],
  [4587, 'SecP256r1MLKEM768'],
  [4588, 'X25519MLKEM768'],
  [4589, 'SecP384r1MLKEM1024'],
  [4590, 'curveSM2MLKEM768'],
  [16696, 'CECPQ2'],
  [25497, 'X25519Kyber768Draft00'],
  [25498, 'SecP256r1Kyber768Draft00'],
  [65281, 'arbitrary_explicit_prime_curves'],
  [65282, 'arbitrary_explicit_char2_curves'],
];

const NAMES: ReadonlyMap<number, string> = new Map(GROUPS);
const CODES: ReadonlyMap<string, number> = new Map(GROUPS.map(([code, name]) => [name.toLowerCase(), code]));

/** Other names in use by OpenSSL, Java and configuration files. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'secp256r1'],
  ['p-256', 'secp256r1'],
  ['p-384', 'secp384r1'],
  ['p-521', 'secp521r1'],
  ['prime192v1', 'secp192r1'],
]);

/** Registry name; hex when unknown. */
export function groupName(code: number): string {
  return nameOf16(NAMES, code);
}

/** Code of a group name (IANA, OpenSSL or NIST spelling, any case), or undefined. */
export function groupCode(name: string): number | undefined {
  const lower = name.toLowerCase();
  return CODES.get(ALIASES.get(lower) ?? lower);
}

/** Finite-field groups of RFC 7919. */
export function isFiniteFieldGroup(code: number): boolean {
  return code >= 0x0100 && code <= 0x01ff;
}

/** Groups that hold a post-quantum key exchange, alone or hybrid. */
export function isPostQuantumGroup(code: number): boolean {
  return (
    (code >= 512 && code <= 514) || (code >= 4587 && code <= 4590) || code === 16696 || code === 25497 || code === 25498
  );
}
