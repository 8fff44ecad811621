/** How far the heap may grow before V8 collects it. */
import { setFlagsFromString } from 'node:v8';

/** Share in percent by which it may outgrow what was alive in it. */
const HEADROOM = 30;
/** Below these, what is read leaves little behind, and collecting more often would be a quarter of the time. */
const MUCH = 32 * 2 ** 20;
const MANY = 5000;

/**
 * Where there is much to read, has V8 collect the heap when it has grown by a third, not to several times what was alive in it: the
 * distinct values of a hostile log leave hundreds of megabytes behind otherwise (a million guessed users: 498 MB, and 274 so,
 * for 8 % more CPU). A pass that only counts ordinary lines keeps a few megabytes and does not notice. Only in versions that are
 * known to have the setting: an unknown flag is answered on standard error.
 * @param sizes bytes of each file.
 */
export function keepHeapClose(sizes: readonly number[]): void {
  const version = Number.parseInt(process.versions.v8, 10);
  const much = sizes.length >= MANY || sizes.reduce((sum, size) => sum + size, 0) >= MUCH;
  if (much && version >= 11 && version <= 13) setFlagsFromString(`--heap-growing-percent=${HEADROOM}`);
}
