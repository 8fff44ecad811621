/** Judges what configurations say, and puts it into findings and the rows a report shows. Pure. */
import type { Finding, Json, NotChecked } from '../finding.ts';
import { type AuditResult, hex, judgeFacts } from './audit.ts';
import type { EffectiveListener } from './effective.ts';
import { configurationFinding } from './findings.ts';
import { javaDefaults } from './java.ts';
import type { LibraryCheck } from './live/library-check.ts';
import type { EndpointFacts, Policy } from './policy/types.ts';
import { javaProtocols, javaReenabled } from './system-settings.ts';
import type { ServerConfigObservation } from './types.ts';

/**
 * Judges a configuration: its effective listeners by the policies, its drift and what is malformed in it.
 * @param checks what the library of this machine says to the same settings, where it was asked
 */
export function auditConfiguration(
  observation: ServerConfigObservation,
  listeners: readonly EffectiveListener[],
  policies: readonly Policy[],
  clock: number,
  version?: string,
  checks: ReadonlyMap<EffectiveListener, LibraryCheck> = new Map(),
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
    if (!listener.refuses)
      findings.push(
        ...judgeFacts(
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
    const check = checks.get(effective);
    if (check && (check.refused !== undefined || check.onlyLibrary.length + check.onlyTables.length > 0))
      notChecked.push(libraryDiffers(target, check));
    endpoints.push({
      target,
      state: 'configured',
      software: listener.software,
      protocols: effective.protocols,
      suites: effective.suites.map((s) => ({ name: s.name, code: hex(s.code), protocol: s.protocol })),
      groups: effective.groups.map((g) => ({ name: g.name, code: hex(g.code), protocol: g.protocol })),
      securityLevel: effective.securityLevel,
      assumed: effective.assumed,
      ...(check ? { library: { ...check } } : {}),
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
      ...judgeFacts(
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

/** The tables and the library of this machine disagree about a listener: neither is the server's own. */
function libraryDiffers(target: string, check: LibraryCheck): NotChecked {
  const some = (all: string[]): string =>
    `${all.slice(0, 6).join(', ')}${all.length > 6 ? ` and ${all.length - 6} more` : ''}`;
  const why = [
    check.refused === undefined ? '' : `it refuses the settings (${check.refused.slice(0, 120)})`,
    check.onlyLibrary.length > 0 ? `it negotiates ${some(check.onlyLibrary)}, which was not computed` : '',
    check.onlyTables.length > 0 ? `it does not negotiate ${some(check.onlyTables)}, which was` : '',
  ].filter((part) => part !== '');
  return {
    what: `${target}: that the server's own OpenSSL does what was computed`,
    why: `OpenSSL ${check.openssl} of this machine, driven in memory with the same settings, differs: ${why.join('; ')}`,
    wouldShow: 'paymedic ciphers HOST:PORT of the running server',
  };
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
