/*
 * Threads that help to read logs. Node takes as long to begin one as the program takes to load, so that the first is begun before
 * anything else, where the command line begins with `logs` and a file that is large enough.
 */
const { statSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');
const threads = require('node:worker_threads');

/** Below this a second thread costs more than it saves. */
const WORTH_A_THREAD = 64 * 2 ** 20;
/** Little is allocated in the pass: a nursery of 2 MB takes no more time than one of 8, and a gigabyte of JSON lines 6 MiB less. */
const YOUNG_MB = 2;
const COMPRESSED = /\.(?:gz|tgz|zst|zip|xz|bz2)$/i;

/** Begun ahead, and not taken yet. */
let ahead;

function begin() {
  const thread = new threads.Worker(join(__dirname, 'log-worker.js'), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  // One that cannot start is missed when it is asked to help.
  thread.on('error', () => undefined);
  thread.unref();
  return thread;
}

/** Bytes of files that can be read from any place. @param files as they were named. */
const readableSize = (files) =>
  files
    .filter((file) => !COMPRESSED.test(file))
    .map((file) => statSync(file, { throwIfNoEntry: false }))
    .reduce((sum, stat) => sum + (stat?.isFile() ? stat.size : 0), 0);

exports.isWorthAThread = (files) => readableSize(files) >= WORTH_A_THREAD;
exports.WORTH_A_THREAD = WORTH_A_THREAD;

/** Whoever reads logs takes or dismisses it (src/cli/logs/helpers.ts). @param words of the command line. */
exports.beginAhead = ([command, file, ...words]) => {
  if (command !== 'logs' || file === undefined || file.startsWith('-')) return;
  const one = words.some((word, i) => word === '--jobs=1' || (word === '1' && words[i - 1] === '--jobs'));
  try {
    if (!one && availableParallelism() > 1 && exports.isWorthAThread([file])) ahead = begin();
  } catch {
    // A file that cannot be looked at is told of by what reads it.
  }
};

/** The thread that was begun ahead, or a new one. */
exports.take = () => {
  const thread = ahead ?? begin();
  ahead = undefined;
  return thread;
};

/** The same of which nobody has need. */
exports.dismissAhead = () => {
  void ahead?.terminate();
  ahead = undefined;
};
