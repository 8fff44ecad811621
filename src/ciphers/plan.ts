/** "What breaks if": runs every client against a server before and after a change, by the negotiation solver. Pure. */
import { type CertificateKey, negotiateHello, type ServerCapabilities } from '../tls/negotiation.ts';
import { applyAdditions, negotiate } from '../tls/negotiation-change.ts';
import { groupCode, isFiniteFieldGroup, SUITES, suiteName, versionName } from '../tls/registries/index.ts';
import type { ClientHelloInfo } from '../tls/types.ts';
import { evaluatePolicy } from './policy/evaluate.ts';
import type { EndpointFacts, Policy } from './policy/types.ts';

export interface PlanClient {
  name: string;
  source: string;
  hello: ClientHelloInfo;
  /** Handshakes seen with this hello; 0 for a shipped profile, which nobody was seen to use. */
  handshakes: number;
  /** Addresses that sent it, most frequent first. */
  addresses: string[];
  fingerprint?: string;
}

export interface PlanRow {
  name: string;
  source: string;
  fingerprint?: string;
  addresses: string[];
  handshakes: number;
  /** Of all handshakes seen. */
  share: number;
  before: string;
  after: string;
  worksBefore: boolean;
  worksAfter: boolean;
  /** `breaks`, `still-fails`, `works`, `weaker` never happens by a policy, so it is not there. */
  outcome: 'breaks' | 'still-fails' | 'works' | 'starts-working';
  because?: string;
  /** What would keep it. */
  smallestChange?: string;
}

export interface Plan {
  rows: PlanRow[];
  handshakes: number;
  /** Kinds of clients that work now and would fail. */
  brokenClients: number;
  brokenHandshakes: number;
  brokenShare: number;
  /** The one addition to the server that keeps most of the broken handshakes, or of the clients where none were seen. */
  bestAddition?: { says: string; keeps: number; clients: number };
}

/** Computes the effect of going from `before` to `after`; without `before` every client counts as working now. */
export function planChange(
  clients: readonly PlanClient[],
  before: ServerCapabilities | undefined,
  after: ServerCapabilities,
): Plan {
  const handshakes = clients.reduce((sum, c) => sum + c.handshakes, 0);
  const rows = clients.map((client): PlanRow => {
    const was = before ? negotiateHello(client.hello, before) : undefined;
    const will = negotiate(client.hello, after);
    const worksBefore = was?.ok ?? true;
    return {
      name: client.name,
      source: client.source,
      ...(client.fingerprint === undefined ? {} : { fingerprint: client.fingerprint }),
      addresses: client.addresses.slice(0, 20),
      handshakes: client.handshakes,
      share: handshakes === 0 ? 0 : client.handshakes / handshakes,
      before: was ? describe(was) : 'not known',
      after: describe(will),
      worksBefore,
      worksAfter: will.ok,
      outcome: will.ok ? (worksBefore ? 'works' : 'starts-working') : worksBefore ? 'breaks' : 'still-fails',
      ...(will.ok
        ? {}
        : {
            because: `${REASON[will.because]} (the client offers ${list(will.offered)}; the server accepts ${list(will.accepted)})`,
            smallestChange: will.smallestChange.says,
          }),
    };
  });
  rows.sort((a, b) => RANK[a.outcome] - RANK[b.outcome] || b.handshakes - a.handshakes || (a.name < b.name ? -1 : 1));
  const broken = rows.filter((r) => r.outcome === 'breaks');
  const brokenHandshakes = broken.reduce((sum, r) => sum + r.handshakes, 0);
  const best = bestAddition(clients, broken, after);
  return {
    rows,
    handshakes,
    brokenClients: broken.length,
    brokenHandshakes,
    brokenShare: handshakes === 0 ? 0 : brokenHandshakes / handshakes,
    ...(best ? { bestAddition: best } : {}),
  };
}

/** Tries what each broken client needs on all of them; additions below RFC 9325 are never proposed. */
function bestAddition(
  clients: readonly PlanClient[],
  broken: readonly PlanRow[],
  after: ServerCapabilities,
): Plan['bestAddition'] {
  const names = new Set(broken.map((r) => r.name));
  const lost = clients.filter((c) => names.has(c.name));
  let best: Plan['bestAddition'];
  for (const client of lost.slice(0, 200)) {
    const outcome = negotiate(client.hello, after);
    if (outcome.ok || outcome.smallestChange.weak || outcome.smallestChange.add.length === 0) continue;
    const changed = applyAdditions(after, outcome.smallestChange.add);
    const kept = lost.filter((c) => negotiateHello(c.hello, changed).ok);
    const keeps = kept.reduce((sum, c) => sum + c.handshakes, 0);
    if (!best || keeps > best.keeps || (keeps === best.keeps && kept.length > best.clients))
      best = { says: outcome.smallestChange.says, keeps, clients: kept.length };
  }
  return best;
}

const RANK = { breaks: 0, 'still-fails': 1, 'starts-working': 2, works: 3 } as const;

const REASON = {
  'no-common-version': 'no protocol version in common',
  'no-common-suite': 'no cipher suite in common',
  'no-common-group': 'no key exchange group in common',
  'no-common-signature-algorithm': 'no signature algorithm in common',
  'key-type': 'the certificate does not fit the suites of the client',
  'inappropriate-fallback': 'the client fell back and the server forbids that',
} as const;

function list(names: string[]): string {
  return names.length === 0
    ? 'nothing'
    : `${names.slice(0, 4).join(', ')}${names.length > 4 ? ` and ${names.length - 4} more` : ''}`;
}

function describe(outcome: ReturnType<typeof negotiateHello>): string {
  return outcome.ok ? `${versionName(outcome.version)} ${suiteName(outcome.suite)}` : outcome.because;
}

/** A profile of knowledge/clients/. */
export interface ClientProfile {
  id: string;
  name: string;
  source: string;
  hello: Pick<
    ClientHelloInfo,
    'legacyVersion' | 'versions' | 'suites' | 'groups' | 'signatureAlgorithms' | 'keyShares' | 'extensions'
  >;
  /** Versions that the hello names but the client breaks off on. */
  unusableVersions?: number[];
}

/** The hello of a profile as far as the client can really go through with it. */
export function profileHello(profile: ClientProfile): ClientHelloInfo {
  const { hello, unusableVersions = [] } = profile;
  return {
    recordVersion: 0x0301,
    pointFormats: [],
    alpn: [],
    compression: [0],
    size: 0,
    ...hello,
    versions: hello.versions.filter((v) => !unusableVersions.includes(v)),
  };
}

/** Hellos that differ in nothing a server looks at are one client. */
export function groupHellos(seen: Iterable<{ hello: ClientHelloInfo; address: string; file: string }>): PlanClient[] {
  const groups = new Map<string, { client: PlanClient; addresses: Map<string, number> }>();
  for (const { hello, address, file } of seen) {
    const key = [
      hello.legacyVersion,
      hello.versions,
      hello.suites,
      hello.groups,
      hello.signatureAlgorithms,
      hello.keyShares,
    ].join('|');
    let group = groups.get(key);
    if (!group) {
      const fingerprint = hello.ja4 ?? hello.ja3;
      group = {
        client: {
          name: fingerprint ?? `client ${groups.size + 1}`,
          source: file,
          hello,
          handshakes: 0,
          addresses: [],
          ...(fingerprint ? { fingerprint } : {}),
        },
        addresses: new Map(),
      };
      groups.set(key, group);
    }
    group.client.handshakes++;
    group.addresses.set(address, (group.addresses.get(address) ?? 0) + 1);
  }
  return [...groups.values()].map(({ client, addresses }) => ({
    ...client,
    addresses: [...addresses].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([a]) => a),
  }));
}

const VERSION_CODES: Readonly<Record<string, number>> = {
  SSLv3: 0x0300,
  'TLSv1.0': 0x0301,
  'TLSv1.1': 0x0302,
  'TLSv1.2': 0x0303,
  'TLSv1.3': 0x0304,
};
/** Capabilities from what a scan or an effective configuration lists. */
export function capabilitiesOf(facts: {
  protocols: string[];
  suites: { code: number }[];
  groups: readonly number[];
  keys: CertificateKey[] | undefined;
  serverPreference?: boolean;
}): ServerCapabilities {
  return {
    versions: facts.protocols.map((p) => VERSION_CODES[p]).filter((v) => v !== undefined),
    suites: [...new Set(facts.suites.map((s) => s.code))],
    groups: [...new Set(facts.groups)],
    ...(facts.keys ? { certificateKey: facts.keys } : {}),
    serverPreference: facts.serverPreference ?? true,
  };
}

/** Everything the policy leaves of `server`; without a server everything it allows at all. */
export function restrictByPolicy(
  policy: Policy,
  server: ServerCapabilities | undefined,
  clock: number,
): ServerCapabilities {
  const start: ServerCapabilities = server ?? {
    versions: Object.values(VERSION_CODES),
    suites: SUITES.map(([code]) => code),
    groups: [4588, 29, 23, 24, 25, 30],
  };
  const suiteRows = start.versions.flatMap((v) =>
    start.suites.map((code) => ({ code, name: suiteName(code), protocol: versionName(v) })),
  );
  const facts: EndpointFacts = {
    target: 'plan',
    live: false,
    protocols: start.versions.map(versionName),
    unknownProtocols: [],
    suites: suiteRows,
    groups: start.groups.map((code) => ({ code, name: '', protocol: '' })),
    groupsKnown: false,
    dhBits: [],
    keys: [],
    features: {},
  };
  const { violations } = evaluatePolicy(policy, facts, clock);
  const forbidding = violations.filter((v) => v.priority !== 'routine' || v.rule.allowSuites !== undefined);
  const deniedVersions = new Set(
    policy.rules
      .filter((r) => r.allowedUntil === undefined || clock > Date.parse(`${r.allowedUntil}T23:59:59Z`))
      .flatMap((r) => r.denyProtocols ?? []),
  );
  const deniedSuites = new Map<string, Set<string>>();
  for (const v of forbidding) {
    if (v.protocol === undefined || v.rule.denyProtocols) continue;
    deniedSuites.set(v.protocol, new Set([...(deniedSuites.get(v.protocol) ?? []), ...v.items]));
  }
  const versions = start.versions.filter((v) => !deniedVersions.has(versionName(v)));
  // A suite stays when at least one remaining version may still use it.
  const suites = start.suites.filter((code) =>
    versions.some((v) => !deniedSuites.get(versionName(v))?.has(suiteName(code))),
  );
  const allowedGroups = policy.rules.find((r) => r.allowGroups)?.allowGroups?.map(groupCode);
  const groups = allowedGroups ? start.groups.filter((g) => allowedGroups.includes(g)) : start.groups;
  return {
    ...start,
    versions,
    suites,
    groups: groups.filter((g) => !isFiniteFieldGroup(g) || start.groups.includes(g)),
  };
}
