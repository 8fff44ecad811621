/** What a pass over a part of a source found, as plain data, and how such parts are put together again. */
import type { AttackCount } from './attacks/matcher.ts';
import type { CardState } from './card-numbers.ts';
import { MAX_KINDS } from './events.ts';
import { writesPairs } from './formats/json-pairs.ts';
import { readTime } from './formats/json-record.ts';
import { isCombinedLog } from './formats/line-kinds.ts';
import { compileNginxFormat, type NginxFormat, readNginxFormat } from './formats/nginx-format.ts';
import { giveBack, takeKernel } from './kernel/kernel.ts';
import { readAccessRows } from './lanes/access-rows.ts';
import { TIME } from './lanes/json-keys.ts';
import { INTEGER, JsonRows, STRING } from './lanes/json-rows.ts';
import type { readSource, SourcePlan } from './read-logs.ts';
import { type Collector, widen } from './record-assembler.ts';
import { clearRow, emptyRow, RequestTableBuilder } from './request-table.ts';
import { MAX_PER_SOURCE } from './templates.ts';
import { stamp } from './time/timestamp.ts';
import { ROW_BYTES } from './traffic/rows.ts';
import type { TrafficState } from './traffic/traffic.ts';
import type { LogEvent, LogSource, TemplateSeries } from './types.ts';

const SAMPLES = 5;
/** Share of the room for rows that one pass can be trusted to fill: some of it stays empty. */
const SURE_OF_ROWS = 0.85;
/** Bytes after which the rows of a whole source can be told. */
const SURE_AFTER = 32 * 2 ** 20;

export interface PartialPass {
  source: LogSource;
  withOffset: number;
  withoutOffset: number;
  templates: [number, TemplateSeries][];
  events: LogEvent[];
  cards: CardState;
  attacks: AttackCount[];
  recordTotal: number;
  /** Some bound was reached, so that another cut of the source would give another answer. */
  bounded: boolean;
}

/** The counts of some parts of one source, in which their order does not matter. */
export interface PartialCounts {
  traffic: TrafficState;
  operations: TrafficState;
}

/** Whether something was counted together because there was too much of it, so that the order of lines matters. */
export const isApproximated = ({ templates, events, traffic, operations }: Collector): boolean =>
  templates.minutes.beyond > 0 || events.minutes.beyond > 0 || traffic.approximated || operations.approximated;

/** Whether a collector that reads parts of a source, and nothing else, has reached a bound. */
export function isBounded(collector: Collector, index: number): boolean {
  const { templates, events, cards } = collector;
  return templates.isFull(index) || events.full || cards.full || isApproximated(collector);
}

/** @param collector that read this part, and nothing else but traffic and operations of other parts. */
export function partialPass(collector: Collector, read: Awaited<ReturnType<typeof readSource>>): PartialPass {
  const { templates, events, cards, attacks, records } = collector;
  const { index } = read.source;
  return {
    ...read,
    templates: templates.state(index),
    events: events.finish(),
    cards: cards.state(),
    attacks: attacks.finish(),
    recordTotal: records.total,
    bounded: isBounded(collector, index),
  };
}

/** What a collector counted, which must not count further. */
export const partialCounts = ({ traffic, operations }: Pick<Collector, 'traffic' | 'operations'>): PartialCounts => ({
  traffic: traffic.state(),
  operations: operations.state(),
});

/** The buffers of counts that another thread can be given instead of a copy: nobody else has them. */
export function buffersOf({ traffic, operations }: PartialCounts): ArrayBuffer[] {
  return [traffic, operations].flatMap(({ addresses, merchants }) =>
    [addresses.rows, addresses.rest, addresses.texts, merchants.minutes, merchants.ends, merchants.bytes].map(
      ({ buffer }) => buffer as ArrayBuffer,
    ),
  );
}

interface RowRoom {
  minutes: { bytes: number };
}

/** Whether parts of one source, in order, and their counts or tables add up to what one pass over it would say. */
export function addUp(
  parts: readonly PartialPass[],
  counts: readonly { traffic: RowRoom; operations: RowRoom }[],
): boolean {
  if (parts.length === 1) return true;
  const shapes = new Set(parts.flatMap(({ templates }) => templates.map(([key]) => key)));
  const kinds = parts.reduce((sum, { events }) => sum + events.length, 0);
  const fits = (rows: number[]): boolean => rows.reduce((sum, bytes) => sum + bytes, 0) <= SURE_OF_ROWS * ROW_BYTES;
  return (
    parts.every(({ bounded }) => !bounded) &&
    shapes.size < MAX_PER_SOURCE &&
    kinds < MAX_KINDS &&
    fits(counts.map(({ traffic }) => traffic.minutes.bytes)) &&
    fits(counts.map(({ operations }) => operations.minutes.bytes))
  );
}

/**
 * Whether a pass that goes on like this will have no room for all rows. @param read bytes that were counted so far.
 * @param size bytes of the whole source.
 */
export function willLackRows({ traffic, operations }: Collector, read: number, size: number): boolean {
  const rows = Math.max(traffic.rowRoom, operations.rowRoom);
  return read >= SURE_AFTER && (rows / read) * size > ROW_BYTES;
}

/**
 * Puts the parts of one source together, in order, as if the collector had read it, and uses up them and their counts.
 * @param counts of the parts whose tables are not the collector's own. @returns the source.
 */
export function mergeParts(
  collector: Collector,
  plan: SourcePlan,
  parts: readonly PartialPass[],
  counts: readonly PartialCounts[],
): LogSource {
  const [first, ...rest] = parts;
  const source = first!.source;
  const { index } = source;
  let lines = 0;
  let withOffset = 0;
  let withoutOffset = 0;
  for (const part of parts) {
    collector.templates.merge(index, part.templates, lines);
    collector.events.merge(part.events, index, lines);
    collector.cards.merge(part.cards, lines);
    collector.attacks.merge(part.attacks, index, lines);
    collector.records.total += part.recordTotal;
    lines += part.source.lines;
    withOffset += part.withOffset;
    withoutOffset += part.withoutOffset;
  }
  for (const { traffic, operations } of counts) {
    collector.traffic.merge(traffic);
    collector.operations.merge(operations);
  }
  lines = source.lines;
  for (const { source: part } of rest) {
    source.bytes += part.bytes;
    source.parsed += part.parsed;
    source.unparsed += part.unparsed;
    source.operations += part.operations;
    for (const { line, text } of part.unparsedSamples)
      if (source.unparsedSamples.length < SAMPLES) source.unparsedSamples.push({ line: line + lines, text });
    for (const [level, count] of Object.entries(part.levels))
      source.levels[level] = (source.levels[level] ?? 0) + count;
    if (part.first !== undefined) widen(source, part.first);
    if (part.last !== undefined) widen(source, part.last);
    lines += part.lines;
  }
  source.lines = lines;
  // A part may have seen only lines that name their offset.
  source.zone = withoutOffset === 0 && withOffset > 0 ? { name: plan.zone.name, source: 'line' } : { ...plan.zone };
  return source;
}

/** Whether a source can be read in ranges: its lines stand for themselves. */
export const canBeSplit = (plan: SourcePlan): boolean =>
  // UTF-16 and UTF-32 have no bytes to cut at.
  !plan.encoding?.startsWith('utf-') &&
  !plan.dress.colours &&
  !plan.dress.named &&
  !plan.dress.forwarded &&
  (plan.nginx !== undefined || (!plan.table && (isJson(plan) || isCombinedLog(plan.format))));

const configuredFormat = ({ nginx }: SourcePlan): NginxFormat | undefined =>
  nginx && compileNginxFormat(nginx.name, nginx.format);

/** Records that belong together may stand in two ranges. */
const isJson = ({ format }: SourcePlan): boolean => format.format.includes('json') && !writesPairs(format);

/**
 * Index of the first line in `bytes` with which a range may begin: one that ends whatever came before and carries its
 * own time. -1 when there is none. @param bytes from anywhere in the source.
 */
export function rangeStart(plan: SourcePlan, bytes: Buffer): number {
  const format = configuredFormat(plan);
  if (format) return firstOfFormat(format, bytes);
  const kernel = takeKernel();
  if (!kernel) return -1;
  try {
    const { bytes: b } = kernel;
    const length = bytes.copy(b, 0, 0, kernel.room - 64);
    const last = bytes.lastIndexOf(10, length - 1);
    const rows = new JsonRows(kernel);
    for (let at = bytes.indexOf(10) + 1; at > 0 && at <= last; at = bytes.indexOf(10, at) + 1) {
      if (!isJson(plan)) {
        if (readAccessRows(kernel, at, bytes.indexOf(10, at) + 1) > 0) return at;
        continue;
      }
      if (!rows.seek(at, length)) continue;
      if (rows.kind(TIME) !== STRING && rows.kind(TIME) !== INTEGER) continue;
      const time = b.toString('latin1', rows.from(TIME), rows.to(TIME));
      if (readTime(time) && !stamp.dateless && !stamp.yearless) return at;
    }
    return -1;
  } finally {
    giveBack(kernel);
  }
}

/** Index of the first line behind another that is written in a configured format. */
function firstOfFormat(format: NginxFormat, bytes: Buffer): number {
  const scratch = new RequestTableBuilder(1);
  const row = emptyRow();
  for (let at = bytes.indexOf(10) + 1; at > 0; ) {
    const end = bytes.indexOf(10, at);
    if (end === -1) return -1;
    if (readNginxFormat(format, bytes, at, end, clearRow(row), scratch) && format.hasTime) return at;
    at = end + 1;
  }
  return -1;
}
