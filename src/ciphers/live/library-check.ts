/**
 * Holds what the tables say of a configured listener against the library that this process runs with, where that is the stated
 * OpenSSL: the library is driven in memory with the values in force, and has to negotiate the same.
 */
import { parseSuite } from '../../tls/registries/index.ts';
import type { EffectiveListener } from '../effective.ts';
import { STUNNEL_GROUPS_WRITTEN } from '../groups.ts';
import { enumerateInMemory, type InMemoryResult, type InMemorySettings } from './in-memory.ts';

export interface LibraryCheck {
  /** Version of the library, as it names itself. */
  openssl: string;
  /** `TLSv1.2 NAME` of suites and `TLSv1.3 group NAME`: what the library negotiates and the tables lack. */
  onlyLibrary: string[];
  /** What the tables have and the library does not negotiate. */
  onlyTables: string[];
  /** Why the library does not take the settings at all. */
  refused?: string;
}

/** Software that hands its settings to OpenSSL as they are. */
const ON_OPENSSL = new Set(['nginx', 'httpd', 'haproxy', 'stunnel', 'openssl', 'node']);
/** After this no further settings are driven; what was not compared has no `LibraryCheck`. */
const TIME_MS = 2000;
const DEFAULT_13 = ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'];
const KNOWN_VERSIONS = new Set(['TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']);

/**
 * @param stated OpenSSL the tables were used for
 * @param keyTypes key types of a listener's certificates; both where they are not known
 * @returns by listener; without an entry where nothing could be compared (another OpenSSL, other software, time)
 */
export async function checkAgainstLibrary(
  listeners: readonly EffectiveListener[],
  stated: string,
  keyTypes: (listener: EffectiveListener) => readonly ('RSA' | 'EC')[] | undefined,
): Promise<Map<EffectiveListener, LibraryCheck>> {
  const checks = new Map<EffectiveListener, LibraryCheck>();
  const openssl = process.versions.openssl;
  if (!openssl.startsWith(stated)) return checks;
  const until = performance.now() + TIME_MS;
  const driven = new Map<string, InMemoryResult>();
  for (const listener of listeners) {
    const settings = settingsOf(listener, keyTypes(listener) ?? ['RSA', 'EC']);
    if (!settings) continue;
    const key = JSON.stringify(settings);
    let result = driven.get(key);
    if (!result) {
      if (performance.now() > until) continue;
      result = await enumerateInMemory(settings);
      driven.set(key, result);
    }
    const check = compare(listener, settings, result);
    if (check) checks.set(listener, { openssl, ...check });
  }
  return checks;
}

function settingsOf(effective: EffectiveListener, keys: readonly ('RSA' | 'EC')[]): InMemorySettings | undefined {
  const { inForce, listener, securityLevel } = effective;
  const protocols = inForce.protocols.filter((p) => KNOWN_VERSIONS.has(p));
  if (!ON_OPENSSL.has(listener.software) || protocols.length === 0) return undefined;
  const groups = inForce.groups ?? (listener.software === 'stunnel' ? STUNNEL_GROUPS_WRITTEN : undefined);
  return {
    ciphers: `${inForce.ciphers}:@SECLEVEL=${securityLevel}`,
    suites13: inForce.suites13?.split(/[:, ]+/).filter((name) => name !== '') ?? DEFAULT_13,
    protocols,
    ...(groups === undefined ? {} : { groups }),
    keys,
    dhe: effective.suites.some((s) => parseSuite(s.code)?.keyExchange === 'DHE'),
  };
}

function compare(
  effective: EffectiveListener,
  settings: InMemorySettings,
  result: InMemoryResult,
): Omit<LibraryCheck, 'openssl'> | undefined {
  if ('refused' in result)
    return effective.suites.length === 0
      ? { onlyLibrary: [], onlyTables: [] }
      : { onlyLibrary: [], onlyTables: [], refused: result.refused };
  const { scan } = result;
  // A scan that found nothing at all ends without being complete; the tables may say the same.
  if (!scan.complete && scan.suites.length > 0) return undefined;
  // HAProxy with both keys takes ECDSA only for clients that send signature_algorithms: its own doing, not the library's.
  const isOurs = (s: { code: number; protocol: string }): boolean =>
    effective.listener.software !== 'haproxy' ||
    settings.keys.length < 2 ||
    s.protocol >= 'TLSv1.2' ||
    parseSuite(s.code)?.authentication !== 'ECDSA';
  const tables = new Set(effective.suites.filter(isOurs).map((s) => `${s.protocol} ${s.name}`));
  const library = new Set(scan.suites.filter(isOurs).map((s) => `${s.protocol} ${s.name}`));
  if (effective.groupsKnown) {
    for (const g of effective.groups) if (g.protocol === 'TLSv1.3') tables.add(`${g.protocol} group ${g.name}`);
    for (const g of scan.groups) if (g.protocol === 'TLSv1.3') library.add(`${g.protocol} group ${g.name}`);
  }
  return {
    onlyLibrary: [...library].filter((one) => !tables.has(one)),
    onlyTables: [...tables].filter((one) => !library.has(one)),
  };
}
