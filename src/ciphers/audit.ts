/** Puts live scans, configurations and policies together into findings and the rows a report shows. Pure. */
import type { Finding, Json, NotChecked } from '../finding.ts';
import { attacksOn } from './attacks.ts';
import type { EffectiveListener } from './effective.ts';
import { factsOfScan } from './facts.ts';
import { type Anchor, configurationFinding, findingOfAttack, findingOfViolation } from './findings.ts';
import { javaDefaults } from './java.ts';
import type { EndpointScan } from './live/scan-types.ts';
import { evaluatePolicy } from './policy/evaluate.ts';
import type { EndpointFacts, Policy } from './policy/types.ts';
import { javaProtocols, javaReenabled } from './system-settings.ts';
import type { ServerConfigObservation } from './types.ts';

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
  const findings = judge(facts, policies, clock, anchor, notChecked);
  const policyId = policies[0]?.id ?? 'bcp195';
  findings.push(...attacksOn(scan).map((attack) => findingOfAttack(attack, facts, anchor, policyId)));
  return { findings, notChecked, endpoints: [endpoint], incomplete: !scan.complete };
}

function judge(
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

function hex(code: number): string {
  return `0x${code
    .toString(16)
    .toUpperCase()
    .padStart(code > 0xffff ? 6 : 4, '0')}`;
}

/** Judges a configuration: its effective listeners by the policies, its drift and what is malformed in it. */
export function auditConfiguration(
  observation: ServerConfigObservation,
  listeners: readonly EffectiveListener[],
  policies: readonly Policy[],
  clock: number,
  version?: string,
): AuditResult {
  const findings: Finding[] = [];
  const notChecked: NotChecked[] = [];
  const endpoints: Json[] = [];
  let incomplete = false;
  for (const problem of observation.problems) {
    if (problem.says.includes('could not be read')) {
      incomplete = true;
      notChecked.push({
        what: `${observation.file}:${problem.line}`,
        why: problem.says,
        wouldShow: 'the included file beside the configuration',
      });
    } else findings.push(malformed(observation, problem));
  }
  for (const effective of listeners) {
    const { listener } = effective;
    const name = `${listener.address}:${listener.port}${listener.names[0] ? ` ${listener.names[0]}` : ''}`;
    const target = `${listener.file}:${listener.line} ${name}`;
    const facts: EndpointFacts = {
      target: `${listener.file} ${name}`,
      live: false,
      protocols: effective.protocols,
      unknownProtocols: [],
      suites: effective.suites,
      groups: effective.groups,
      groupsKnown: effective.groupsKnown,
      dhBits: [],
      keys: [],
      features: {},
    };
    const line = (listener.settings.protocols ?? listener.settings.ciphers)?.line ?? listener.line;
    const file = (listener.settings.protocols ?? listener.settings.ciphers)?.file ?? listener.file;
    findings.push(
      ...judge(
        facts,
        policies,
        clock,
        {
          evidence: { file, line, text: `${listener.software} listener ${name}` },
          software: listener.software,
          ...(version ? { version } : {}),
        },
        notChecked,
      ),
    );
    findings.push(...effective.dead.map((d) => drift(observation, name, d)));
    endpoints.push({
      target,
      state: 'configured',
      software: listener.software,
      protocols: effective.protocols,
      suites: effective.suites.map((s) => ({ name: s.name, code: hex(s.code), protocol: s.protocol })),
      groups: effective.groups.map((g) => ({ name: g.name, code: hex(g.code), protocol: g.protocol })),
      securityLevel: effective.securityLevel,
      assumed: effective.assumed,
      dead: effective.dead.map((d) => ({
        what: d.what,
        why: d.why,
        ...(d.where ? { file: d.where.file, line: d.where.line } : {}),
      })),
      connections: 0,
      complete: !incomplete,
    });
  }
  for (const upstream of observation.upstreams) {
    if (upstream.tls && upstream.settings.verify?.value === 'off') {
      const at = upstream.settings.verify;
      findings.push(
        configurationFinding({
          id: 'ciphers/upstream-not-verified',
          subject: `${observation.file} ${upstream.name}`,
          priority: 'important',
          title: `${upstream.software} does not verify the certificate of ${upstream.name}`,
          detail: `TLS to ${upstream.targets.map((t) => t.value).join(', ') || upstream.name} accepts any certificate, so anyone on the path can answer in its place.`,
          evidence: [{ file: at.file, line: at.line }],
          remedy: verifyRemedy(upstream.software),
          verify: { command: `paymedic ciphers ${observation.file}`, expect: 'the finding is gone' },
          references: ['PCI DSS 4.0.1 requirement 4.2.1', 'RFC 9325 section 7.1'],
        }),
      );
    }
  }
  const java = observation.software === 'java-security' ? javaProtocols(observation) : undefined;
  if (java) {
    const defaults = javaDefaults(java.property, java.value, feature(version));
    findings.push(...javaReenabled(observation));
    const facts: EndpointFacts = {
      target: observation.file,
      live: false,
      protocols: java.value,
      unknownProtocols: [],
      suites: defaults.suites,
      groups: defaults.groups,
      groupsKnown: true,
      dhBits: [],
      keys: [],
      features: {},
    };
    findings.push(
      ...judge(
        facts,
        policies,
        clock,
        {
          evidence: { file: java.file, line: java.line, text: 'jdk.tls.disabledAlgorithms' },
          software: 'java-security',
        },
        notChecked,
      ),
    );
    notChecked.push({
      what: `cipher suites that programs under ${observation.file} enable themselves`,
      why: 'only what the runtime enables by default follows from this file',
      wouldShow: 'paymedic ciphers HOST:PORT of a server that runs with it',
    });
    endpoints.push({
      target: `${java.file}:${java.line}`,
      state: 'configured',
      software: 'java',
      protocols: java.value,
      suites: defaults.suites.map((s) => ({ name: s.name, code: hex(s.code), protocol: s.protocol })),
      groups: defaults.groups.map((g) => ({ name: g.name, code: hex(g.code), protocol: g.protocol })),
      assumed: defaults.assumed,
      connections: 0,
      complete: true,
    });
  }
  if (listeners.length === 0 && observation.upstreams.length === 0 && !java) {
    incomplete = true;
    notChecked.push({
      what: `${observation.file}`,
      why: 'no TLS listener and no upstream in it',
      wouldShow: 'the file that holds them',
    });
  }
  return { findings, notChecked, endpoints, incomplete };
}

/** `17` of `17.0.15`, `8` of `1.8.0_392`. */
function feature(version: string | undefined): number | undefined {
  const match = /^(?:1\.)?(\d{1,2})/.exec(version ?? '');
  return match ? Number(match[1]) : undefined;
}

function verifyRemedy(software: string): string {
  switch (software) {
    case 'nginx':
      return 'proxy_ssl_verify on; proxy_ssl_trusted_certificate CA_FILE; proxy_ssl_name NAME; proxy_ssl_server_name on;';
    case 'haproxy':
      return 'server ... ssl verify required ca-file CA_FILE verifyhost NAME sni str(NAME)';
    case 'httpd':
      return 'SSLProxyVerify require, SSLProxyCACertificateFile CA_FILE, SSLProxyCheckPeerName on';
    case 'stunnel':
      return 'verifyChain = yes, CAfile = CA_FILE, checkHost = NAME';
    case 'node':
      return 'remove NODE_TLS_REJECT_UNAUTHORIZED; trust a private authority with NODE_EXTRA_CA_CERTS=CA_FILE';
    default:
      return 'name the trusted authority and switch verification on';
  }
}

function malformed(
  observation: ServerConfigObservation,
  problem: ServerConfigObservation['problems'][number],
): Finding {
  const place = `${observation.file}:${problem.line}${problem.column === undefined ? '' : `:${problem.column}`}`;
  return configurationFinding({
    id: 'ciphers/configuration-malformed',
    // The message without its line keeps the identity when lines move.
    subject: `${observation.file} ${problem.says.replace(/\d+/g, 'N').slice(0, 120)}`,
    priority: 'important',
    title: `${place}: ${problem.says}`,
    detail: 'What stands there was not judged as written.',
    evidence: [{ file: observation.file, line: problem.line }],
    remedy: 'correct the place named',
    verify: { command: `paymedic ciphers ${observation.file}`, expect: 'the finding is gone' },
  });
}

function drift(observation: ServerConfigObservation, name: string, dead: EffectiveListener['dead'][number]): Finding {
  return configurationFinding({
    id: 'ciphers/drift',
    subject: `${observation.file} ${name} ${dead.what.slice(0, 120)}`,
    priority: 'routine',
    title: `${dead.what} is written for ${name} but has no effect`,
    detail: `${dead.why}.`,
    evidence: [
      { file: dead.where?.file ?? observation.file, ...(dead.where ? { line: dead.where.line } : {}), text: dead.what },
    ],
    remedy: 'remove what has no effect, or make it effective on purpose',
    verify: { command: `paymedic ciphers ${observation.file}`, expect: 'the finding is gone' },
  });
}

/** What a configuration promises and a live endpoint does not keep, in both directions. */
export function compareStaticAndLive(effective: EffectiveListener, scan: EndpointScan): Finding[] {
  const { listener } = effective;
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
