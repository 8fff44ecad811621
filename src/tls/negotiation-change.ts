/** The smallest change to a server that would let a failed handshake succeed, found by trying changes in the solver itself. */
import {
  type CertificateKey,
  definedIn,
  type KeyType,
  keysOf,
  type NegotiationOutcome,
  negotiateHello,
  type ServerCapabilities,
} from './negotiation.ts';
import {
  groupName,
  isGrease,
  parseSuite,
  type SuiteParts,
  signatureSchemeName,
  suiteName,
  TLS12,
  versionName,
  versionRank,
} from './registries/index.ts';
import type { ClientHelloInfo } from './types.ts';

export interface ServerAddition {
  kind: 'version' | 'suite' | 'group' | 'signature-algorithm' | 'certificate-key';
  /** Code of the version, suite, group or scheme; absent for a key. */
  code?: number;
  name: string;
}

export interface SmallestChange {
  /** What the server would have to accept in addition; empty when no addition helps. */
  add: ServerAddition[];
  /** One sentence. */
  says: string;
  /** True when the addition is below what RFC 9325 allows, so that the client is the side to change. */
  weak: boolean;
}

export type Negotiation =
  | Extract<NegotiationOutcome, { ok: true }>
  | (Extract<NegotiationOutcome, { ok: false }> & { smallestChange: SmallestChange });

/**
 * Negotiates and, when it fails, says the smallest set of additions on the server side that would make it succeed.
 * Among sets of equal size the cryptographically strongest is named.
 */
export function negotiate(hello: ClientHelloInfo, server: ServerCapabilities): Negotiation {
  const outcome = negotiateHello(hello, server);
  return outcome.ok
    ? outcome
    : { ...outcome, smallestChange: smallestChange(hello, server, outcome.because === 'inappropriate-fallback') };
}

interface Candidate {
  addition: ServerAddition;
  /** Lower is stronger. */
  weakness: number;
  apply(server: ServerCapabilities): ServerCapabilities;
}

const MOST_ADDITIONS = 3;

function smallestChange(hello: ClientHelloInfo, server: ServerCapabilities, fallback: boolean): SmallestChange {
  if (fallback) {
    return {
      add: [],
      weak: false,
      says: 'the client retried with a lower version and said so (TLS_FALLBACK_SCSV); find out why its first attempt failed',
    };
  }
  const candidates = candidatesFor(hello, server);
  for (let size = 1; size <= MOST_ADDITIONS; size++) {
    let best: { picked: Candidate[]; weakness: number } | undefined;
    for (const picked of combinations(candidates, size)) {
      const weakness = picked.reduce((sum, c) => sum + c.weakness, 0);
      if (best && weakness >= best.weakness) continue;
      const changed = picked.reduce((s, c) => c.apply(s), server);
      if (negotiateHello(hello, changed).ok) best = { picked, weakness };
    }
    if (best) {
      const add = best.picked.map((c) => c.addition);
      const weak = best.weakness >= WEAK;
      const what = add.map((a) => `${WORD[a.kind]} ${a.name}`).join(' and ');
      return {
        add,
        weak,
        says: weak
          ? `only ${what} on the server would let this client in, which is below RFC 9325: change the client instead`
          : `adding ${what} on the server lets this client in`,
      };
    }
  }
  return { add: [], weak: true, says: 'no small addition on the server lets this client in: change the client' };
}

const WORD: Readonly<Record<ServerAddition['kind'], string>> = {
  version: 'protocol',
  suite: 'cipher suite',
  group: 'group',
  'signature-algorithm': 'signature algorithm',
  'certificate-key': 'a certificate with key',
};

/** A total at or above this is nothing to recommend. */
const WEAK = 50;

function* combinations<T>(all: readonly T[], size: number, from = 0): Generator<T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let i = from; i <= all.length - size; i++)
    for (const rest of combinations(all, size - 1, i + 1)) yield [all[i]!, ...rest];
}

function candidatesFor(hello: ClientHelloInfo, server: ServerCapabilities): Candidate[] {
  const stated = hello.versions.length > 0 ? hello.versions.filter((v) => !isGrease(v)) : [hello.legacyVersion];
  const versions = stated
    .filter((v) => !server.versions.includes(v))
    .sort((a, b) => versionRank(b) - versionRank(a))
    .slice(0, 4)
    .map(
      (code): Candidate => ({
        addition: { kind: 'version', code, name: versionName(code) },
        weakness: versionRank(code) >= TLS12 ? 2 : 60,
        apply: (s) => ({ ...s, versions: [...s.versions, code] }),
      }),
    );
  return [
    ...versions,
    ...suiteCandidates(hello, server, [...server.versions, ...stated]),
    ...groupCandidates(hello, server),
    ...otherCandidates(hello, server),
  ];
}

/** The strongest suite of each kind (version family and authentication) that the client offers and the server lacks. */
function suiteCandidates(hello: ClientHelloInfo, server: ServerCapabilities, versions: number[]): Candidate[] {
  const best = new Map<string, { suite: SuiteParts; weakness: number }>();
  for (const code of hello.suites) {
    const suite = parseSuite(code);
    if (!suite || suite.signal || server.suites.includes(code) || !versions.some((v) => definedIn(code, v))) continue;
    const modern = suite.tls13 || suite.mac === 'AEAD' || suite.mac === 'SHA256' || suite.mac === 'SHA384';
    const kind = `${suite.tls13 ? 13 : modern ? 12 : 10}|${suite.keyExchange}|${suite.authentication}`;
    const weakness = suiteWeakness(suite);
    const before = best.get(kind);
    if (!before || weakness < before.weakness) best.set(kind, { suite, weakness });
  }
  return [...best.values()]
    .sort((a, b) => a.weakness - b.weakness)
    .slice(0, 12)
    .map(({ suite, weakness }) => ({
      addition: { kind: 'suite', code: suite.code, name: suiteName(suite.code) },
      weakness,
      apply: (s) => ({ ...s, suites: [...s.suites, suite.code] }),
    }));
}

/** RFC 9325 section 4: broken first, then without forward secrecy or AEAD. */
function suiteWeakness(suite: SuiteParts): number {
  let weakness = 1;
  if (
    suite.exportGrade ||
    suite.encryption === 'NULL' ||
    suite.authentication === 'anon' ||
    /^(?:RC4|DES_|DES40|RC2)/.test(suite.encryption)
  )
    weakness += 100;
  if (/^(?:3DES|IDEA|SEED)/.test(suite.encryption) || suite.mac === 'MD5') weakness += 60;
  if (!suite.forwardSecret) weakness += 20;
  if (suite.keyExchange === 'DHE') weakness += 15;
  if (suite.mac !== 'AEAD') weakness += 10;
  return weakness;
}

function groupCandidates(hello: ClientHelloInfo, server: ServerCapabilities): Candidate[] {
  const preferred = [4588, 29, 23, 24, 25, 30];
  const rank = (g: number): number => (preferred.includes(g) ? preferred.indexOf(g) : preferred.length);
  return hello.groups
    .filter((g) => !isGrease(g) && !server.groups.includes(g))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 4)
    .map((code) => ({
      addition: { kind: 'group', code, name: groupName(code) },
      weakness: 1 + rank(code) + (code < 23 && code !== 0 ? 50 : 0),
      apply: (s) => ({ ...s, groups: [...s.groups, code] }),
    }));
}

function otherCandidates(hello: ClientHelloInfo, server: ServerCapabilities): Candidate[] {
  const keys = keysOf(server);
  const missing = keys ? (['ECDSA', 'RSA'] as KeyType[]).filter((type) => !keys.some((k) => k.type === type)) : [];
  const keyCandidates = missing.map(
    (type): Candidate => ({
      addition: { kind: 'certificate-key', name: type === 'ECDSA' ? 'ECDSA P-256' : 'RSA 2048' },
      weakness: 4,
      apply: (s) => ({
        ...s,
        certificateKey: [...(keys ?? []), type === 'ECDSA' ? { type, curve: 23 } : { type, bits: 2048 }],
      }),
    }),
  );
  const signatures = server.signatureAlgorithms
    ? hello.signatureAlgorithms
        .filter((s) => !isGrease(s) && !server.signatureAlgorithms!.includes(s))
        .slice(0, 6)
        .map(
          (code): Candidate => ({
            addition: { kind: 'signature-algorithm', code, name: signatureSchemeName(code) },
            weakness: code >>> 8 <= 3 ? 60 : 3,
            apply: (s) => ({ ...s, signatureAlgorithms: [...(s.signatureAlgorithms ?? []), code] }),
          }),
        )
    : [];
  return [...keyCandidates, ...signatures];
}

/** The server with the additions of a proposed change. */
export function applyAdditions(server: ServerCapabilities, additions: readonly ServerAddition[]): ServerCapabilities {
  let changed = server;
  for (const addition of additions) changed = applyAddition(changed, addition);
  return changed;
}

function applyAddition(server: ServerCapabilities, { kind, code, name }: ServerAddition): ServerCapabilities {
  if (kind === 'certificate-key') {
    const key: CertificateKey = name.startsWith('ECDSA') ? { type: 'ECDSA', curve: 23 } : { type: 'RSA', bits: 2048 };
    return { ...server, certificateKey: [...(keysOf(server) ?? []), key] };
  }
  if (code === undefined) return server;
  if (kind === 'version') return { ...server, versions: [...server.versions, code] };
  if (kind === 'suite') return { ...server, suites: [...server.suites, code] };
  if (kind === 'group') return { ...server, groups: [...server.groups, code] };
  return { ...server, signatureAlgorithms: [...(server.signatureAlgorithms ?? []), code] };
}
