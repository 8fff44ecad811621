/** How eagerly V8 optimises, for commands that read one big file and end. */
import { setFlagsFromString } from 'node:v8';

/** Bytes of bytecode that a function runs before V8 looks at it: twice the default of V8 11. */
const INTERRUPT_BUDGET = 256 * 1024;

/**
 * Has V8 optimise a function once it has run twice as much as usual. A capture is read in half a second to two; compiling
 * functions that run a few thousand times takes threads beside the reading a quarter of its time, and what carries the
 * load is compiled all the same. CPU seconds on a gigabyte of downloads: 0.86 before, 0.72 after; no change where
 * handshakes are many. The budget is read at each look, so it may change while the program runs. Only in Node 20, where
 * this was measured: later versions have a middle tier of their own, and an unknown flag is answered on standard error.
 */
export function optimizeLater(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET}`);
}
