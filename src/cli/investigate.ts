/** What `triage` and `run` share: options, evidence intake, the run of a playbook, the report and the exit code. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { DEFAULT_THRESHOLDS } from '../checks/priority.ts';
import type { OpenedEvidence } from '../evidence/index.ts';
import type { EvidenceItem } from '../evidence/types.ts';
import type { Priority } from '../finding.ts';
import { append } from '../lists.ts';
import type { Playbook } from '../playbook/language.ts';
import { didYouMean } from '../playbook/problem.ts';
import type { RunOptions, RunResult } from '../playbook/run.ts';
import type { StepImplementation } from '../playbook/steps.ts';
import { isClaim } from '../report/text.ts';
import type { Report } from '../report/types.ts';
import type { NamedLayouts } from '../triage/named-layouts.ts';
import { EXIT, UserError } from './exit.ts';
import type { Project } from './project/defaults.ts';
import { configFiles } from './project/files.ts';
import { tell } from './tell.ts';
import { type ColorChoice, languageOf, progressOn } from './terminal.ts';
import { VERSION } from './version.ts';

const RANK = { urgent: 3, important: 2, routine: 1 } as const;
type FailOn = Priority | 'never';

export interface InvestigationOptions {
  format?: string[];
  now?: string;
  since?: string;
  until?: string;
  zone?: string;
  logFormat?: string[];
  logPattern?: string;
  codes?: string;
  deadline?: string;
  failOn: FailOn;
  lang?: string;
  verbose?: boolean;
  quiet?: boolean;
  handover?: string;
  threshold?: string[];
  waivers?: string;
}

/** What `run` and `resume` add to an investigation: a case, answers, permissions. */
export interface RunExtension {
  /** Clock of the machine, ms UTC, in place of now: a resumed run keeps the one it began with. */
  system?: number;
  run?: Partial<RunOptions>;
  /** Steps beyond those of the triage. */
  steps?: readonly StepImplementation[];
  /** Called once the evidence is open, before any step. */
  opened?(items: readonly EvidenceItem[]): void;
  /** Called with the report before it is rendered. */
  finished?(report: Report): void;
}

const collect = (value: string, before: string[] = []): string[] => [...before, value];

/** Adds the options of an investigating command. */
export function investigationOptions(command: Command): Command {
  return command
    .option(
      '-f, --format <format[=file]>',
      'output format, repeatable: terminal, json, markdown, ...; =FILE writes it to a file',
      collect,
    )
    .option('--now <time>', 'incident clock: the time at which validity is judged (ISO-8601 or epoch seconds)')
    .option('--since <time>', 'ignore log records, connections and payments before this time')
    .option('--until <time>', 'ignore log records, connections and payments after this time')
    .option('--zone <iana-zone>', 'time zone of log lines that carry none')
    .option(
      '--log-format <format>',
      'log_format (nginx) or LogFormat (Apache) of logs in the evidence, repeatable',
      collect,
    )
    .option(
      '--log-pattern <regex>',
      'lines of your own layout: RE2 syntax with groups such as (?P<time>...), (?P<message>...)',
    )
    .option('--codes <file>', 'response codes and status words of your own for payment tables, as YAML')
    .option('--deadline <duration>', 'report what is known after this long (20s, 2m) and name the rest')
    .option('--fail-on <priority>', 'exit 1 at or above: urgent, important, routine, never', 'never')
    .option('--threshold <name=number>', 'change a threshold of the priority rule, repeatable', collect)
    .option('--waivers <file>', 'accepted findings (default: paymedic.waivers.yaml when it exists)')
    .option('--lang <language>', 'en or zh (default: the locale)')
    .option('--handover <folder>', 'write a ready-to-send text for each party that has something to do')
    .option('-v, --verbose', 'everything: all findings, the whole manifest')
    .option('-q, --quiet', 'no notices on standard error');
}

/** `90s`, `2m`, `500ms`, plain seconds; to milliseconds. */
function parseDuration(text: string): number {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)\s*(ms|s|m|h)?$/.exec(text.trim());
  if (!match) throw new UserError(`"${text}" is not a duration`, { next: 'write 20s, 2m or 500ms' });
  return Number(match[1]) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[(match[2] ?? 's') as 'ms' | 's' | 'm' | 'h'];
}

function parseInstant(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const time = /^\d{9,13}$/.test(text) ? Number(text) * (text.length > 11 ? 1 : 1000) : Date.parse(text);
  if (Number.isNaN(time))
    throw new UserError(`${option} "${text}" is not a time`, { next: 'write 2026-11-21T09:30:00Z or epoch seconds' });
  return time;
}

/** A playbook that ships with paymedic, compiled at build time. */
export function shippedPlaybook(id: string): Playbook | undefined {
  try {
    return JSON.parse(
      readFileSync(fileURLToPath(new URL(`../playbooks/${id}.json`, import.meta.url)), 'utf8'),
    ) as Playbook;
  } catch {
    return undefined;
  }
}

/** A shipped playbook that a command cannot do without. */
export function neededPlaybook(id: string): Playbook {
  const playbook = shippedPlaybook(id);
  if (!playbook)
    throw new UserError(`the playbook ${id} is missing from this installation`, {
      exitCode: EXIT.internal,
      next: 'run: npm run build',
    });
  return playbook;
}

/** Runs a playbook over evidence and writes the reports. Returns the exit code. */
export async function investigate(
  evidence: string[],
  playbook: Playbook,
  options: InvestigationOptions,
  color: ColorChoice,
  extension: RunExtension = {},
): Promise<number> {
  if (!['never', 'routine', 'important', 'urgent'].includes(options.failOn))
    throw new UserError(`--fail-on ${options.failOn}: there is no such priority`, {
      next: 'urgent, important, routine or never',
    });
  const { exitCodeFor, parseFormatRequests, writeReports } = await import('./output.ts');
  const requests = parseFormatRequests(options.format);
  const language = languageOf(options.lang, process.env);
  const { report, incomplete, interrupted } = await runInvestigation(evidence, playbook, options, extension);
  if (!report) return EXIT.incomplete;
  await writeReports(report, requests, process, {
    color,
    language,
    ...(options.verbose ? { verbose: true } : {}),
    announce: !options.quiet,
  });
  if (options.handover !== undefined) await writeHandovers(report, options.handover, language, !options.quiet);
  if (interrupted) return EXIT.interrupted;
  return exitCodeFor(report, requests, exitCodeOf(report, options.failOn, incomplete));
}

/** Texts for the parties, made safe like every other output. */
async function writeHandovers(report: Report, folder: string, language: 'en' | 'zh', announce: boolean): Promise<void> {
  const [{ handovers }, { sanitizeReport }, { writeFileAtomically }] = await Promise.all([
    import('../report/handover.ts'),
    import('../report/index.ts'),
    import('./output.ts'),
  ]);
  mkdirSync(folder, { recursive: true });
  const texts = handovers(sanitizeReport(report), language);
  for (const { file, text } of texts) writeFileAtomically(join(folder, file), text);
  if (announce)
    tell(
      texts.length
        ? `wrote ${texts.map((t) => t.file).join(', ')} to ${folder}\n`
        : 'no handover written: nobody has anything to do\n',
    );
}

export interface Investigation {
  /** Absent when there was nothing to read; the reasons went to standard error. */
  report?: Report;
  /** An input that the user named could not be read or judged, or a step ran out of time. */
  incomplete: boolean;
  interrupted: boolean;
}

/** Takes evidence in, runs a playbook over it and puts the report together; writes notices to standard error only. */
export async function runInvestigation(
  evidence: string[],
  playbook: Playbook,
  options: InvestigationOptions,
  extension: RunExtension = {},
): Promise<Investigation> {
  const started = performance.now();
  const deadlineMs = options.deadline === undefined ? undefined : parseDuration(options.deadline);
  const since = parseInstant('--since', options.since);
  const until = parseInstant('--until', options.until);
  if (options.zone !== undefined) checkZone(options.zone);
  const codes =
    options.codes === undefined ? undefined : (await import('./payments/own-codes.ts')).ownCodes(options.codes);
  const progress = progressOn(process.stderr, process.env);
  const [
    { openEvidence },
    { detectors, openSession },
    { triageSteps },
    { adopting },
    { runPlaybook },
    { loadKnowledge },
  ] = await Promise.all([
    import('../evidence/index.ts'),
    import('../triage/session.ts'),
    import('../triage/steps.ts'),
    import('../triage/adopt.ts'),
    import('../playbook/index.ts'),
    import('../knowledge/load.ts'),
  ]);
  progress.say('taking the evidence in');
  const opened = await openEvidence(evidence, { stdin: process.stdin, detectors: await detectors() });
  // A playbook of people's steps may be run without evidence; evidence that was named has to be there.
  const needsEvidence = evidence.length > 0 || extension.run === undefined;
  if (needsEvidence && opened.items.length === 0 && opened.endpoints.length === 0) {
    for (const p of opened.problems) tell(`paymedic: ${p.input}: ${p.what}\n  next: ${p.next}\n`);
    if (opened.problems.length === 0) tell('paymedic: nothing to read\n  next: name a folder or file with evidence\n');
    return { incomplete: true, interrupted: false };
  }
  const project = await projectHere();
  const layouts = await namedLayouts(options, opened);
  let session: ReturnType<typeof openSession>;
  try {
    session = openSession(opened, loadKnowledge(), {
      system: extension.system ?? Date.now(),
      ...(options.now !== undefined ? { nowOption: options.now } : {}),
      ...(since !== undefined ? { since } : {}),
      ...(until !== undefined ? { until } : {}),
      ...(options.zone !== undefined ? { zone: options.zone } : {}),
      ...(layouts && { layouts }),
      ...(codes && { codes }),
      thresholds: parseThresholds(options.threshold),
      ...(project?.topology ? { topology: project.topology } : {}),
      // A third of the time is kept for judging and writing.
      ...(deadlineMs !== undefined ? { readUntil: started + deadlineMs * 0.65 } : {}),
    });
  } catch (error) {
    if (error instanceof RangeError) throw new UserError(`--now: ${error.message}`);
    throw error;
  }
  extension.opened?.(opened.items);
  const controller = new AbortController();
  let interrupts = 0;
  const onInterrupt = (): void => {
    if (++interrupts > 1) process.exit(EXIT.interrupted);
    tell('\npaymedic: interrupted; the report says what is known (again to stop at once)\n');
    controller.abort();
  };
  process.on('SIGINT', onInterrupt);
  const result = await runPlaybook(playbook, {
    ...extension.run,
    implementations: [...triageSteps(session), ...adopting(session, extension.steps ?? [])],
    evidence,
    clock: { now: () => session.observations.clock.now },
    signal: controller.signal,
    ...(deadlineMs !== undefined ? { deadlineMs: Math.max(1, deadlineMs - (performance.now() - started)) } : {}),
    onProgress: (event) =>
      progress.say(`[${event.number}/${event.total}] ${event.title}${event.text ? `: ${event.text}` : ''}`),
  });
  process.off('SIGINT', onInterrupt);
  for (const line of answersWithoutEffect(extension.run?.answers, result)) tell(`paymedic: ${line}\n`);
  const [{ cutShort, finishReport }, { withMerchantNames }, { withWaivers, waiversOf }] = await Promise.all([
    import('../triage/finish.ts'),
    import('../report/merchant-names.ts'),
    import('./waivers.ts'),
  ]);
  const finished = await finishReport(session, {
    version: VERSION,
    inputs: evidence,
    playbook: {
      id: playbook.id,
      title: playbook.title,
      ...(playbook.titles ? { titles: playbook.titles } : {}),
      steps: result.steps,
    },
  });
  const report = withWaivers(withMerchantNames(finished, project?.merchants ?? {}), await waiversOf(options.waivers));
  extension.finished?.(report);
  progress.done();
  if (!options.quiet) for (const p of session.incomplete) tell(`paymedic: ${p.input}: ${p.what}\n  next: ${p.next}\n`);
  return {
    report,
    incomplete:
      session.incomplete.length > 0 ||
      // Checks ran over nothing: that is no pass.
      (report.summary.judged === false && session.checks !== undefined) ||
      result.steps.some((s) => s.outcome === 'timed-out' || s.outcome === 'error' || cutShort(s)) ||
      session.notChecked.some((n) => n.why.startsWith('the deadline')),
    interrupted: result.interrupted,
  };
}

/** The layouts that the user named for logs in the evidence. @throws UserError for one that makes no sense. */
async function namedLayouts(
  { logFormat, logPattern }: InvestigationOptions,
  opened: OpenedEvidence,
): Promise<NamedLayouts | undefined> {
  if (logFormat === undefined && logPattern === undefined) return undefined;
  const [{ askedFormats, linePattern, misfits }, { markNamedLayouts }] = await Promise.all([
    import('./logs/named-options.ts'),
    import('../triage/named-layouts.ts'),
  ]);
  const layouts: NamedLayouts = {
    formats: askedFormats(logFormat),
    ...(logPattern === undefined ? {} : { pattern: linePattern(logPattern) }),
  };
  append(opened.problems, misfits(markNamedLayouts(opened.sources, layouts), logFormat, logPattern));
  return layouts;
}

/** Answers that changed nothing: their step had ended before, or never asked. */
function answersWithoutEffect(answers: RunOptions['answers'], result: RunResult): string[] {
  return Object.entries(answers ?? {})
    .flatMap(([id, answer]) => {
      const detail = result.details.get(id);
      if (!detail || detail.answer?.trim() === answer.trim() || ['waived', 'waiting'].includes(detail.record.outcome))
        return [];
      const { outcome, because } = detail.record;
      return [
        `--answer ${id}=${JSON.stringify(answer.slice(0, 40))} had no effect: the step is ${outcome}${because ? ` (${because.slice(0, 200)})` : ''}`,
      ];
    })
    .map((line) => line.replace(/[\p{Cc}\p{Cf}]/gu, '?'));
}

/** The gate: 1 beats 3 beats 0. */
export function exitCodeOf(report: Report, failOn: FailOn, incomplete: boolean): number {
  if (failOn !== 'never') {
    const waived = new Set(report.waivers?.map((w) => w.fingerprint));
    const open = report.findings.filter((f) => !waived.has(f.fingerprint));
    const worst = [
      // A cause whose every finding somebody has accepted stays in the report and out of the gate.
      ...report.diagnosis
        .filter(isClaim)
        .filter((d) => d.explains.length === 0 || d.explains.some((fingerprint) => !waived.has(fingerprint)))
        .map((d) => d.priority),
      ...open.filter((f) => f.cause === undefined).map((f) => f.priority),
    ];
    if (worst.some((p) => RANK[p] >= RANK[failOn])) return EXIT.gateFailed;
  }
  return incomplete ? EXIT.incomplete : EXIT.ok;
}

/** The project file of the working folder; undefined where there is none. */
async function projectHere(): Promise<Project | undefined> {
  if (!configFiles('.', process.env).some((file) => existsSync(file))) return undefined;
  return (await import('./project/defaults.ts')).projectInForce();
}

function parseThresholds(values: string[] = []): { [name: string]: number } {
  const out: { [name: string]: number } = {};
  for (const value of values) {
    const [name = '', number = ''] = value.split('=');
    if (!name || !Number.isFinite(Number(number)) || number === '')
      throw new UserError(`--threshold ${value}: expected name=number`, {
        next: 'for example --threshold wideShare=0.1',
      });
    // Names with a dot belong to the payment analytics.
    if (!(name in DEFAULT_THRESHOLDS) && !name.includes('.')) {
      const known = Object.keys(DEFAULT_THRESHOLDS);
      const near = didYouMean(name, known);
      throw new UserError(
        `there is no threshold "${name}"${near ? `; did you mean ${near}?` : ''} (--threshold, or thresholds in the project file)`,
        { next: known.join(', ') },
      );
    }
    out[name] = Number(number);
  }
  return out;
}

function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw new UserError(`--zone ${zone}: there is no such time zone`, {
      next: 'use an IANA name such as Europe/London or Asia/Shanghai',
    });
  }
}
