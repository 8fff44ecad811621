/** Ranges of log files that several threads read side by side. */
import { type PassingChunks, passingChunks } from '../../evidence/stored.ts';
import { type AttackSearches, useAttackSearches } from '../../logs/attacks/matcher.ts';
import { isBounded, type PartialCounts, type PartialPass, partialPass, willLackRows } from '../../logs/parts.ts';
import {
  newCollector,
  newTables,
  type ReadLogsOptions,
  readSource,
  type SharedTables,
  type SourcePlan,
} from '../../logs/read-logs.ts';
import type { SeriesWork } from '../../logs/traffic/series.ts';

export interface RangeTask {
  plan: SourcePlan;
  file: string;
  from: number;
  to: number;
  /** Bytes of the whole file. */
  size: number;
  /** The only range of its file, so that nothing has to add up. */
  alone: boolean;
}

/** What each thread gets; nothing but data that can be cloned. */
export interface WorkerSetup {
  options: ReadLogsOptions;
  attacks: AttackSearches;
  digestKey: Uint8Array;
  tasks: readonly RangeTask[];
  /** Shared: how many of the tasks were taken. */
  taken: Int32Array;
  /** Shared, by source: a range of it reached a bound, so that one pass over the whole file has to settle it. */
  abandoned: Uint8Array;
}

/** What a thread hands on: each range as it was read, and at last the counts of all its ranges of a source together. */
export interface Found {
  part(index: number, part: PartialPass): void;
  /** @param ranges how many ranges the tables are of. Nobody else holds them. */
  counts(source: number, ranges: number, tables: SharedTables): void;
}

/** The same where the tables are not at hand. */
export interface FoundElsewhere extends Pick<Found, 'part'> {
  counts(source: number, ranges: number, counts: PartialCounts): void;
}

/** The same from a thread that helps, which says when it has read all, and counts series when it is asked to. */
export type HelperMessage =
  | { index: number; part: PartialPass }
  | { source: number; ranges: number; counts: PartialCounts }
  | { read: true }
  | { counted: true };

/** What a thread that helps is asked for. */
export type HelperTask = { ranges: WorkerSetup } | { series: SeriesWork };

/** The chunks, until it is known that what they hold is of no use. @throws Error then. */
function whileOfUse(chunks: PassingChunks, isOver: (bytes: number) => boolean): PassingChunks {
  return Object.assign(checked(chunks, isOver), { into: chunks.into });
}

async function* checked(chunks: AsyncIterable<Buffer>, isOver: (bytes: number) => boolean): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (isOver(chunk.length)) throw new Error('the file has to be read in one pass');
    yield chunk;
  }
}

/**
 * Reads one range after another until none is left. A range that cannot be read is left out, and so are those of a file
 * whose ranges would not add up.
 */
export async function readRanges(
  { options, attacks, digestKey, tasks, taken, abandoned }: WorkerSetup,
  found: Found,
): Promise<void> {
  useAttackSearches(attacks);
  /** By source: tables that all ranges of it share here, since they take more time and room than the rest of a range. */
  const counted = new Map<number, { tables: SharedTables; ranges: number; bytes: number }>();
  for (let index = Atomics.add(taken, 0, 1); index < tasks.length; index = Atomics.add(taken, 0, 1)) {
    const { plan, file, from, to, size, alone } = tasks[index]!;
    const counts = counted.get(plan.index) ?? { tables: newTables(options), ranges: 0, bytes: 0 };
    counted.set(plan.index, counts);
    try {
      const collector = newCollector(options, Buffer.from(digestKey), counts.tables);
      const isOver = (more: number): boolean => {
        if (!alone && (isBounded(collector, plan.index) || willLackRows(collector, counts.bytes, size)))
          abandoned[plan.index] = 1;
        counts.bytes += more;
        return abandoned[plan.index] === 1;
      };
      const read = await readSource(plan, whileOfUse(passingChunks(file, from, to), isOver), collector, options.now);
      if (isOver(0)) continue;
      found.part(index, partialPass(collector, read));
      counts.ranges++;
    } catch {
      // What is missing makes the caller read the whole file, and meet the error there.
      abandoned[plan.index] = 1;
    }
  }
  for (const [source, { tables, ranges }] of counted) {
    if (abandoned[source] === 0) found.counts(source, ranges, tables);
    else for (const { minutes } of [tables.traffic, tables.operations]) minutes.releaseRows();
  }
}
