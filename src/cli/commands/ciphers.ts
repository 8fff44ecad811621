/** `paymedic ciphers`: what servers and configurations negotiate, judged by a policy. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import type { Priority } from '../../finding.ts';
import { EXIT, UserError } from '../exit.ts';
import type { ColorChoice } from '../terminal.ts';

export interface CiphersOptions {
  policy?: string[];
  targets?: string;
  format?: string[];
  failOn: string;
  waivers?: string;
  baseline?: string;
  onlyNew?: boolean;
  onlyChangedSince?: string;
  sni?: string;
  starttls?: string;
  openssl: string;
  upstreamOpenssl?: boolean;
  software?: string;
  root?: string;
  deep?: boolean;
  slow?: boolean;
  budget?: string;
  rate?: string;
  concurrency?: string;
  timeout?: string;
  now?: string;
  lang?: string;
  verbose?: boolean;
  listPolicies?: boolean;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

export function register(program: Command): void {
  const ciphers = program
    .command('ciphers')
    .argument(
      '[target...]',
      'host:port of a live server, or configuration files (nginx, Apache, HAProxy, stunnel, Tomcat, Envoy)',
    )
    .description('Enumerate live servers, compute what configurations really do, and gate on cited policies.')
    .option('-p, --policy <id|file>', 'policy to judge by, repeatable (default: bcp195)', collect)
    .option('--list-policies', 'print the shipped policies')
    .option(
      '--targets <file>',
      'file with one "host:port [sni=NAME] [starttls=PROTOCOL] [software=NAME/VERSION]" per line',
    )
    .option(
      '-f, --format <format[=file]>',
      'output format, repeatable: terminal, json, sarif, junit, gitlab, github, markdown, ...',
      collect,
    )
    .option('--fail-on <priority>', 'exit 1 at or above: urgent, important, routine, never', 'important')
    .option('--waivers <file>', 'accepted findings (default: paymedic.waivers.yaml when it exists)')
    .option('--baseline <file>', 'an earlier --format json report')
    .option('--only-new', 'with --baseline: only what the baseline does not know counts')
    .option('--only-changed-since <revision>', 'only configuration files that git says changed since then')
    .option('--sni <name>', 'server name to send (default: the host)')
    .option('--starttls <protocol>', 'upgrade first: smtp, imap, pop3, ftp, ldap, postgres, mysql, xmpp, ...')
    .option('--openssl <version>', 'OpenSSL behind a configuration: 1.0.2, 1.1.1, 3.0 or 3.5', '3.0')
    .option('--upstream-openssl', 'the OpenSSL is built as upstream does, not as Debian does (security level 1, not 2)')
    .option('--software <name/version>', 'server software, for defaults and fix lines, e.g. nginx/1.22.1')
    .option('--root <folder>', 'where the absolute paths of a configuration begin')
    .option('--deep', 'also signature algorithms, TLS_FALLBACK_SCSV, Heartbleed and early ChangeCipherSpec')
    .option('--slow', 'four connections per second, one at a time, for links in trouble')
    .option('--budget <connections>', 'connections per endpoint at most')
    .option('--rate <per-second>', 'new connections per second at most')
    .option('--concurrency <connections>', 'connections open at the same time')
    .option('--timeout <milliseconds>', 'patience with one connection')
    .option('--now <time>', 'time at which dates of policies and waivers are judged')
    .option('--lang <language>', 'en or zh (default: the locale)')
    .option('-v, --verbose', 'everything')
    .addHelpText(
      'after',
      `
Examples
  $ paymedic ciphers pay.example.com:443
  $ paymedic ciphers nginx.conf --policy tlsref-6.0-intermediate --openssl 3.0
  $ paymedic ciphers --targets endpoints.txt --policy pci-dss-4.0.1 --format sarif=tls.sarif --format terminal
  $ paymedic ciphers gw.example:8443 nginx.conf        what the file says against what the port offers
  $ paymedic ciphers plan --policy tlsref-6.0-modern --server nginx.conf --clients`,
    )
    .action(async (targets: string[], options: CiphersOptions, self: Command) => {
      process.exitCode = await runCiphers(
        targets,
        options,
        (self.optsWithGlobals() as { color?: ColorChoice }).color ?? 'auto',
      );
    });
  registerPlan(ciphers);
}

function registerPlan(ciphers: Command): void {
  ciphers
    .command('plan')
    .description('What breaks if: which clients would fail against a server after a change.')
    .option('-p, --policy <id|file>', 'the server after the change: what this policy leaves')
    .option('--server <target|file>', 'a live server or a configuration, as it is now or after the change')
    .option('--capture <file>', 'ClientHellos really seen, from a capture, repeatable', collect)
    .option('--clients', 'client profiles that ship with paymedic')
    .option('--key <type>', 'certificate key of the server: RSA, ECDSA or both', 'both')
    .option('--openssl <version>', 'OpenSSL behind a configuration', '3.0')
    .option('-f, --format <format>', 'terminal or json', 'terminal')
    .action(async (_own: unknown, self: Command) => {
      const { runPlan } = await import('../ciphers/plan.ts');
      process.exitCode = await runPlan(self.optsWithGlobals());
    });
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new UserError(`${option} ${text}: not a positive number`);
  return value;
}

async function runCiphers(named: string[], options: CiphersOptions, color: ColorChoice): Promise<number> {
  const [{ parseFormatRequests, writeReports }, inputs, rooms, policyRoom, { loadKnowledge }, { buildReport }] =
    await Promise.all([
      import('../output.ts'),
      import('../ciphers/inputs.ts'),
      import('../../ciphers/index.ts'),
      import('../../policy/index.ts'),
      import('../../knowledge/load.ts'),
      import('../ciphers/report.ts'),
    ]);
  const shipped = (loadKnowledge().other('policies') ?? {}) as { [id: string]: { title?: string } };
  if (options.listPolicies) {
    for (const [id, p] of Object.entries(shipped)) process.stdout.write(`${id.padEnd(28)} ${p.title ?? ''}\n`);
    return EXIT.ok;
  }
  const requests = parseFormatRequests(options.format);
  if (!['never', 'routine', 'important', 'urgent'].includes(options.failOn))
    throw new UserError(`--fail-on ${options.failOn}: there is no such priority`, {
      next: 'urgent, important, routine or never',
    });
  const openssl = rooms.OPENSSL_VERSIONS.find((v) => v === options.openssl);
  if (!openssl)
    throw new UserError(`--openssl ${options.openssl}: no table for it`, { next: rooms.OPENSSL_VERSIONS.join(', ') });
  if (options.onlyNew && !options.baseline) throw new UserError('--only-new needs --baseline FILE');
  const policies = inputs.loadPolicies(options.policy ?? ['bcp195'], shipped);
  const clock = instant(options.now);
  const defaults = {
    ...(options.sni === undefined ? {} : { serverName: options.sni }),
    ...(options.starttls === undefined ? {} : { starttls: options.starttls }),
  };

  const live = options.targets ? inputs.readTargets(options.targets, defaults) : [];
  let files: string[] = [];
  for (const name of named) {
    if (existsSync(name)) {
      if (statSync(name).isDirectory())
        throw new UserError(`${name} is a folder`, {
          next: 'name the main configuration file; its includes are followed',
        });
      files.push(name);
    } else live.push(inputs.liveTarget(name, [], { file: name }, defaults));
  }
  if (files.length === 0 && live.length === 0)
    throw new UserError('nothing to check', { next: 'name host:port, a configuration file, or --targets FILE' });
  const skipped =
    options.onlyChangedSince === undefined ? [] : files.filter((f) => !changedSince(options.onlyChangedSince!, f));
  files = files.filter((f) => !skipped.includes(f));

  const waiverFile = options.waivers ?? (existsSync('paymedic.waivers.yaml') ? 'paymedic.waivers.yaml' : undefined);
  const waivers =
    waiverFile === undefined
      ? undefined
      : policyRoom.readWaivers(inputs.readText(waiverFile, 'waiver file'), waiverFile);
  if (waivers && waivers.problems.length > 0) {
    const first = waivers.problems[0]!;
    throw new UserError(`${waiverFile}:${first.line}:${first.column}: ${first.says}`, {
      next: 'correct the waiver file; nothing is waived by an entry that is not valid',
    });
  }
  const baseline =
    options.baseline === undefined ? undefined : policyRoom.readBaseline(inputs.readText(options.baseline, 'baseline'));
  if (typeof baseline === 'string') throw new UserError(`${options.baseline}: ${baseline}`);

  const [softwareName, softwareVersion] = (options.software ?? '').split('/');
  const interrupt = new AbortController();
  const stop = (): void => interrupt.abort();
  process.once('SIGINT', stop);
  const gentleness = {
    ...(options.slow ? rooms.SLOW_GENTLENESS : {}),
    ...defined({
      budget: positive('--budget', options.budget),
      rate: positive('--rate', options.rate),
      concurrency: positive('--concurrency', options.concurrency),
      timeoutMs: positive('--timeout', options.timeout),
    }),
  };
  const scans = await inTurn(live, 4, async (t) => ({
    t,
    scan: await rooms.enumerateEndpoint(t.target, {
      gentleness,
      ...(options.deep ? { deep: true } : {}),
      signal: interrupt.signal,
    }),
  }));
  process.removeListener('SIGINT', stop);

  const results: import('../../ciphers/index.ts').AuditResult[] = scans.map(({ t, scan }) => {
    const [name, version] = (t.software ?? options.software ?? '').split('/');
    return rooms.auditScan(scan, policies, clock, {
      evidence: t.anchor,
      ...(name ? { software: name } : {}),
      ...(version ? { version } : {}),
    });
  });
  for (const file of files) {
    const observation = inputs.readConfiguration(
      file,
      options.root,
      softwareName && KNOWN_SOFTWARE.has(softwareName) ? softwareName : undefined,
    );
    if (!observation) {
      results.push({
        findings: [],
        notChecked: [
          {
            what: file,
            why: 'no server configuration that is known here',
            wouldShow: 'the main configuration file of the server, or --software NAME',
          },
        ],
        endpoints: [],
        incomplete: true,
      });
      continue;
    }
    const listeners = rooms.effectiveMatrix(observation, {
      openssl,
      debian: options.upstreamOpenssl !== true,
      ...(softwareVersion ? { softwareVersion } : {}),
      keyTypes: inputs.keyTypesOf(options.root, file),
    });
    results.push(rooms.auditConfiguration(observation, listeners, policies, clock, softwareVersion));
    for (const { scan } of scans) {
      for (const l of listeners.filter((x) => x.listener.port === scan.port && scan.error === undefined))
        results.push({
          findings: rooms.compareStaticAndLive(l, scan),
          notChecked: [],
          endpoints: [],
          incomplete: false,
        });
    }
  }

  const applied = policyRoom.applyWaivers(
    results.flatMap((r) => r.findings),
    waivers,
    clock,
  );
  const compared = baseline ? policyRoom.compareWithBaseline(applied.findings, baseline) : undefined;
  const fresh = new Set(compared?.fresh);
  const gating = options.onlyNew ? applied.gating.filter((f) => fresh.has(f)) : applied.gating;
  const findings = options.onlyNew ? applied.findings.filter((f) => fresh.has(f)) : applied.findings;
  const incomplete = results.some((r) => r.incomplete);
  const notChecked = [
    ...results.flatMap((r) => r.notChecked),
    ...skipped.map((f) => ({
      what: f,
      why: `unchanged since ${options.onlyChangedSince}`,
      wouldShow: 'a run without --only-changed-since',
    })),
  ];
  const report = buildReport({
    clock,
    clockSource: options.now === undefined ? 'system clock' : '--now',
    inputs: [...named, ...(options.targets ? [options.targets] : [])],
    findings,
    waivers: applied.waivers,
    gating,
    notChecked,
    endpoints: results.flatMap((r) => r.endpoints),
    known: compared?.known.length ?? 0,
    incomplete,
    policies: policies.map((p) => p.id),
  });
  const { languageOf } = await import('../terminal.ts');
  await writeReports(report, requests, process, {
    color,
    language: languageOf(options.lang, process.env),
    ...(options.verbose ? { verbose: true } : {}),
  });
  if (interrupt.signal.aborted) return EXIT.interrupted;
  if (policyRoom.gateFails(gating, options.failOn as Priority | 'never')) return EXIT.gateFailed;
  return incomplete ? EXIT.incomplete : EXIT.ok;
}

const KNOWN_SOFTWARE = new Set(['nginx', 'httpd', 'haproxy', 'stunnel', 'tomcat', 'envoy']);

function instant(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = /^\d{9,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time)) throw new UserError(`--now "${text}" is not a time`, { next: 'write 2026-11-21T09:30:00Z' });
  return time;
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function changedSince(revision: string, file: string): boolean {
  if (!/^[\w][\w./~^@{}-]{0,100}$/.test(revision))
    throw new UserError(`--only-changed-since ${revision}: not a revision`);
  try {
    const changed = execFileSync('git', ['diff', '--name-only', revision, '--', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const untracked = execFileSync('git', ['ls-files', '--others', '--', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return changed.trim() !== '' || untracked.trim() !== '';
  } catch (error) {
    throw new UserError(
      `--only-changed-since ${revision}: git says ${
        String((error as { stderr?: string }).stderr ?? error)
          .trim()
          .split('\n')[0]
      }`,
    );
  }
}

/** At most `width` at a time, results in order. */
async function inTurn<T, R>(all: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const out: R[] = new Array(all.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) out[i] = await work(all[i]!);
  };
  await Promise.all(Array.from({ length: Math.min(width, all.length) }, worker));
  return out;
}
