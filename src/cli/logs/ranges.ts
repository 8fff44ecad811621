/** Ranges of log files that several threads read side by side. */
import { passingChunks } from '../../evidence/stored.ts';
import { type PartialPass, partialPass } from '../../logs/parts.ts';
import { newCollector, type ReadLogsOptions, readSource, type SourcePlan } from '../../logs/read-logs.ts';

export interface RangeTask {
  plan: SourcePlan;
  file: string;
  from: number;
  to: number;
}

/** What each thread gets; nothing but data that can be cloned. */
export interface WorkerSetup {
  options: ReadLogsOptions;
  digestKey: Uint8Array;
  tasks: readonly RangeTask[];
  /** Shared: how many of the tasks were taken. */
  taken: Int32Array;
}

/**
 * Reads one range after another until none is left. A range that cannot be read is left out.
 * @param done is handed what was counted in the range of that index.
 */
export async function readRanges(
  { options, digestKey, tasks, taken }: WorkerSetup,
  done: (index: number, part: PartialPass) => void,
): Promise<void> {
  for (let index = Atomics.add(taken, 0, 1); index < tasks.length; index = Atomics.add(taken, 0, 1)) {
    const { plan, file, from, to } = tasks[index]!;
    try {
      const collector = newCollector(options, Buffer.from(digestKey));
      const read = await readSource(plan, passingChunks(file, from, to), collector, options.now);
      done(index, partialPass(collector, read));
    } catch {
      // What is missing makes the caller read the whole file, and meet the error there.
    }
  }
}
