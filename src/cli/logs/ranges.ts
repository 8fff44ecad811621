/** Ranges of log files that several threads read side by side. */
import { passingChunks } from '../../evidence/stored.ts';
import { isBounded, type PartialPass, partialPass } from '../../logs/parts.ts';
import { newCollector, type ReadLogsOptions, readSource, type SourcePlan } from '../../logs/read-logs.ts';

export interface RangeTask {
  plan: SourcePlan;
  file: string;
  from: number;
  to: number;
  /** The only range of its file, so that nothing has to add up. */
  alone: boolean;
}

/** What each thread gets; nothing but data that can be cloned. */
export interface WorkerSetup {
  options: ReadLogsOptions;
  digestKey: Uint8Array;
  tasks: readonly RangeTask[];
  /** Shared: how many of the tasks were taken. */
  taken: Int32Array;
  /** Shared, by source: a range of it reached a bound, so that one pass over the whole file has to settle it. */
  abandoned: Uint8Array;
}

/** The chunks, until it is known that what they hold is of no use. @throws Error then. */
async function* whileOfUse(chunks: AsyncIterable<Buffer>, isOver: () => boolean): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (isOver()) throw new Error('the file has to be read in one pass');
    yield chunk;
  }
}

/**
 * Reads one range after another until none is left. A range that cannot be read is left out, and so are those of a file
 * whose ranges would not add up.
 * @param done is handed what was counted in the range of that index.
 */
export async function readRanges(
  { options, digestKey, tasks, taken, abandoned }: WorkerSetup,
  done: (index: number, part: PartialPass) => void,
): Promise<void> {
  for (let index = Atomics.add(taken, 0, 1); index < tasks.length; index = Atomics.add(taken, 0, 1)) {
    const { plan, file, from, to, alone } = tasks[index]!;
    try {
      const collector = newCollector(options, Buffer.from(digestKey));
      const isOver = (): boolean => {
        if (!alone && isBounded(collector, plan.index)) abandoned[plan.index] = 1;
        return abandoned[plan.index] === 1;
      };
      const read = await readSource(plan, whileOfUse(passingChunks(file, from, to), isOver), collector, options.now);
      if (!isOver()) done(index, partialPass(collector, read));
    } catch {
      // What is missing makes the caller read the whole file, and meet the error there.
    }
  }
}
