/** A thread that helps to read ranges of log files: takes the next one that nobody has, and hands back what it counted. */
import { parentPort } from 'node:worker_threads';
import { buffersOf } from '../../logs/parts.ts';
import { readRanges, type WorkerSetup } from './ranges.ts';

parentPort!.once('message', (setup: WorkerSetup) => {
  void readRanges(setup, (index, part) => parentPort!.postMessage({ index, part }, buffersOf(part)));
});
