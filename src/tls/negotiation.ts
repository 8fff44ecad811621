/**
 * What a server answers to a ClientHello, computed: the version, suite and group both sides end up with, or why they find
 * nothing in common and the smallest change that would help. RFC 8446 section 4.1.1 and 4.2.1, RFC 5246 section 7.4.1,
 * RFC 8422 section 5.1 and 5.3; where servers are free to choose, OpenSSL's rules are followed.
 */
import { most } from '../lists.ts';
import {
  FALLBACK_SCSV,
  groupName,
  isFiniteFieldGroup,
  isGrease,
  isPostQuantumGroup,
  isTls13,
  parseSuite,
  type SuiteParts,
  signatureSchemeName,
  suiteName,
  TLS10,
  TLS12,
  versionName,
  versionRank,
} from './registries/index.ts';
import type { ClientHelloInfo } from './types.ts';

export type KeyType = 'RSA' | 'RSA-PSS' | 'ECDSA' | 'Ed25519' | 'Ed448' | 'DSS';

/** A certificate the server can present. `curve` is the group code of an ECDSA key. */
export interface CertificateKey {
  type: KeyType;
  bits?: number;
  curve?: number;
}

/** What a server accepts. Lists are in the server's order of preference. */
export interface ServerCapabilities {
  versions: readonly number[];
  /** Suites of all versions together; TLS 1.3 ones are told apart by the registry. */
  suites: readonly number[];
  /** Named groups, for TLS 1.3 and for (EC)DHE before it. */
  groups: readonly number[];
  /** What the server can sign with and the client may ask for; absent: anything that fits the key. */
  signatureAlgorithms?: readonly number[];
  /** Absent: a key of any type (nothing is known about it). */
  certificateKey?: CertificateKey | readonly CertificateKey[];
  /** True when the server's order decides, false when the client's does. Default true. */
  serverPreference?: boolean;
}

export type NegotiationFailure =
  | 'no-common-version'
  | 'no-common-suite'
  | 'no-common-group'
  | 'no-common-signature-algorithm'
  | 'key-type'
  | 'inappropriate-fallback';

export type NegotiationOutcome =
  | {
      ok: true;
      version: number;
      suite: number;
      group?: number;
      signatureAlgorithm?: number;
      certificateKey?: CertificateKey;
    }
  | {
      ok: false;
      because: NegotiationFailure;
      /** Version the two had settled on before it failed. */
      version?: number;
      /** The codes of the client and of the server in the dimension that failed, by name. */
      offered: string[];
      accepted: string[];
    };

/** TLS 1.2 without the extension means SHA-1 with the key at hand (RFC 5246 section 7.4.1.4.1). */
const DEFAULT_SIGNATURES = [0x0201, 0x0202, 0x0203];
/** A hello without supported_groups lets the server pick; servers take P-256 (RFC 8422 section 4). */
const DEFAULT_GROUPS = [23, 24, 25, 29, 30];

/**
 * Runs the negotiation.
 * @param hello the ClientHello as read from the wire or a client profile
 * @param server what the server accepts
 */
export function negotiateHello(hello: ClientHelloInfo, server: ServerCapabilities): NegotiationOutcome {
  const offered = clientVersions(hello, server.versions);
  const common = offered.filter((v) => server.versions.includes(v)).sort((a, b) => versionRank(b) - versionRank(a));
  const version = common[0];
  if (version === undefined) {
    return fail(
      'no-common-version',
      undefined,
      statedVersions(hello).map(versionName),
      server.versions.map(versionName),
    );
  }
  const serverBest = most(server.versions.map(versionRank));
  if (hello.suites.includes(FALLBACK_SCSV) && versionRank(version) < serverBest) {
    return fail('inappropriate-fallback', version, [versionName(version)], [versionName(serverBest)]);
  }
  return isTls13(version) ? negotiate13(hello, server, version) : negotiateOlder(hello, server, version);
}

function fail(
  because: NegotiationFailure,
  version: number | undefined,
  offered: string[],
  accepted: string[],
): NegotiationOutcome {
  return { ok: false, because, ...(version === undefined ? {} : { version }), offered, accepted };
}

/** Versions named by the hello, for people. */
function statedVersions(hello: ClientHelloInfo): number[] {
  return hello.versions.length > 0 ? hello.versions.filter((v) => !isGrease(v)) : [hello.legacyVersion];
}

/**
 * The versions a server may choose. Without supported_versions the hello names only the highest one and any lower version
 * of the server is possible; the client's own lower bound is not on the wire.
 */
function clientVersions(hello: ClientHelloInfo, serverVersions: readonly number[]): number[] {
  if (hello.versions.length > 0) return hello.versions.filter((v) => !isGrease(v));
  return serverVersions.filter(
    (v) => !isTls13(v) && versionRank(v) <= Math.min(versionRank(hello.legacyVersion), TLS12),
  );
}

/** The keys of a server as a list; undefined when nothing is known of them. */
export function keysOf(server: ServerCapabilities): CertificateKey[] | undefined {
  if (server.certificateKey === undefined) return undefined;
  return Array.isArray(server.certificateKey) ? [...server.certificateKey] : [server.certificateKey as CertificateKey];
}

function inOrder(server: ServerCapabilities, client: readonly number[], mine: readonly number[]): number[] {
  return server.serverPreference === false
    ? client.filter((c) => mine.includes(c))
    : mine.filter((c) => client.includes(c));
}

function negotiate13(hello: ClientHelloInfo, server: ServerCapabilities, version: number): NegotiationOutcome {
  const mine = server.suites.filter((s) => parseSuite(s)?.tls13);
  const suite = inOrder(server, hello.suites, mine)[0];
  if (suite === undefined) {
    return fail(
      'no-common-suite',
      version,
      hello.suites.filter((s) => parseSuite(s)?.tls13).map(suiteName),
      mine.map(suiteName),
    );
  }
  const groups = server.groups.filter((g) => hello.groups.includes(g) && usableIn13(g));
  // A group whose share is already there saves a round trip, so servers take it first (RFC 8446 section 4.2.8).
  const group = groups.find((g) => hello.keyShares.includes(g)) ?? groups[0];
  if (group === undefined) {
    return fail(
      'no-common-group',
      version,
      hello.groups.filter((g) => !isGrease(g)).map(groupName),
      server.groups.map(groupName),
    );
  }
  const keys = keysOf(server);
  const signature = chooseSignature(hello.signatureAlgorithms, server, keys, true);
  if (!signature) {
    return fail(
      'no-common-signature-algorithm',
      version,
      hello.signatureAlgorithms.map(signatureSchemeName),
      acceptedSignatures(server, keys, true),
    );
  }
  return { ok: true, version, suite, group, ...signature };
}

/** RFC 8446 section 4.2.7: curves below 256 bits and binary curves are gone; RFC 7919 and hybrids stay. */
function usableIn13(group: number): boolean {
  return (
    (group >= 23 && group <= 25) ||
    (group >= 29 && group <= 33) ||
    group === 41 ||
    isFiniteFieldGroup(group) ||
    isPostQuantumGroup(group)
  );
}

interface Rejections {
  keyType: SuiteParts[];
  group: SuiteParts[];
  signature: SuiteParts[];
}

function negotiateOlder(hello: ClientHelloInfo, server: ServerCapabilities, version: number): NegotiationOutcome {
  const keys = keysOf(server);
  const mine = server.suites.filter((s) => definedIn(s, version));
  const rejected: Rejections = { keyType: [], group: [], signature: [] };
  for (const code of inOrder(server, hello.suites, mine)) {
    const suite = parseSuite(code);
    if (!suite || suite.signal) continue;
    const outcome = trySuite(suite, hello, server, keys, version, rejected);
    if (outcome) return outcome;
  }
  if (rejected.signature.length > 0) {
    return fail(
      'no-common-signature-algorithm',
      version,
      hello.signatureAlgorithms.map(signatureSchemeName),
      acceptedSignatures(server, keys, false),
    );
  }
  if (rejected.group.length > 0) {
    return fail(
      'no-common-group',
      version,
      hello.groups.filter((g) => !isGrease(g)).map(groupName),
      server.groups.map(groupName),
    );
  }
  if (rejected.keyType.length > 0) {
    return fail(
      'key-type',
      version,
      [...new Set(rejected.keyType.map((s) => s.authentication))],
      (keys ?? []).map((k) => k.type),
    );
  }
  const offered = hello.suites.filter((s) => definedIn(s, version) && !parseSuite(s)?.signal).map(suiteName);
  return fail('no-common-suite', version, offered, mine.map(suiteName));
}

function trySuite(
  suite: SuiteParts,
  hello: ClientHelloInfo,
  server: ServerCapabilities,
  keys: CertificateKey[] | undefined,
  version: number,
  rejected: Rejections,
): NegotiationOutcome | undefined {
  const fitting = keys?.filter((k) => keyServes(suite, k));
  if (fitting && fitting.length === 0 && !anonymous(suite)) {
    rejected.keyType.push(suite);
    return undefined;
  }
  const clientGroups = hello.groups.length > 0 ? hello.groups : DEFAULT_GROUPS;
  const elliptic =
    suite.keyExchange.startsWith('ECDHE') ||
    suite.keyExchange === 'ECDH_anon' ||
    (suite.keyExchange === 'ECDH' && anonymous(suite));
  const group = elliptic
    ? server.groups.find((g) => clientGroups.includes(g) && !isFiniteFieldGroup(g) && !isPostQuantumGroup(g))
    : undefined;
  if (elliptic && group === undefined) {
    rejected.group.push(suite);
    return undefined;
  }
  // RFC 8422 section 5.1: an ECDSA certificate must lie on a curve the client named.
  const onCurve = fitting?.filter(
    (k) => k.type !== 'ECDSA' || k.curve === undefined || hello.groups.length === 0 || hello.groups.includes(k.curve),
  );
  if (onCurve && onCurve.length === 0 && !anonymous(suite)) {
    rejected.group.push(suite);
    return undefined;
  }
  const found = { ok: true as const, version, suite: suite.code, ...(group === undefined ? {} : { group }) };
  if (!signedKeyExchange(suite) || version < TLS12)
    return { ...found, ...(onCurve?.[0] ? { certificateKey: onCurve[0] } : {}) };
  const offered = hello.signatureAlgorithms.length > 0 ? hello.signatureAlgorithms : DEFAULT_SIGNATURES;
  const signature = chooseSignature(offered, server, onCurve ?? keysFor(suite), false);
  if (!signature) {
    rejected.signature.push(suite);
    return undefined;
  }
  return {
    ...found,
    signatureAlgorithm: signature.signatureAlgorithm,
    ...(onCurve && signature.certificateKey ? { certificateKey: signature.certificateKey } : {}),
  };
}

function anonymous(suite: SuiteParts): boolean {
  return suite.authentication === 'anon' || suite.authentication === 'PSK' || suite.authentication === 'SRP';
}

function signedKeyExchange(suite: SuiteParts): boolean {
  return !anonymous(suite) && (suite.keyExchange === 'DHE' || suite.keyExchange === 'ECDHE');
}

/** When nothing is known about the certificate: a key that the suite asks for. */
function keysFor(suite: SuiteParts): CertificateKey[] {
  if (suite.authentication === 'ECDSA') return [{ type: 'ECDSA' }, { type: 'Ed25519' }];
  return [{ type: suite.authentication === 'DSS' ? 'DSS' : 'RSA' }];
}

/** Whether a certificate with that key serves the suite. Ed25519 and Ed448 certificates go with ECDSA suites (RFC 8422 section 5.10). */
function keyServes(suite: SuiteParts, key: CertificateKey): boolean {
  switch (suite.authentication) {
    case 'RSA':
      return key.type === 'RSA' || (key.type === 'RSA-PSS' && suite.keyExchange !== 'RSA');
    case 'ECDSA':
      return key.type === 'ECDSA' || key.type === 'Ed25519' || key.type === 'Ed448';
    case 'DSS':
      return key.type === 'DSS';
    default:
      return anonymous(suite);
  }
}

/** Whether the suite exists in that version: AEAD and SHA-2 suites came with TLS 1.2, elliptic curves with TLS 1.0. */
export function definedIn(code: number, version: number): boolean {
  const suite = parseSuite(code);
  if (!suite) return false;
  if (suite.tls13) return isTls13(version);
  if (isTls13(version)) return false;
  if (
    version < TLS12 &&
    (suite.mac === 'AEAD' || suite.mac === 'SHA256' || suite.mac === 'SHA384' || suite.mac === 'SM3')
  )
    return false;
  return !(version < TLS10 && suite.keyExchange.startsWith('EC'));
}

function chooseSignature(
  offered: readonly number[],
  server: ServerCapabilities,
  keys: CertificateKey[] | undefined,
  tls13: boolean,
): { signatureAlgorithm: number; certificateKey?: CertificateKey } | undefined {
  const allowed = server.signatureAlgorithms;
  const mine = allowed === undefined ? offered : allowed.filter((s) => offered.includes(s));
  for (const scheme of mine) {
    if (isGrease(scheme)) continue;
    if (keys === undefined) {
      if (!tls13 || !isLegacySignature(scheme)) return { signatureAlgorithm: scheme };
      continue;
    }
    const key = keys.find((k) => keySigns(k, scheme, tls13));
    if (key) return { signatureAlgorithm: scheme, certificateKey: key };
  }
  return undefined;
}

/** RFC 8446 section 4.2.3: PKCS #1 v1.5 and SHA-1 may sign certificates but not a TLS 1.3 handshake. */
function isLegacySignature(scheme: number): boolean {
  return scheme >>> 8 <= 6 && ((scheme & 0xff) === 1 || (scheme & 0xff) === 2 || scheme >>> 8 <= 3);
}

/** Whether a key can make a signature of that scheme. In TLS 1.3 the ECDSA schemes fix the curve. */
function keySigns(key: CertificateKey, scheme: number, tls13: boolean): boolean {
  if (tls13 && isLegacySignature(scheme)) return false;
  switch (key.type) {
    case 'RSA': {
      const pss = scheme >= 0x0804 && scheme <= 0x0806;
      // EMSA-PSS needs room for hash and salt: a 1024-bit key cannot sign SHA-512 (RFC 8017 section 9.1.1).
      if (pss && key.bits !== undefined && key.bits < 16 * [32, 48, 64][scheme - 0x0804]! + 16) return false;
      return pss || (scheme >>> 8 <= 6 && (scheme & 0xff) === 1);
    }
    case 'RSA-PSS':
      return scheme >= 0x0809 && scheme <= 0x080b;
    case 'ECDSA':
      if (scheme >>> 8 > 6 || (scheme & 0xff) !== 3) return false;
      return !tls13 || key.curve === undefined || key.curve === { 1027: 23, 1283: 24, 1539: 25 }[scheme];
    case 'Ed25519':
      return scheme === 0x0807;
    case 'Ed448':
      return scheme === 0x0808;
    case 'DSS':
      return !tls13 && scheme >>> 8 <= 6 && (scheme & 0xff) === 2;
  }
}

function acceptedSignatures(server: ServerCapabilities, keys: CertificateKey[] | undefined, tls13: boolean): string[] {
  if (server.signatureAlgorithms) return server.signatureAlgorithms.map(signatureSchemeName);
  return (keys ?? []).map(
    (k) =>
      `anything a ${k.type} key${k.curve === undefined ? '' : ` on ${groupName(k.curve)}`} can sign${tls13 ? ' in TLS 1.3' : ''}`,
  );
}
