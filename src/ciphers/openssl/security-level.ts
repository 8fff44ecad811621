/** What OpenSSL's security level forbids (SSL_CTX_set_security_level(3); ssl_security_default_callback in ssl/ssl_cert.c). */
import { type SuiteParts, TLS10, TLS11, TLS12 } from '../../tls/registries/index.ts';
import type { OpensslVersion } from './cipher-string.ts';

const MINIMUM_BITS = [0, 80, 112, 128, 192, 256] as const;

/** strength_bits of the suite in that version's table. */
export function strengthBits(suite: SuiteParts, version: OpensslVersion): number {
  if (suite.encryption === 'NULL') return 0;
  if (suite.exportGrade) return /_56|DES_CBC$/.test(suite.encryption) ? 56 : 40;
  if (/^(?:DES_CBC|DES40)/.test(suite.encryption)) return 56;
  if (suite.encryption.startsWith('3DES')) return 112;
  // Since 3.2 the eight-byte tag counts as 64 bits.
  if (version === '3.5' && suite.encryption.endsWith('CCM_8')) return 64;
  return /256|CHACHA20/.test(suite.encryption) ? 256 : 128;
}

/** Whether a suite survives the level. */
export function suiteAllowedAtLevel(suite: SuiteParts, version: OpensslVersion, level: number): boolean {
  if (version === '1.0.2' || level <= 0) return true;
  if (strengthBits(suite, version) < (MINIMUM_BITS[Math.min(level, 5)] ?? 256)) return false;
  if (suite.authentication === 'anon' || suite.mac === 'MD5') return false;
  if (level >= 2 && suite.encryption.startsWith('RC4')) return false;
  if (level >= 4 && suite.mac === 'SHA') return false;
  return !(level >= 3 && !suite.tls13 && !suite.forwardSecret);
}

/** Whether a protocol version survives the level. */
export function versionAllowedAtLevel(code: number, version: OpensslVersion, level: number): boolean {
  if (version === '1.0.2') return true;
  if (version === '1.1.1') {
    // SSLv3 falls at level 2, TLS 1.0 at level 3, TLS 1.1 at level 4.
    if (code < TLS10) return level < 2;
    if (code === TLS10) return level < 3;
    if (code === TLS11) return level < 4;
    return true;
  }
  return code >= TLS12 || level <= 0;
}

/** Level built into the library: Debian compiles 2, upstream 1 until 3.1 and 2 since 3.2. */
export function defaultSecurityLevel(version: OpensslVersion, debian: boolean): number {
  if (version === '1.0.2') return 0;
  return debian || version === '3.5' ? 2 : 1;
}

/** Strength of the groups whose bits differ from half their size (OpenSSL, providers/common/capabilities.c). */
const GROUP_BITS: ReadonlyMap<number, number> = new Map([
  [24, 192],
  [25, 256],
  [27, 192],
  [28, 256],
  [30, 224],
  [32, 192],
  [33, 256],
  [256, 112],
  [260, 192],
  [513, 192],
  [514, 256],
  [4588, 192],
  [4587, 192],
  [4589, 256],
]);

/** Whether a named group survives the level; binary and small prime curves count half their size. */
export function groupAllowedAtLevel(group: number, version: OpensslVersion, level: number): boolean {
  if (version === '1.0.2' || level <= 0) return true;
  const bits = GROUP_BITS.get(group) ?? SMALL_CURVES[group - 1] ?? 128;
  return bits >= (MINIMUM_BITS[Math.min(level, 5)] ?? 256);
}

/** Groups 1 to 21 of the registry. */
const SMALL_CURVES = [80, 80, 80, 80, 80, 112, 112, 112, 128, 128, 192, 192, 256, 256, 80, 80, 80, 80, 80, 112, 112];
