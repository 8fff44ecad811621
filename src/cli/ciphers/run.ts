/** Runs `paymedic ciphers`: gathers inputs, scans and reads, applies waivers and baseline, writes the reports. */
import { execFileSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { enumerateEndpoint } from '../../ciphers/live/enumerate.ts';
import { SLOW_GENTLENESS } from '../../ciphers/live/line.ts';
import type { EndpointScan } from '../../ciphers/live/scan-types.ts';
import { OPENSSL_VERSIONS, type OpensslVersion } from '../../ciphers/openssl/cipher-string.ts';
import type { Policy } from '../../ciphers/policy/types.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import type { Baseline } from '../../policy/apply.ts';
import type { WaiverFile } from '../../policy/cover.ts';
import { FORMATS } from '../../report/formats/registry.gen.ts';
import { EXIT, UserError } from '../exit.ts';
import { parseFormatRequests } from '../format-requests.ts';
import { say } from '../say.ts';
import { type ColorChoice, languageOf } from '../terminal.ts';
import { waiversOf } from '../waivers.ts';
import { filesOf, type LiveTarget, liveTarget, loadPolicies, readTargets, readText, softwareHint } from './inputs.ts';

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

/** What a run is to do, checked before any connection is made. */
export interface Plan {
  live: LiveTarget[];
  files: string[];
  unchanged: string[];
  policies: Policy[];
  openssl: OpensslVersion;
  waivers: WaiverFile | undefined;
  baseline: Baseline | undefined;
  clock: number;
}

export interface ScannedTarget {
  target: LiveTarget;
  scan: EndpointScan;
}

/** Returns the exit code. Throws UserError for anything wrong with the arguments, before any connection is made. */
export async function runCiphers(named: string[], options: CiphersOptions, color: ColorChoice): Promise<number> {
  const shipped = (loadKnowledge().other('policies') ?? {}) as { [id: string]: { title?: string } };
  if (options.listPolicies) {
    for (const [id, p] of Object.entries(shipped)) say(`${id.padEnd(28)} ${p.title ?? ''}\n`);
    return EXIT.ok;
  }
  const requests = parseFormatRequests(options.format);
  const plan = await prepare(named, options, shipped);
  const interrupt = new AbortController();
  // Every open connection listens to it.
  setMaxListeners(0, interrupt.signal);
  const scanning = scanAll(plan.live, options, interrupt);
  // What judges and writes is loaded while the server answers.
  const [scans, { judge }, { writeReports }] = await Promise.all([
    scanning,
    import('./judge.ts'),
    import('../output.ts'),
    ...requests.map(({ format }) => FORMATS[format]!()),
  ]);
  const { report, gateFailed, incomplete } = await judge(named, scans, plan, options);
  await writeReports(report, requests, process, {
    color,
    language: languageOf(options.lang, process.env),
    ...(options.verbose ? { verbose: true } : {}),
  });
  if (interrupt.signal.aborted) return EXIT.interrupted;
  if (gateFailed) return EXIT.gateFailed;
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
  const baseline = await baselineOf(options.baseline);
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

async function baselineOf(file: string | undefined): Promise<Baseline | undefined> {
  if (file === undefined) return undefined;
  const { readBaseline } = await import('../../policy/apply.ts');
  const baseline = readBaseline(readText(file, 'baseline'));
  if (typeof baseline === 'string') throw new UserError(`${file}: ${baseline}`);
  return baseline;
}

async function scanAll(
  live: LiveTarget[],
  options: CiphersOptions,
  interrupt: AbortController,
): Promise<ScannedTarget[]> {
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
