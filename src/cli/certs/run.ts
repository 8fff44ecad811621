/** One run of `paymedic certs`. */

import { existsSync, readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { EvidenceItem } from '../../evidence/types.ts';
import type { Finding, NotChecked, Priority } from '../../finding.ts';
import { applyWaivers, compareWithBaseline, gateFails, readBaseline } from '../../policy/index.ts';
import { nagiosCode } from '../../report/formats/nagios.ts';
import { counted } from '../../wording.ts';
import { type AuditResult, audit, type LinkRole, type Sighting } from '../../x509/audit/index.ts';
import { parsedForm } from '../../x509/certificate.ts';
import { type Certificate, readCertificates } from '../../x509/index.ts';
import { namesHost } from '../../x509/relation.ts';
import type { PublicKey } from '../../x509/spki.ts';
import { type LogList, readLogList } from '../../x509/timestamps.ts';
import { openBlocklist, testPrimality } from '../../x509/weak-keys.ts';
import { EXIT, UserError } from '../exit.ts';
import { parseFormatRequests, writeFileAtomically, writeReports } from '../output.ts';
import { tell } from '../tell.ts';
import { type ColorChoice, languageOf, progressOn } from '../terminal.ts';
import { waiversOf } from '../waivers.ts';
import { compareSightings } from './compare.ts';
import { takeInFiles } from './files.ts';
import { contactTargets, type LiveAnswer } from './live.ts';
import { type Fetched, fetchOnline } from './online.ts';
import { readPinFile } from './pins.ts';
import { buildReport } from './report.ts';
import { changes, freshFindings, lock, readState, writeState } from './state.ts';
import { parseTarget, readTargets, type Target } from './targets.ts';

export interface CertsOptions {
  format?: string[];
  failOn: string;
  now?: string;
  trust?: string[];
  role: string;
  profile: string;
  targets?: string;
  starttls?: string;
  servername?: string;
  cert?: string;
  key?: string;
  online?: boolean;
  allow?: string[];
  timeout: string;
  concurrency: string;
  passwordFile?: string;
  blocklist?: string;
  pins?: string;
  ctLogs?: string;
  writePins?: string;
  waivers?: string;
  baseline?: string;
  onlyNew?: boolean;
  state?: string;
  warnings?: boolean;
  lang?: string;
  verbose?: boolean;
  quiet?: boolean;
}

const SYSTEM_STORES = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/cert.pem'];

/** Runs the audit and writes the reports. Returns the exit code. */
export async function runCerts(inputs: string[], options: CertsOptions, color: ColorChoice): Promise<number> {
  const requests = parseFormatRequests(options.format);
  oneOf('--fail-on', options.failOn, ['urgent', 'important', 'routine', 'never']);
  oneOf('--role', options.role, ['server', 'client', 'any']);
  oneOf('--profile', options.profile, ['auto', 'web', 'private', 'client']);
  const clock = instant(options.now);
  const { files, targets, missing } = sortInputs(inputs, options);
  if (inputs.length === 0 && targets.length === 0) {
    const empty = options.targets !== undefined;
    throw new UserError(empty ? `--targets ${options.targets}: no target in it` : 'nothing to check', {
      exitCode: empty ? EXIT.incomplete : EXIT.usage,
      next: empty
        ? 'write one host:port per line'
        : 'name files, folders or host:port, for example: paymedic certs /etc/ssl pay.example.com:443',
    });
  }
  const anchors = trusted(options.trust);
  const state = options.state === undefined ? undefined : readState(options.state);
  const release = options.state === undefined ? undefined : lock(options.state);
  try {
    const progress = progressOn(process.stderr, process.env);
    const taken = takeInFiles(files, passwords(options), (count) => progress.say(`${counted(count, 'file')}`));
    taken.problems.push(...missing);
    const answers = await contactTargets(targets, {
      ...liveOptions(options),
      onDone: (done, all) => progress.say(`${done} of ${all} endpoints`),
    });
    progress.done();
    const pins = options.pins === undefined ? undefined : readPinFile(options.pins, fileBytes('--pins', options.pins));
    const logs = options.ctLogs === undefined ? undefined : logListOf(options.ctLogs);
    const blocklist =
      options.blocklist === undefined ? undefined : openBlocklist(fileBytes('--blocklist', options.blocklist));
    if (options.blocklist !== undefined && !blocklist)
      throw new UserError(`--blocklist ${options.blocklist}: not a list of 16-byte records`, {
        next: 'use a blocklist in the format of badkeys',
      });
    const seen: Sighting[] = [...taken.sightings, ...answers.flatMap((a) => (a.sighting ? [a.sighting] : []))];
    const online = await fetchedFor(seen, options);
    const sightings = [...seen, ...online.sightings];
    await testPrimality(publicKeys(sightings));
    const result = audit(sightings, {
      clock,
      profile: options.profile as 'auto' | 'web' | 'private' | 'client',
      role: options.role as LinkRole,
      ...(anchors ? { anchors } : {}),
      ...(pins ? { pins } : {}),
      ...(blocklist ? { blocklist } : {}),
      ...(logs ? { logs } : {}),
      ...(options.warnings ? { warnings: true } : {}),
    });
    const all: Finding[] = [...result.findings, ...compareSightings(answers, onDisk(targets))];
    const applied = applyWaivers(all, await waiversOf(options.waivers), clock, 'certs');
    const compared =
      options.baseline === undefined ? undefined : compareWithBaseline(applied.findings, baselineOf(options.baseline));
    // A monitoring plugin tells the present state each time; everything else alerts once.
    const once = state !== undefined && !requests.some((r) => r.format === 'nagios');
    const fresh = new Set(
      [...(compared && options.onlyNew ? compared.fresh : applied.findings)].filter(
        (f) => !once || freshFindings([f], state).length > 0,
      ),
    );
    const findings = options.onlyNew || once ? applied.findings.filter((f) => fresh.has(f)) : applied.findings;
    const gating = applied.gating.filter((f) => fresh.has(f));
    const failures = answers.filter((a) => !a.sighting);
    const report = buildReport({
      clock,
      clockSource: options.now === undefined ? 'system clock' : '--now',
      inputs: [...inputs, ...(options.targets ? [options.targets] : [])],
      audit: result,
      findings,
      gating,
      waivers: applied.waivers,
      notChecked: [
        ...result.notChecked,
        ...unreachable(failures),
        ...refusedClients(answers),
        ...unread(taken.problems),
        ...online.notChecked,
      ],
      evidence: [
        ...taken.evidence,
        ...online.evidence,
        ...answers.map((a, i) => endpointItem(a, taken.evidence.length + i + 1)),
      ],
      answers,
      timeline: state ? changes(result, state, clock) : [],
      known: applied.findings.length - fresh.size,
      skipped: taken.skipped,
      incomplete: failures.length + taken.problems.length,
    });
    await writeReports(report, requests, process, {
      color,
      language: languageOf(options.lang, process.env),
      ...(options.verbose ? { verbose: true } : {}),
      announce: !options.quiet,
    });
    if (!options.quiet) {
      for (const p of taken.problems) tell(`paymedic: ${p.input}: ${p.what}\n  next: ${p.next}\n`);
      for (const a of failures) tell(`paymedic: ${a.place}: ${a.failure?.says ?? 'no answer'}\n`);
    }
    if (options.writePins !== undefined) writePins(options.writePins, result, clock);
    if (options.state !== undefined && state) writeState(options.state, result, applied.findings, state, clock);
    if (requests.some((r) => r.format === 'nagios' && r.file === undefined)) return nagiosCode(report);
    if (gateFails(gating, options.failOn as Priority | 'never')) return EXIT.gateFailed;
    return failures.length + taken.problems.length > 0 ? EXIT.incomplete : EXIT.ok;
  } finally {
    release?.();
  }
}

/** The keys of all certificates, each once. */
function publicKeys(sightings: readonly Sighting[]): PublicKey[] {
  const keys = new Map<string, PublicKey>();
  for (const { observation } of sightings)
    for (const certificate of observation.certificates) {
      if (!keys.has(certificate.spkiSha256)) keys.set(certificate.spkiSha256, parsedForm(certificate).key);
    }
  return [...keys.values()];
}

function sortInputs(
  inputs: string[],
  options: CertsOptions,
): { files: string[]; targets: Target[]; missing: { input: string; what: string; next: string }[] } {
  const files: string[] = [];
  const targets: Target[] = [];
  for (const input of inputs) {
    const target = existsSync(input) ? undefined : parseTarget(input);
    if (target)
      targets.push({
        ...target,
        ...(options.servername ? { serverName: options.servername } : {}),
        ...(options.starttls ? { starttls: options.starttls } : {}),
      });
    else files.push(input);
  }
  if (options.targets !== undefined) {
    const listed = readTargets(fileBytes('--targets', options.targets).toString('utf8'), options.targets);
    targets.push(...listed.map((t) => ({ ...(options.starttls ? { starttls: options.starttls } : {}), ...t })));
  }
  return { files, targets, missing: [] };
}

function oneOf(option: string, value: string, allowed: string[]): void {
  if (!allowed.includes(value))
    throw new UserError(`${option} ${value}: there is no such value`, { next: allowed.join(', ') });
}

function instant(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = /^\d{9,13}$/.test(text) ? Number(text) * (text.length > 11 ? 1 : 1000) : Date.parse(text);
  if (Number.isNaN(time))
    throw new UserError(`--now "${text}" is not a time`, { next: 'write 2026-11-21T09:30:00Z or epoch seconds' });
  return time;
}

function fileBytes(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`${option} ${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The trusted certificates; undefined when none were asked for. */
function trusted(sources: string[] | undefined): Certificate[] | undefined {
  if (!sources?.length) return undefined;
  const anchors = sources.flatMap((source) => {
    // The runtime carries Mozilla's store, as of its own release.
    if (source === 'mozilla') return readCertificates(Buffer.from(rootCertificates.join('\n')), source).certificates;
    const file = source === 'system' ? SYSTEM_STORES.find((f) => existsSync(f)) : source;
    if (file === undefined)
      throw new UserError('--trust system: this system has no trust store at the usual places', {
        next: `name a file; looked at ${SYSTEM_STORES.join(', ')}`,
      });
    const { certificates } = readCertificates(fileBytes('--trust', file), file);
    if (certificates.length === 0) throw new UserError(`--trust ${source}: no certificate in it`);
    return certificates;
  });
  return anchors;
}

function passwords(options: CertsOptions): string[] | undefined {
  if (options.passwordFile === undefined) return undefined;
  return fileBytes('--password-file', options.passwordFile)
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .slice(0, 1000);
}

function liveOptions(options: CertsOptions): {
  timeoutMs: number;
  concurrency: number;
  client?: { cert: Buffer; key: Buffer };
} {
  const number = (option: string, text: string, most: number): number => {
    const value = Number(text);
    if (!Number.isFinite(value) || value <= 0 || value > most)
      throw new UserError(`${option} ${text}: not a number between 1 and ${most}`);
    return value;
  };
  if ((options.cert === undefined) !== (options.key === undefined))
    throw new UserError('--cert and --key belong together');
  return {
    timeoutMs: number('--timeout', options.timeout, 600) * 1000,
    concurrency: number('--concurrency', options.concurrency, 2000),
    ...(options.cert !== undefined && options.key !== undefined
      ? { client: { cert: fileBytes('--cert', options.cert), key: fileBytes('--key', options.key) } }
      : {}),
  };
}

/** What the certificates point to, when the user asked for it by name. */
async function fetchedFor(seen: readonly Sighting[], options: CertsOptions): Promise<Fetched> {
  if (!options.online) {
    if (options.allow?.length) throw new UserError('--allow does nothing without --online');
    return { sightings: [], evidence: [], notChecked: [] };
  }
  if (!options.allow?.length)
    throw new UserError('--online needs the hosts that may be asked', {
      next: 'name them with --allow, for example --allow crl.example.com --allow "*.lencr.org"; the addresses come from the certificates, and a forged one could name any host',
    });
  return fetchOnline(seen, { allow: options.allow, timeoutMs: liveOptions(options).timeoutMs });
}

function logListOf(file: string): LogList {
  let document: unknown;
  try {
    document = JSON.parse(fileBytes('--ct-logs', file).toString('utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`--ct-logs ${file}: not JSON (${(error as Error).message})`);
  }
  const logs = readLogList(document);
  if (!logs)
    throw new UserError(`--ct-logs ${file}: no logs in it`, {
      next: 'use a log list of version 3, as published at https://www.gstatic.com/ct/log_list/v3/log_list.json',
    });
  return logs;
}

/** Records the identities of this run, for --pins of later ones. */
function writePins(file: string, result: AuditResult, clock: number): void {
  const seen = new Date(clock).toISOString();
  const pins = result.certificates
    .filter((c) => c.leaf || namesHost(c.certificate))
    .flatMap(({ certificate: c }) => {
      const names = c.names.filter((n) => n.kind === 'dns' || n.kind === 'ip').map((n) => n.value.toLowerCase());
      const called =
        names.length > 0 ? names : c.subject.commonName === undefined ? [] : [c.subject.commonName.toLowerCase()];
      return called.map((name) => ({
        name,
        issuer: c.issuer.text,
        spkiSha256: [c.spkiSha256],
        serial: c.serial,
        firstSeen: seen,
        lastSeen: seen,
      }));
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  writeFileAtomically(file, `${JSON.stringify({ pins }, null, 1)}\n`);
}

function baselineOf(file: string): Exclude<ReturnType<typeof readBaseline>, string> {
  const baseline = readBaseline(fileBytes('--baseline', file).toString('utf8'));
  if (typeof baseline === 'string') throw new UserError(`--baseline ${file}: ${baseline}`);
  return baseline;
}

/** First certificate of every file that a target names. */
function onDisk(targets: readonly Target[]): Map<string, Certificate> {
  const found = new Map<string, Certificate>();
  for (const { file } of targets) {
    if (file === undefined || found.has(file)) continue;
    const certificate = readCertificates(fileBytes('file', file), file).certificates[0];
    if (certificate) found.set(file, certificate);
  }
  return found;
}

const unreachable = (failures: readonly LiveAnswer[]): NotChecked[] =>
  failures.map((a) => ({
    what: a.place,
    why: a.failure?.says ?? 'no certificate was served',
    wouldShow: `openssl s_client -connect ${a.target.host}:${a.target.port} -showcerts`,
  }));

const refusedClients = (answers: readonly LiveAnswer[]): NotChecked[] =>
  answers.flatMap((a) =>
    a.clientAccepted && !a.clientAccepted.ok
      ? [
          {
            what: `the client certificate at ${a.place}`,
            why: a.clientAccepted.says,
            wouldShow: 'the log of the server, which names the reason',
          },
        ]
      : [],
  );

const unread = (problems: readonly { input: string; what: string; next: string }[]): NotChecked[] =>
  problems.map((p) => ({ what: p.input, why: p.what, wouldShow: p.next }));

const endpointItem = (answer: LiveAnswer, number: number): EvidenceItem => ({
  id: `e${number}`,
  path: answer.place,
  kind: 'endpoint',
  size: 0,
  sha256: '',
  ...(answer.sighting
    ? { counts: { certificates: answer.sighting.observation.certificates.length } }
    : { unreadable: answer.failure?.says ?? 'no answer' }),
});
