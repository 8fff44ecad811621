/** Bounded waiting. */
import { setMaxListeners } from 'node:events';

export class TimeLimitReached extends Error {}
export class Interrupted extends Error {}

/**
 * Runs `work` with a signal of its own that is aborted after `limitMs` or when `outer` is aborted. Rejects at once with
 * TimeLimitReached or Interrupted, whether or not the work heeds its signal.
 */
export async function withTimeLimit<T>(
  limitMs: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (outer?.aborted) throw new Interrupted();
  // Many items of a loop listen to one signal; each stops listening when it has ended.
  if (outer) setMaxListeners(0, outer);
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await Promise.race([
      work(controller.signal),
      new Promise<never>((_, reject) => {
        const stop = (error: Error): void => {
          controller.abort(error);
          reject(error);
        };
        // setTimeout holds at most 2^31-1 ms, about 24 days.
        timer = setTimeout(() => stop(new TimeLimitReached()), Math.min(limitMs, 2_147_483_647));
        onAbort = () => stop(new Interrupted());
        outer?.addEventListener('abort', onAbort, { once: true });
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (onAbort) outer?.removeEventListener('abort', onAbort);
  }
}

/** Waits; ends early when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });
}

/** Runs `work` for each item, at most `atOnce` at a time, in order of the items. Never rejects when `work` does not. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
