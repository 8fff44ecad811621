/** Judges live scans by policies, and holds configurations against them. Pure. */
import type { Finding, Json, NotChecked } from '../finding.ts';
import { attacksOn } from './attacks.ts';
import type { EffectiveListener } from './effective.ts';
import { factsOfScan } from './facts.ts';
import { type Anchor, configurationFinding, findingOfAttack, findingOfViolation } from './findings.ts';
import type { EndpointScan } from './live/scan-types.ts';
import { evaluatePolicy } from './policy/evaluate.ts';
import type { EndpointFacts, Policy } from './policy/types.ts';

export interface AuditResult {
  findings: Finding[];
  notChecked: NotChecked[];
  endpoints: Json[];
  /** Something named by the user could not be judged in full. */
  incomplete: boolean;
}

/** Judges one live scan by the policies, at the given clock (ms UTC). */
export function auditScan(scan: EndpointScan, policies: readonly Policy[], clock: number, anchor: Anchor): AuditResult {
  const notChecked: NotChecked[] = scan.incomplete.map((why) => ({
    what: `${scan.target} in full`,
    why,
    wouldShow: 'a second run when the endpoint is quiet, or with --slow',
  }));
  const endpoint = endpointJson(scan);
  if (scan.error !== undefined) return { findings: [], notChecked, endpoints: [endpoint], incomplete: true };
  const facts = factsOfScan(scan);
  const findings = judgeFacts(facts, policies, clock, anchor, notChecked);
  const policyId = policies[0]?.id ?? 'bcp195';
  findings.push(...attacksOn(scan).map((attack) => findingOfAttack(attack, facts, anchor, policyId)));
  return { findings, notChecked, endpoints: [endpoint], incomplete: !scan.complete };
}

export function judgeFacts(
  facts: EndpointFacts,
  policies: readonly Policy[],
  clock: number,
  anchor: Anchor,
  notChecked: NotChecked[],
): Finding[] {
  return policies.flatMap((policy) => {
    const { violations, unjudged } = evaluatePolicy(policy, facts, clock);
    for (const { rule, why } of unjudged)
      notChecked.push({
        what: `${policy.id} ${rule.id} on ${facts.target}`,
        why,
        wouldShow: facts.live
          ? why.includes('--deep')
            ? 'a run with --deep'
            : 'a complete scan'
          : `paymedic ciphers HOST:PORT --policy ${policy.id}`,
      });
    return violations.map((v) => findingOfViolation(policy, v, facts, anchor));
  });
}

/** The published form of an endpoint (docs/ciphers.md). */
export function endpointJson(scan: EndpointScan): Json {
  const { target, host, port, serverName, starttls, connections, complete, incomplete, notes, milliseconds, error } =
    scan;
  return {
    target,
    host,
    port,
    ...(serverName === undefined ? {} : { serverName }),
    ...(starttls === undefined ? {} : { starttls }),
    state: 'offered',
    protocols: scan.protocols.filter((p) => p.offered === 'yes').map((p) => p.protocol),
    versions: scan.protocols.map((p) => ({
      protocol: p.protocol,
      offered: p.offered,
      because: p.because,
      complete: p.complete,
      ...(p.preference ? { preference: p.preference } : {}),
      ...(p.inServerOrder ? { inServerOrder: true } : {}),
    })),
    suites: scan.suites.map((s) => ({ name: s.name, code: hex(s.code), protocol: s.protocol })),
    groups: scan.groups.map((g) => ({ name: g.name, code: hex(g.code), protocol: g.protocol })),
    signatureAlgorithms: scan.signatureAlgorithms.map((s) => ({
      name: s.name,
      code: hex(s.code),
      protocol: s.protocol,
    })),
    features: {
      ...scan.features,
      ...(scan.features.dh ? { dh: scan.features.dh.map((d) => d.bits) } : {}),
    } as unknown as Json,
    certificates: scan.certificates.map((c) => ({ authentication: c.authentication, chain: c.chain.length })),
    clientCertificate: {
      requested: scan.clientCertificate.requested,
      acceptableCas: scan.clientCertificate.acceptableCas,
    },
    connections,
    complete,
    incomplete,
    notes,
    milliseconds,
    ...(error === undefined ? {} : { error }),
  };
}

export function hex(code: number): string {
  return `0x${code
    .toString(16)
    .toUpperCase()
    .padStart(code > 0xffff ? 6 : 4, '0')}`;
}

/** What a configuration promises and a live endpoint does not keep, in both directions. */
export function compareStaticAndLive(effective: EffectiveListener, scan: EndpointScan): Finding[] {
  const { listener } = effective;
  // A scan speaks TCP.
  if (listener.quic || listener.refuses) return [];
  const subject = `${listener.file} ${scan.target}`;
  const live = new Set(scan.suites.map((s) => `${s.protocol} ${s.name}`));
  const expected = new Set(effective.suites.map((s) => `${s.protocol} ${s.name}`));
  // Defaults of the library are only as good as the version that was named; written groups are compared, where nothing hides them.
  if (listener.settings.groups && effective.groupsKnown) {
    for (const g of scan.groups) if (g.protocol === 'TLSv1.3') live.add(`${g.protocol} group ${g.name}`);
    for (const g of effective.groups) if (g.protocol === 'TLSv1.3') expected.add(`${g.protocol} group ${g.name}`);
  }
  const uncertain = effective.assumed.some((a) => a.includes('certificate'));
  const extra = [...live].filter((s) => !expected.has(s));
  // With the key type unknown, configured suites of the other type are naturally missing.
  const missing = scan.complete && !uncertain ? [...expected].filter((s) => !live.has(s)) : [];
  if (extra.length === 0 && missing.length === 0) return [];
  const list = (all: string[]): string =>
    `${all.slice(0, 8).join(', ')}${all.length > 8 ? ` and ${all.length - 8} more` : ''}`;
  return [
    configurationFinding({
      id: 'ciphers/config-live-difference',
      subject,
      priority: 'important',
      title: `${scan.target} does not offer what ${listener.file}:${listener.line} says`,
      detail: [
        extra.length > 0 ? `Offered but not configured: ${list(extra)}.` : '',
        missing.length > 0 ? `Configured but not offered: ${list(missing)}.` : '',
        'The configuration was not reloaded, another server answers the port, or another file decides.',
      ]
        .filter((t) => t !== '')
        .join(' '),
      evidence: [{ file: listener.file, line: listener.line }],
      remedy: 'reload the server, then find out which process answers the port',
      verify: { command: `paymedic ciphers ${scan.target} ${listener.file}`, expect: 'no difference' },
      data: { items: [...extra, ...missing].slice(0, 400) },
    }),
  ];
}
