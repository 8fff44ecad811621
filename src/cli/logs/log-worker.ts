/**
 * A thread that helps to read ranges of log files: takes the next one that nobody has, and hands back what it counted. Later
 * it counts series of some minutes, until it is ended.
 */
import { parentPort } from 'node:worker_threads';
import { buffersOf, partialCounts } from '../../logs/parts.ts';
import { countSeries } from '../../logs/traffic/series.ts';
import { type HelperMessage, type HelperTask, readRanges } from './ranges.ts';

const tell = (message: HelperMessage, buffers: ArrayBuffer[] = []): void => parentPort!.postMessage(message, buffers);

parentPort!.on('message', async (task: HelperTask) => {
  if ('series' in task) {
    countSeries(task.series);
    tell({ counted: true });
    return;
  }
  await readRanges(task.ranges, {
    part: (index, part) => tell({ index, part }),
    counts: (source, ranges, tables) => {
      const counts = partialCounts(tables);
      tell({ source, ranges, counts }, buffersOf(counts));
    },
  });
  tell({ read: true });
});
