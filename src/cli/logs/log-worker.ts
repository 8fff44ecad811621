/** A thread that reads one range of a log file and hands back what it counted. */
import { parentPort, workerData } from 'node:worker_threads';
import { passingChunks } from '../../evidence/stored.ts';
import { loadKnowledge } from '../../knowledge/load.ts';
import { compileLexicon } from '../../logs/index.ts';
import { partialPass } from '../../logs/parts.ts';
import { newCollector, readSource } from '../../logs/read-logs.ts';
import type { RangeTask, WorkerSetup } from './parallel.ts';

const { digestKey, ...options } = workerData as WorkerSetup;
const lexicon = compileLexicon([...loadKnowledge().lexicon]);

parentPort!.on('message', async ({ plan, file, from, to }: RangeTask) => {
  try {
    const collector = newCollector({ ...options, lexicon }, Buffer.from(digestKey));
    const read = await readSource(plan, passingChunks(file, from, to), collector, options.now);
    parentPort!.postMessage({ part: partialPass(collector, read) });
  } catch (error) {
    parentPort!.postMessage({ error: (error as Error).message });
  }
});
