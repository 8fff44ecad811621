/** The one pass over all log files. */
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path/posix';
import { boundsReached } from './approximations.ts';
import { AttackCounter } from './attacks/matcher.ts';
import { CardScanner } from './card-numbers.ts';
import { FixedColumns, type ProvenColumns } from './cards/fixed-columns.ts';
import { asUtf8, type Encoding, foreignEncoding } from './encoding.ts';
import { EventGatherer } from './events.ts';
import { type ConfiguredFormat, compileFormats, configuredFormat } from './formats/configured.ts';
import { detectLogFormat, type LogFormat } from './formats/detect.ts';
import { type Dress, undress } from './formats/dress.ts';
import { FORWARDED, unpacked } from './formats/forwarded.ts';
import type { TableLayout } from './formats/line-kinds.ts';
import { compileNginxFormat } from './formats/nginx-format.ts';
import { isHeader, isTypeLine, splitRow, tableSeparator } from './formats/table.ts';
import type { CompiledLexicon } from './lexicon/compile.ts';
import { forEachBlock } from './line-blocks.ts';
import type { Collector, Counting } from './record-assembler.ts';
import { RecordStore } from './records.ts';
import { REQUEST_CAPACITY, RequestTableBuilder, TABLE_BYTES } from './request-table.ts';
import { SourceReader } from './source-reader.ts';
import type { Looks } from './sweep.ts';
import { TemplateCounter } from './templates.ts';
import { SourceClock } from './time/clock.ts';
import { namesDayFirst } from './time/date-order.ts';
import { parseTimestamp, stamp } from './time/timestamp.ts';
import { fixedOffset, UTC, type ZoneClock, zoneClock } from './time/zone.ts';
import { Traffic } from './traffic/traffic.ts';
import type { LogObservations, LogSource } from './types.ts';

/** A log as the evidence room hands it over. */
export interface LogInput {
  /** Path relative to the bundle. */
  file: string;
  /** First bytes, decompressed. */
  head: Buffer;
  /** ms UTC. */
  modified?: number;
  /** What the format is called where the lines were made from others. */
  layout?: string;
  chunks(): AsyncIterable<Buffer>;
}

export interface ReadLogsOptions {
  lexicon: CompiledLexicon;
  /** IANA zone of lines without an offset. */
  zone?: string;
  /** Where `zone` comes from; `topology` unless said otherwise. */
  zoneSource?: 'topology' | 'option';
  /** ms UTC: gives dates without a year theirs. */
  now: number;
  /** log_format and LogFormat strings found in configurations or given by the user. */
  logFormats?: ConfiguredFormat[];
  /** ms UTC; records and requests before are counted as read but not kept. */
  since?: number;
  /** ms UTC, exclusive. */
  until?: number;
  /** Estimated heap bytes for records; requests get as much where that is more than they would have. */
  budgetBytes?: number;
  /**
   * `all` (the default) keeps requests in a table and records within the budget; `counts` only counts them, in far less
   * memory and time.
   */
  keep?: 'all' | 'counts';
  /**
   * What is counted: traffic, operations of applications and attack signatures, unless said otherwise. A diagnosis reads the
   * requests themselves and needs the operations only.
   */
  counting?: Counting;
  /** What is looked for besides the counts; everything unless said otherwise. */
  looks?: Looks;
  /** Whether it is counted how long requests of each merchant took. */
  timedMerchants?: boolean;
  /** False turns the fast lanes off; for tests that compare them with the general readers. */
  lanes?: boolean;
  /** Secret for card digests; random per run otherwise. */
  digestKey?: Buffer;
}

/** `logs/pay/app.node-2.log.1.gz` to `app.node-2`: the series a rotated file belongs to. */
export function seriesName(file: string): string {
  const base = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('!')) + 1);
  return base
    .replace(/\.(?:gz|zst|xz|bz2|zip)$/i, '')
    .replace(/(?:[.-](?:19|20)\d{6}(?:-\d+)?|[.-]\d{4}-\d\d-\d\d(?:[.-]\d+)?|\.\d{1,5})$/, '')
    .replace(/\.(?:log|jsonl|ndjson|json|txt|csv|out|err)(?:[.-]\d{1,5})?$/i, '')
    .replace(/(?:[.-](?:19|20)\d{6}|[.-]\d{4}-\d\d-\d\d(?:[.-]\d{1,5})?|\.\d{1,5})$/, '');
}

/** Offset of the first bracketed stamps of an access log, in minutes; undefined when there is none. */
function clfOffset(head: Buffer): number | undefined {
  let at = 0;
  for (let lines = 0; lines < 20 && at < head.length; lines++) {
    const newline = head.indexOf(10, at);
    const end = newline === -1 ? head.length : newline;
    const bracket = head.indexOf(91, at);
    if (bracket !== -1 && bracket < end && parseTimestamp(head, bracket + 1, end) && !Number.isNaN(stamp.offset))
      return stamp.offset;
    at = end + 1;
  }
  return undefined;
}

interface Prepared {
  input: Omit<LogInput, 'chunks'>;
  /** The first bytes, in UTF-8. */
  raw: Buffer;
  /** The first bytes without colours and container names. */
  head: Buffer;
  dress: Dress;
  detected: LogFormat;
  offset: number | undefined;
}

const ownServer = (item: Prepared): boolean =>
  item.detected.role === 'access' && item.detected.format !== 'access-json';
const errorLogOfServer = (item: Prepared): boolean =>
  item.detected.format === 'nginx-error' || item.detected.format === 'httpd-error';

/** Offsets that the access logs of our own servers name, in minutes. */
interface Offsets {
  byFolder: ReadonlyMap<string, ReadonlySet<number>>;
  everywhere: ReadonlySet<number>;
}

function offsetsOf(all: readonly Prepared[]): Offsets {
  const byFolder = new Map<string, Set<number>>();
  const everywhere = new Set<number>();
  for (const item of all) {
    if (item.offset === undefined || !ownServer(item)) continue;
    const folder = dirname(item.input.file);
    byFolder.set(folder, (byFolder.get(folder) ?? new Set()).add(item.offset));
    everywhere.add(item.offset);
  }
  return { byFolder, everywhere };
}

/**
 * Zone for lines without an offset. Error logs of a web server are written in the zone of its access log, which names
 * its offset; that beats a zone given for the whole site.
 */
function zoneFor(
  item: Prepared,
  known: Offsets,
  options: ReadLogsOptions,
): { clock: ZoneClock; source: LogSource['zone']['source'] } {
  const site = options.zone === undefined ? undefined : zoneClock(options.zone);
  const beside = known.byFolder.get(dirname(item.input.file));
  if (errorLogOfServer(item) && beside?.size === 1) {
    const [offset] = beside;
    const anchor = options.now;
    // The site's zone knows summer time, a bare offset does not: keep the zone where both agree.
    if (!site || site.toUtc(anchor) !== anchor - offset! * 60_000) {
      if (!site) return { clock: fixedOffset(offset!), source: 'line' };
      const year = 365 * 86_400_000;
      const sometimes = [0, 0.25, 0.5, 0.75].some(
        (part) => site.toUtc(anchor - part * year) === anchor - part * year - offset! * 60_000,
      );
      if (!sometimes) return { clock: fixedOffset(offset!), source: 'line' };
    }
  }
  if (site) return { clock: site, source: options.zoneSource ?? 'topology' };
  if (known.everywhere.size === 1) {
    const [offset] = known.everywhere;
    return { clock: fixedOffset(offset!), source: 'inferred' };
  }
  return { clock: UTC, source: 'assumed-utc' };
}

/** Header and separator of a table that `detectLogFormat` called one. */
function tableLayout(item: Prepared): TableLayout | undefined {
  if (item.detected.format !== 'table' && item.detected.format !== 'delimited') return undefined;
  const lines = item.head
    .toString('utf8')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !isTypeLine(line))
    .slice(0, 20);
  // The head may end inside a line.
  if (lines.length > 2 && item.head.length >= 4096) lines.pop();
  const separator = tableSeparator(lines);
  if (!separator) return undefined;
  const header = splitRow(lines[0]!.replace(/^\ufeff/, ''), separator);
  return { separator, header: isHeader(header) && item.detected.format === 'table' ? header : undefined };
}

/** Everything that reading one source needs besides its bytes; plain data, so that another thread can have it. */
export interface SourcePlan {
  index: number;
  file: string;
  modified: number | undefined;
  format: LogFormat;
  /** See LogInput. */
  layout: string | undefined;
  /** The configured format that fits, if one does. */
  nginx: { name: string; format: string } | undefined;
  zone: { name: string; source: LogSource['zone']['source'] };
  /** See `SourceClock`. */
  dayFirst: boolean;
  table: TableLayout | undefined;
  dress: Dress;
  /** In which records have card numbers. */
  cardColumns: ProvenColumns;
  encoding: Encoding | undefined;
}

/** Known by the first lines, so that all ranges of a file are searched for the same. */
function cardColumns(head: Buffer): ProvenColumns {
  const columns = new FixedColumns();
  columns.learn(head, 0, head.length);
  return columns.proven;
}

const PLAIN: LogFormat = { format: 'plain-text', role: 'other', confidence: 0 };

/** Settles format, zone and layout of every source from their first bytes. */
export function planSources(inputs: Omit<LogInput, 'chunks'>[], options: ReadLogsOptions): SourcePlan[] {
  const formats = compileFormats(options.logFormats ?? []);
  const prepared = inputs.map((input): Prepared => {
    const raw = asUtf8(input.head);
    const { dress, head } = undress(raw);
    const detected = detectLogFormat(head) ?? PLAIN;
    if (detected.format !== FORWARDED) return { input, raw, head, dress, detected, offset: clfOffset(head) };
    const lines = unpacked(head);
    const inner = detectLogFormat(lines) ?? PLAIN;
    return { input, raw, head: lines, dress: { ...dress, forwarded: true }, detected: inner, offset: clfOffset(lines) };
  });
  const offsets = offsetsOf(prepared);
  return prepared.map((item, index): SourcePlan => {
    const { input, detected, dress } = item;
    const zone = zoneFor(item, offsets, options);
    const nginx = configuredFormat(item.head, detected, formats)?.given;
    return {
      index,
      file: input.file,
      modified: input.modified,
      format: nginx
        ? { ...detected, format: 'nginx-access', role: 'access', ...(nginx.software && { software: nginx.software }) }
        : detected,
      layout: input.layout,
      nginx: nginx && { name: nginx.name, format: nginx.format },
      zone: { name: zone.clock.name, source: zone.source },
      dayFirst: namesDayFirst(item.raw, options.now, input.modified),
      table: tableLayout(item),
      dress,
      cardColumns: cardColumns(item.raw),
      encoding: foreignEncoding(input.head),
    };
  });
}

/** What passes over ranges of one source can share: large tables in which the order of lines does not matter. */
export type SharedTables = Pick<Collector, 'requests' | 'traffic' | 'operations'>;

export const newTables = (options: ReadLogsOptions): SharedTables => ({
  requests: new RequestTableBuilder(
    options.keep === 'counts' ? 0 : REQUEST_CAPACITY,
    Math.max(TABLE_BYTES, options.budgetBytes ?? 0),
  ),
  traffic: new Traffic(options.timedMerchants),
  operations: new Traffic(options.timedMerchants),
});

/** Where one pass puts what it reads. */
export function newCollector(options: ReadLogsOptions, digestKey: Buffer, tables = newTables(options)): Collector {
  return {
    ...tables,
    lexicon: options.lexicon,
    records: new RecordStore(options.keep === 'counts' ? 0 : options.budgetBytes),
    templates: new TemplateCounter(),
    events: new EventGatherer(),
    cards: new CardScanner(digestKey),
    attacks: new AttackCounter(),
    lanes: options.lanes ?? true,
    counting: options.counting ?? 'everything',
    looks: options.looks ?? { cards: true, texts: true },
    since: options.since ?? Number.NEGATIVE_INFINITY,
    until: options.until ?? Number.POSITIVE_INFINITY,
  };
}

/**
 * Reads the lines of one source into the collector.
 * @param now see ReadLogsOptions. @returns the source, and how many of its stamps named their offset.
 */
export async function readSource(
  plan: SourcePlan,
  chunks: AsyncIterable<Buffer>,
  collector: Collector,
  now: number,
): Promise<{ source: LogSource; withOffset: number; withoutOffset: number }> {
  const { index, file, format, nginx, zone } = plan;
  const source: LogSource = {
    index,
    file,
    format: format.format,
    role: format.role,
    ...(format.software ? { software: format.software } : {}),
    node: seriesName(file),
    bytes: 0,
    lines: 0,
    parsed: 0,
    unparsed: 0,
    unparsedSamples: [],
    operations: 0,
    zone: { ...zone },
    levels: {},
  };
  const clock = new SourceClock(zoneClock(zone.name) ?? UTC, now, plan.modified, plan.dayFirst);
  const reader = new SourceReader(source, collector, clock, {
    table: plan.table,
    nginx: nginx && compileNginxFormat(nginx.name, nginx.format),
    dress: plan.dress,
    cardColumns: plan.cardColumns,
  });
  const operations = collector.operations.total;
  const counts = await forEachBlock(chunks, (block, end, line) => reader.block(block, end, line), plan.encoding);
  reader.finish();
  source.bytes = counts.bytes;
  source.lines = counts.lines;
  if (plan.layout !== undefined) source.format = plan.layout;
  source.operations = collector.operations.total - operations;
  return { source, withOffset: clock.withOffset, withoutOffset: clock.withoutOffset };
}

/** What a pass that is over has to say. */
export function observationsOf(collector: Collector, sources: LogSource[]): LogObservations {
  return {
    sources,
    records: collector.records.records,
    sampledOut: collector.records.sampledOut,
    requests: collector.requests.build(),
    events: collector.events.finish(),
    templates: collector.templates.series,
    cards: collector.cards.finish(),
    traffic: collector.traffic,
    operations: collector.operations,
    signatures: collector.attacks.finish(),
    recordTotal: collector.records.total,
    approximated: boundsReached(collector),
  };
}

/**
 * Reads every source once and returns what was seen. Never throws on content: what could not be parsed is counted and
 * sampled in its source. Errors of the stream itself (a file that cannot be read) pass through.
 * @param inputs in path order; their index is the `source` of everything that comes from them.
 */
export async function readLogs(inputs: LogInput[], options: ReadLogsOptions): Promise<LogObservations> {
  const collector = newCollector(options, options.digestKey ?? randomBytes(32));
  const sources: LogSource[] = [];
  for (const plan of planSources(inputs, options)) {
    const { source } = await readSource(plan, inputs[plan.index]!.chunks(), collector, options.now);
    sources.push(source);
  }
  return observationsOf(collector, sources);
}
