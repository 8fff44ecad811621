/** Opens what the user named, reads it as logs and sums it up. */

import { openEvidence, type Problem } from '../../evidence/index.ts';
import type { EvidenceKind, EvidenceSource } from '../../evidence/types.ts';
import { append, most } from '../../lists.ts';
import { asUtf8 } from '../../logs/encoding.ts';
import { undress } from '../../logs/formats/dress.ts';
import { type ConfiguredFormat, detectLogFormat, fitsConfigured, type ReadLogsOptions } from '../../logs/index.ts';
import { compileLinePattern, type LinePattern, patternInput } from '../../logs/pattern.ts';
import { type LogSummary, summarise } from '../../logs/summary.ts';
import { epochMilliseconds, parseTimestampText, stamp } from '../../logs/time/timestamp.ts';
import { zoneClock } from '../../logs/time/zone.ts';
import type { LogObservations } from '../../logs/types.ts';
import { judgeLogs } from '../../logs/windows/log-windows.ts';
import { UserError } from '../exit.ts';
import { shippedLexicon } from './lexicon.ts';
import { letNurseriesGrow } from './nursery.ts';
import { Helpers, type ParallelInput, readInParallel } from './parallel.ts';
import { seekChunks } from './seek.ts';

export interface NamedLogOptions {
  since?: string;
  until?: string;
  zone?: string;
  now?: string;
  logFormat?: string[];
  budget?: string;
  jobs?: string;
  sigma?: string[];
  placeholders?: string;
  crs?: string;
  secrets?: boolean;
  logPattern?: string;
  partial?: string;
  /** File for the minutes of all legs. */
  minutes?: string;
  /** Whole requests and records are wanted whatever else is asked. */
  keep?: 'all';
  paranoia?: string;
}

/** Unpacked files that are kept in memory between the look at what they are and the reading. */
const KEPT_BYTES = 16 * 2 ** 20;

/** Kinds that hold lines; whatever else was named is reported as no log. */
const READABLE: readonly EvidenceKind[] = [
  'log',
  'text',
  'table',
  'network-flows',
  'transactions',
  'structured',
  'changes',
  'message',
];

/** ISO-8601 (in the given zone when it names none) or epoch seconds, as ms UTC. */
export function timeOption(name: string, text: string, zone: string | undefined): number {
  const number = Number(text);
  const epoch = Number.isFinite(number) ? epochMilliseconds(number) : undefined;
  if (epoch !== undefined) return epoch;
  // A date alone means its midnight.
  if (
    !parseTimestampText(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text) ||
    stamp.dateless ||
    stamp.yearless
  ) {
    throw new UserError(`--${name} ${text}: not a time`, { next: 'write it as 2026-09-12T08:00:00Z' });
  }
  if (!Number.isNaN(stamp.offset)) return stamp.local - stamp.offset * 60_000;
  return (zone === undefined ? undefined : zoneClock(zone))?.toUtc(stamp.local) ?? stamp.local;
}

/** @throws UserError for a pattern that is wrong. */
export function linePattern(text: string): LinePattern {
  try {
    return compileLinePattern(text);
  } catch (error) {
    throw new UserError(`--log-pattern: ${(error as Error).message}`, {
      next: "for example '(?P<time>\\S+ \\S+) (?P<level>\\w+) (?P<message>.*)' in RE2 syntax",
    });
  }
}

/**
 * Told before the reading, asked after it: what only reading to the end shows (data cut or damaged, a bomb stopped).
 * @param named inputs that the user named
 */
export function lateProblems(sources: readonly EvidenceSource[], named: readonly string[]): () => Problem[] {
  const told = new Map(sources.map(({ item }) => [item, item.notes?.length ?? 0]));
  return () => {
    for (const source of sources) source.noteChange?.();
    return [...told].flatMap(([item, before]) =>
      (item.notes ?? []).slice(before).map((what) => ({
        input: item.path,
        what,
        next: 'what was read up to there is in the result',
        named: named.includes(item.path),
      })),
    );
  };
}

/** Formats that the user gave for these very logs. */
export const askedFormats = (formats: readonly string[] = []): ConfiguredFormat[] =>
  formats.map((format, i) => {
    if (!/[$%]\{?[\w>!,]/.test(format))
      throw new UserError(`--log-format ${JSON.stringify(format)}: names nothing of a request`, {
        next: 'the log_format of nginx or LogFormat of Apache as configured, in single quotes: \'$remote_addr [$time_local] "$request" $status\'',
      });
    return { name: `option ${i + 1}`, format, asked: true };
  });

/** A layout that was named and that no file has is said: the log would be read as something else without a word. */
function misfits(heads: readonly Buffer[], asked: readonly string[] = []): Problem[] {
  return askedFormats(asked).flatMap((format) =>
    heads.some((head) => fitsConfigured(head, [format]))
      ? []
      : [
          {
            input: `--log-format '${format.format}'`,
            what: 'fits fewer than nine of ten lines of every file; they were read as what they look like',
            next: 'compare it with a line of the log, sign by sign; --log-pattern takes a regular expression',
            named: true,
          },
        ],
  );
}

const CONFIGURATION_BYTES = 4 * 2 ** 20;
/** What a configuration calls the layout of an access log. */
const FORMAT_DIRECTIVE = /^[ \t]*(?:log_format|LogFormat)[ \t]/im;

/**
 * Adds the layouts that configurations beside the logs describe.
 * @returns the configurations: they are no logs.
 */
async function withFormats(sources: readonly EvidenceSource[], into: ConfiguredFormat[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const source of sources) {
    if (source.item.size > CONFIGURATION_BYTES || !FORMAT_DIRECTIVE.test(source.head.toString('latin1'))) continue;
    const { readServerConfig } = await import('../../ciphers/config/index.ts');
    const bytes = await source.bytes(CONFIGURATION_BYTES).catch(() => undefined);
    const read = bytes && readServerConfig(bytes.toString('utf8'), source.item.path);
    if (!read || read.logFormats.length === 0) continue;
    found.add(source.item.path);
    append(into, read.logFormats);
  }
  return found;
}

/** Opens and reads what was named. @throws UserError for an option that makes no sense. */
export async function readNamed(
  inputs: string[],
  options: NamedLogOptions,
): Promise<{ logs: LogObservations; sources: EvidenceSource[]; problems: Problem[] }> {
  const { zone } = options;
  if (zone !== undefined && !zoneClock(zone)) {
    throw new UserError(`--zone ${zone}: no such time zone`, { next: 'an IANA name such as Asia/Shanghai, or +08:00' });
  }
  const budget = options.budget === undefined ? undefined : Number(options.budget);
  if (budget !== undefined && !(budget >= 1 && budget <= 65_536)) {
    throw new UserError(`--budget ${options.budget}: a number of MiB is wanted`, { next: 'for example --budget 256' });
  }
  const jobs = options.jobs === undefined ? undefined : Number(options.jobs);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1))
    throw new UserError(`--jobs ${options.jobs}: a number of threads is wanted`, { next: 'for example --jobs 2' });
  letNurseriesGrow(false);
  const countsOnly =
    options.keep === undefined && !options.sigma && options.crs === undefined && options.logPattern === undefined;
  // Parts of a file that are sought by time are read by one thread.
  const helpers = Helpers.forFiles(countsOnly && !options.since && !options.until ? inputs : [], jobs);
  try {
    return await readWith(inputs, options, { budget, jobs, helpers });
  } finally {
    helpers.dismiss();
    letNurseriesGrow(true);
  }
}

async function readWith(
  inputs: string[],
  options: NamedLogOptions,
  { budget, jobs, helpers }: { budget: number | undefined; jobs: number | undefined; helpers: Helpers },
): ReturnType<typeof readNamed> {
  const { zone } = options;
  const opened = await openEvidence(inputs, {
    stdin: process.stdin,
    detectors: { log: detectLogFormat },
    hashLarge: false,
    // Logs are read as they are unpacked.
    limits: { memoryBytes: KEPT_BYTES },
  });
  const logFormats: ConfiguredFormat[] = askedFormats(options.logFormat);
  const configurations = await withFormats(opened.sources, logFormats);
  const sources = opened.sources.filter(
    (source) => READABLE.includes(source.item.kind) && !configurations.has(source.item.path),
  );
  const problems = [...opened.problems];
  for (const { item } of opened.sources) {
    if (item.kind === 'binary' && item.format !== 'evtx') {
      problems.push({
        input: item.path,
        what: 'is no text',
        next: 'name log files only, or use triage for mixed evidence',
        named: false,
      });
    }
  }
  // What was named and holds no line is said: "nothing found" would pass for a clean log.
  for (const { path, kind, format } of opened.items)
    if (
      opened.named.includes(path) &&
      kind !== 'archive' &&
      !READABLE.includes(kind) &&
      !problems.some(({ input }) => input === path)
    )
      problems.push({
        input: path,
        what: kind === 'empty' ? 'is empty' : `holds no lines of a log (${format ?? kind})`,
        next: kind === 'empty' ? 'copy it again from its source' : 'name log files, or use triage for mixed evidence',
        named: true,
      });
  for (const { path } of opened.endpoints.map(({ host, port }) => ({ path: `${host}:${port}` }))) {
    problems.push({ input: path, what: 'is no file', next: 'check the path', named: true });
  }
  const modified = sources.flatMap((source) => (source.modified === undefined ? [] : [source.modified]));
  const now = options.now === undefined ? Math.max(Date.now(), most(modified)) : timeOption('now', options.now, zone);
  const since = options.since === undefined ? undefined : timeOption('since', options.since, zone);
  const until = options.until === undefined ? undefined : timeOption('until', options.until, zone);
  const pattern = options.logPattern === undefined ? undefined : linePattern(options.logPattern);
  const logInputs: ParallelInput[] = [];
  for (const source of sources) {
    const limits = { since: since ?? Number.NEGATIVE_INFINITY, until: until ?? Number.POSITIVE_INFINITY };
    const part =
      since === undefined && until === undefined
        ? undefined
        : await seekChunks(source, { ...limits, now, ...(zone === undefined ? {} : { zone }) });
    if (part) problems.push(part.note);
    const input = {
      file: source.item.path,
      head: source.head,
      ...(source.modified === undefined ? {} : { modified: source.modified }),
      chunks: () => (part ? part.chunks() : source.passing()),
    };
    if (pattern) logInputs.push(patternInput(input, pattern));
    else logInputs.push({ ...input, ...(part || source.file === undefined ? {} : { path: source.file }) });
  }
  const readOptions: ReadLogsOptions = {
    lexicon: shippedLexicon(),
    now,
    // Rules need whole requests and records; everything else needs only counts.
    keep: options.keep ?? (options.sigma || options.crs !== undefined ? 'all' : 'counts'),
    timedMerchants: options.minutes !== undefined,
    ...(zone === undefined ? {} : { zone, zoneSource: 'option' as const }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(budget === undefined ? {} : { budgetBytes: budget * 2 ** 20 }),
    logFormats,
  };
  const late = lateProblems(sources, opened.named);
  const logs = await readInParallel(logInputs, readOptions, jobs, helpers, options.partial === undefined);
  const unfit = misfits(
    sources.map(({ head }) => undress(asUtf8(head)).head),
    options.logFormat,
  );
  return { logs, sources, problems: [...problems, ...unfit, ...late()] };
}

export async function readNamedLogs(
  inputs: string[],
  options: NamedLogOptions,
): Promise<{ summary: LogSummary; problems: Problem[] }> {
  const { logs, sources, problems } = await readNamed(inputs, options);
  // Before the windows are judged, which takes memory of its own.
  if (options.partial !== undefined) {
    const { writePartial } = await import('./merge.ts');
    writePartial(logs, options.partial);
  }
  const judged = judgeLogs(logs);
  if (options.minutes !== undefined) {
    const { writeMinutes } = await import('./minutes.ts');
    writeMinutes(judged.series, options.minutes);
  }
  const summary = summarise(logs, judged);
  if (options.secrets) {
    const { findSecrets } = await import('./secrets.ts');
    summary.secrets = await findSecrets(sources);
  }
  if (options.sigma) {
    const { readPlaceholders, sigmaHits } = await import('./sigma.ts');
    const placeholders = options.placeholders === undefined ? undefined : readPlaceholders(options.placeholders);
    const { detections, notes } = await sigmaHits(logs, options.sigma, placeholders);
    summary.detections = detections;
    append(problems, notes);
  }
  if (options.crs !== undefined) {
    const paranoia = Number(options.paranoia ?? 1);
    if (![1, 2, 3, 4].includes(paranoia))
      throw new UserError(`--paranoia ${options.paranoia}: 1 to 4 is wanted`, { next: '1 is meant for production' });
    const { attackScan } = await import('./attacks.ts');
    const { attacks, notes } = attackScan(logs, options.crs, paranoia);
    summary.attacks = attacks;
    append(problems, notes);
  }
  return { summary, problems };
}
