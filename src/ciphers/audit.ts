/** Judges live scans by policies, and puts them into findings and the rows a report shows. Pure. */
import type { Finding, Json, NotChecked } from '../finding.ts';
import { attacksOn } from './attacks.ts';
import { factsOfScan } from './facts.ts';
import { type Anchor, findingOfAttack, findingOfViolation } from './findings.ts';
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

function whatWouldShow(scan: EndpointScan, why: string): string {
  if (scan.error === undefined || scan.suites.length > 0)
    return 'a second run when the endpoint is quiet, or with --slow';
  if (/ENOTFOUND|EAI_AGAIN/.test(why)) return `a name that resolves here instead of ${scan.host}`;
  if (/ECONNREFUSED|UNREACH|no connection within/.test(why))
    return `a run from where port ${scan.port} of ${scan.host} can be reached, while its service is up`;
  if (/did not answer in TLS/.test(why))
    return 'the port that speaks TLS, or --starttls PROTOCOL where the port upgrades';
  return 'a second run when the endpoint is quiet, or with --slow';
}

/** Judges one live scan by the policies, at the given clock (ms UTC). */
export function auditScan(scan: EndpointScan, policies: readonly Policy[], clock: number, anchor: Anchor): AuditResult {
  const notChecked: NotChecked[] = scan.incomplete.map((why) => ({
    what: `${scan.target} in full`,
    why,
    wouldShow: whatWouldShow(scan, why),
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
