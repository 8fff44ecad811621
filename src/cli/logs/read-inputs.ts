/** Opens what the user named and reads it as logs, with the threads at hand. */

import { keepHeapClose } from '../../evidence/heap.ts';
import { type OpenedEvidence, openEvidence, type Problem } from '../../evidence/index.ts';
import type { EvidenceKind, EvidenceSource } from '../../evidence/types.ts';
import { append, most } from '../../lists.ts';
import { asUtf8 } from '../../logs/encoding.ts';
import { undress } from '../../logs/formats/dress.ts';
import { type ConfiguredFormat, detectLogFormat, type ReadLogsOptions } from '../../logs/index.ts';
import { patternInput } from '../../logs/pattern.ts';
import type { LogObservations } from '../../logs/types.ts';
import { UserError } from '../exit.ts';
import type { Helpers } from './helpers.ts';
import { shippedLexicon } from './lexicon.ts';
import { askedFormats, lateProblems, linePattern, misfits, type NamedLogOptions, timeOption } from './named-options.ts';
import { type ParallelInput, readInParallel } from './parallel.ts';
import { seekChunks } from './seek.ts';

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

/** What was named and is no log: "nothing found" would pass for a clean one. */
function noLogs({ sources, items, named, endpoints, problems }: OpenedEvidence): Problem[] {
  const told: Problem[] = [];
  for (const { item } of sources)
    if (item.kind === 'binary' && item.format !== 'evtx')
      told.push({
        input: item.path,
        what: 'is no text',
        next: 'name log files only, or use triage for mixed evidence',
        named: false,
      });
  const known = new Set([...problems, ...told].map(({ input }) => input));
  for (const { path, kind, format } of items)
    if (named.includes(path) && kind !== 'archive' && !READABLE.includes(kind) && !known.has(path))
      told.push({
        input: path,
        what: kind === 'empty' ? 'is empty' : `holds no lines of a log (${format ?? kind})`,
        next: kind === 'empty' ? 'copy it again from its source' : 'name log files, or use triage for mixed evidence',
        named: true,
      });
  for (const { host, port } of endpoints)
    told.push({ input: `${host}:${port}`, what: 'is no file', next: 'check the path', named: true });
  return told;
}

export interface NamedLogs {
  logs: LogObservations;
  /** What was asked for with --since and --until. */
  within?: { from?: number; to?: number };
  sources: EvidenceSource[];
  problems: Problem[];
}

/** @param jobs most threads. @param helpers threads that wait already, if any. @throws UserError for an option that makes no sense. */
export async function readInputs(
  inputs: string[],
  options: NamedLogOptions,
  { budget, jobs, helpers }: { budget: number | undefined; jobs: number | undefined; helpers: Helpers },
): Promise<NamedLogs> {
  const { zone } = options;
  const opened = await openEvidence(inputs, {
    stdin: process.stdin,
    detectors: { log: detectLogFormat },
    hashLarge: false,
    // Logs are read as they are unpacked.
    limits: { memoryBytes: KEPT_BYTES },
  });
  keepHeapClose(opened.items.map(({ size }) => size));
  const logFormats: ConfiguredFormat[] = askedFormats(options.logFormat);
  const configurations = await withFormats(opened.sources, logFormats);
  const sources = opened.sources.filter(
    (source) => READABLE.includes(source.item.kind) && !configurations.has(source.item.path),
  );
  const problems = [...opened.problems, ...noLogs(opened)];
  const modified = sources.flatMap((source) => (source.modified === undefined ? [] : [source.modified]));
  const now = options.now === undefined ? Math.max(Date.now(), most(modified)) : timeOption('now', options.now, zone);
  const since = options.since === undefined ? undefined : timeOption('since', options.since, zone);
  const until = options.until === undefined ? undefined : timeOption('until', options.until, zone);
  if (since !== undefined && until !== undefined && since >= until)
    throw new UserError(`--since ${options.since} is not before --until ${options.until}`, {
      next: 'name the earlier time with --since',
    });
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
      ...(source.layout === undefined ? {} : { layout: source.layout }),
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
    options.logPattern,
  );
  const within = {
    ...(since === undefined ? {} : { from: since }),
    ...(until === undefined ? {} : { to: until }),
  };
  const narrowed = since !== undefined || until !== undefined;
  return { logs, sources, problems: [...problems, ...unfit, ...late()], ...(narrowed ? { within } : {}) };
}
