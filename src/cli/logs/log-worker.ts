/** A thread that helps to read ranges of log files: takes the next one that nobody has, and hands back what it counted. */
import { parentPort } from 'node:worker_threads';
import { buffersOf } from '../../logs/parts.ts';
import { type HelperMessage, readRanges, type WorkerSetup } from './ranges.ts';

parentPort!.once('message', (setup: WorkerSetup) => {
  const tell = (message: HelperMessage, buffers: ArrayBuffer[] = []): void => parentPort!.postMessage(message, buffers);
  void readRanges(setup, {
    part: (index, part) => tell({ index, part }),
    counts: (source, ranges, counts) => tell({ source, ranges, counts }, buffersOf(counts)),
  });
});
