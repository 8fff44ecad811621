/**
 * Gives the memory of large arrays back at once. V8 counts what lies outside its heap, but lets some 64 MiB of it gather before
 * it looks for what nobody refers to any more: tables that grow by copying would hold twice and three times what they need.
 */
import { MessageChannel } from 'node:worker_threads';

/** Below this, waiting for the collector costs nothing. */
const WORTH_RELEASING = 1 << 20;

/** A message takes the buffers it carries over, and at a port that is closed it is dropped with them. */
const nowhere = new MessageChannel().port1;
nowhere.close();

/** The same of a piece of any size, such as each of a stream that is read faster than the collector looks. */
export function releaseAll(array: ArrayBufferView): void {
  if (array.buffer instanceof ArrayBuffer) nowhere.postMessage(undefined, [array.buffer]);
}

/** @param array that nobody reads or writes any more; its length is 0 from here on, as is that of all views of its buffer. */
export function release(array: ArrayBufferView | undefined): void {
  if (array?.buffer instanceof ArrayBuffer && array.buffer.byteLength >= WORTH_RELEASING)
    nowhere.postMessage(undefined, [array.buffer]);
}

/** A copy of a column with more room. The old one is gone afterwards. */
export function roomier<T extends Float64Array | Float32Array | Uint32Array | Int32Array | Uint16Array | Uint8Array>(
  column: T,
  bigger: T,
): T {
  bigger.set(column);
  release(column);
  return bigger;
}
