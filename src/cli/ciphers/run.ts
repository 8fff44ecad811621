/** Runs `paymedic ciphers`: gathers inputs, scans and reads, applies waivers and baseline, writes the reports. */
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { type AuditResult, auditConfiguration, auditScan, compareStaticAndLive } from '../../ciphers/audit.ts';
import { effectiveMatrix } from '../../ciphers/effective.ts';
import { enumerateEndpoint } from '../../ciphers/live/enumerate.ts';
import { SLOW_GENTLENESS } from '../../ciphers/live/line.ts';
import type { EndpointScan } from '../../ciphers/live/scan-types.ts';
import { OPENSSL_VERSIONS, type OpensslVersion } from '../../ciphers/openssl/cipher-string.ts';
import type { Policy } from '../../ciphers/policy/types.ts';
import type { Priority } from '../../finding.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import { applyWaivers, type Baseline, compareWithBaseline, gateFails, readBaseline } from '../../policy/apply.ts';
import type { WaiverFile } from '../../policy/cover.ts';
import { EXIT, UserError } from '../exit.ts';
import { parseFormatRequests, writeReports } from '../output.ts';
import { type ColorChoice, languageOf } from '../terminal.ts';
import { waiversOf } from '../waivers.ts';
import {
  filesOf,
  keyTypesOf,
  type LiveTarget,
  liveTarget,
  loadPolicies,
  readConfiguration,
  readTargets,
  readText,
} from './inputs.ts';
import { buildReport } from './report.ts';

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

/** Endpoints scanned at the same time; each keeps its own limits. */
const ENDPOINTS_AT_ONCE = 4;
const CONFIGURATION_SOFTWARE = new Set(['nginx', 'httpd', 'haproxy', 'stunnel', 'tomcat', 'envoy']);

interface Plan {
  live: LiveTarget[];
  files: string[];
  unchanged: string[];
  policies: Policy[];
  openssl: OpensslVersion;
  waivers: WaiverFile | undefined;
  baseline: Baseline | undefined;
  clock: number;
}

/** Returns the exit code. Throws UserError for anything wrong with the arguments, before any connection is made. */
export async function runCiphers(named: string[], options: CiphersOptions, color: ColorChoice): Promise<number> {
  const shipped = (loadKnowledge().other('policies') ?? {}) as { [id: string]: { title?: string } };
  if (options.listPolicies) {
    for (const [id, p] of Object.entries(shipped)) process.stdout.write(`${id.padEnd(28)} ${p.title ?? ''}\n`);
    return EXIT.ok;
  }
  const requests = parseFormatRequests(options.format);
  const plan = await prepare(named, options, shipped);
  const interrupt = new AbortController();
  const scans = await scanAll(plan.live, options, interrupt);
  const results: AuditResult[] = scans.map(({ target, scan }) => judgeScan(target, scan, plan, options));
  for (const file of plan.files)
    results.push(
      ...(await judgeFile(
        file,
        plan,
        options,
        scans.map((s) => s.scan),
      )),
    );

  const applied = applyWaivers(
    results.flatMap((r) => r.findings),
    plan.waivers,
    plan.clock,
    'ciphers',
  );
  const compared = plan.baseline && compareWithBaseline(applied.findings, plan.baseline);
  const fresh = new Set(compared?.fresh);
  const gating = options.onlyNew ? applied.gating.filter((f) => fresh.has(f)) : applied.gating;
  const incomplete = results.some((r) => r.incomplete);
  const report = buildReport({
    clock: plan.clock,
    clockSource: options.now === undefined ? 'system clock' : '--now',
    inputs: [...named, ...(options.targets ? [options.targets] : [])],
    findings: options.onlyNew ? applied.findings.filter((f) => fresh.has(f)) : applied.findings,
    waivers: applied.waivers,
    gating,
    notChecked: [
      ...results.flatMap((r) => r.notChecked),
      ...plan.unchanged.map((f) => ({
        what: f,
        why: `unchanged since ${options.onlyChangedSince}`,
        wouldShow: 'a run without --only-changed-since',
      })),
    ],
    endpoints: results.flatMap((r) => r.endpoints),
    known: compared?.known.length ?? 0,
    incomplete,
    policies: plan.policies.map((p) => p.id),
  });
  await writeReports(report, requests, process, {
    color,
    language: languageOf(options.lang, process.env),
    ...(options.verbose ? { verbose: true } : {}),
  });
  if (interrupt.signal.aborted) return EXIT.interrupted;
  if (gateFails(gating, options.failOn as Priority | 'never')) return EXIT.gateFailed;
  return incomplete ? EXIT.incomplete : EXIT.ok;
}

async function prepare(named: string[], options: CiphersOptions, shipped: { [id: string]: unknown }): Promise<Plan> {
  if (!['never', 'routine', 'important', 'urgent'].includes(options.failOn)) {
    throw new UserError(`--fail-on ${options.failOn}: there is no such priority`, {
      next: 'urgent, important, routine or never',
    });
  }
  const openssl = OPENSSL_VERSIONS.find((v) => v === options.openssl);
  if (!openssl)
    throw new UserError(`--openssl ${options.openssl}: no table for it`, { next: OPENSSL_VERSIONS.join(', ') });
  if (options.onlyNew && !options.baseline) throw new UserError('--only-new needs --baseline FILE');
  const policies = await loadPolicies(options.policy ?? ['bcp195'], shipped);
  const defaults = {
    ...(options.sni === undefined ? {} : { serverName: options.sni }),
    ...(options.starttls === undefined ? {} : { starttls: options.starttls }),
  };
  const live = options.targets ? readTargets(options.targets, defaults) : [];
  const files: string[] = [];
  for (const name of named) {
    if (!existsSync(name)) live.push(liveTarget(name, [], { file: name }, defaults));
    else if (statSync(name).isDirectory()) {
      throw new UserError(`${name} is a folder`, {
        next: 'name the main configuration file; its includes are followed',
      });
    } else files.push(name);
  }
  if (files.length === 0 && live.length === 0) {
    throw new UserError('nothing to check', { next: 'name host:port, a configuration file, or --targets FILE' });
  }
  const revision = options.onlyChangedSince;
  const unchanged: string[] = [];
  for (const file of revision === undefined ? [] : files) {
    // A file counts as changed when anything it includes has changed.
    const parts = await filesOf(file, options.root, softwareHint(options.software));
    if (!parts.some((f) => changedSince(revision!, f))) unchanged.push(file);
  }
  const waivers = await waiversOf(options.waivers);
  const baseline = options.baseline === undefined ? undefined : readBaseline(readText(options.baseline, 'baseline'));
  if (typeof baseline === 'string') throw new UserError(`${options.baseline}: ${baseline}`);
  return {
    live,
    files: files.filter((f) => !unchanged.includes(f)),
    unchanged,
    policies,
    openssl,
    waivers,
    baseline,
    clock: instant(options.now),
  };
}

async function scanAll(
  live: LiveTarget[],
  options: CiphersOptions,
  interrupt: AbortController,
): Promise<{ target: LiveTarget; scan: EndpointScan }[]> {
  const limits = {
    budget: positive('--budget', options.budget),
    rate: positive('--rate', options.rate),
    concurrency: positive('--concurrency', options.concurrency),
    timeoutMs: positive('--timeout', options.timeout),
  };
  const gentleness = {
    ...(options.slow ? SLOW_GENTLENESS : {}),
    ...Object.fromEntries(Object.entries(limits).filter(([, v]) => v !== undefined)),
  };
  const stop = (): void => interrupt.abort();
  process.once('SIGINT', stop);
  try {
    return await inTurn(live, ENDPOINTS_AT_ONCE, async (target) => ({
      target,
      scan: await enumerateEndpoint(target.target, {
        gentleness,
        ...(options.deep ? { deep: true } : {}),
        signal: interrupt.signal,
      }),
    }));
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

function judgeScan(target: LiveTarget, scan: EndpointScan, plan: Plan, options: CiphersOptions): AuditResult {
  const [name, version] = (target.software ?? options.software ?? '').split('/');
  return auditScan(scan, plan.policies, plan.clock, {
    evidence: target.anchor,
    ...(name ? { software: name } : {}),
    ...(version ? { version } : {}),
  });
}

async function judgeFile(
  file: string,
  plan: Plan,
  options: CiphersOptions,
  scans: EndpointScan[],
): Promise<AuditResult[]> {
  const version = options.software?.split('/')[1];
  const observation = await readConfiguration(file, options.root, softwareHint(options.software));
  if (!observation) {
    const why = 'no server configuration that is known here';
    return [
      {
        findings: [],
        notChecked: [{ what: file, why, wouldShow: 'the main configuration file of the server, or --software NAME' }],
        endpoints: [],
        incomplete: true,
      },
    ];
  }
  const listeners = effectiveMatrix(observation, {
    openssl: plan.openssl,
    debian: options.upstreamOpenssl !== true,
    ...(version ? { softwareVersion: version } : {}),
    keyTypes: keyTypesOf(options.root, file),
  });
  const differences = scans
    .filter((scan) => scan.error === undefined)
    .flatMap((scan) =>
      listeners.filter((l) => l.listener.port === scan.port).flatMap((l) => compareStaticAndLive(l, scan)),
    );
  return [
    auditConfiguration(observation, listeners, plan.policies, plan.clock, version),
    { findings: differences, notChecked: [], endpoints: [], incomplete: false },
  ];
}

/** Software whose configuration syntax is to be assumed, from `--software NAME/VERSION`. */
function softwareHint(option: string | undefined): string | undefined {
  const name = option?.split('/')[0];
  return name && CONFIGURATION_SOFTWARE.has(name) ? name : undefined;
}

function positive(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new UserError(`${option} ${text}: not a positive number`);
  return value;
}

function instant(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = /^\d{9,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time)) throw new UserError(`--now "${text}" is not a time`, { next: 'write 2026-11-21T09:30:00Z' });
  return time;
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
