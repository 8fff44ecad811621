/** Narrows plain sorted files to the time that was asked for, so that the rest of them is never read. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Problem } from '../../evidence/index.ts';
import type { EvidenceSource } from '../../evidence/types.ts';
import { seekRange } from '../../logs/seek.ts';
import { SourceClock } from '../../logs/time/clock.ts';
import { namesDayFirst } from '../../logs/time/date-order.ts';
import { comesTwiceNear, UTC, zoneClock } from '../../logs/time/zone.ts';

/** Below this reading everything is quick, and line numbers stay those of the file. */
const SEEK_FROM = 64 * 2 ** 20;

/** Bytes from which the order of day and month is told. */
const HEAD = 64 * 1024;

/** Somewhat more than what is read around the time asked for, and the hour that comes twice. */
const NEAR = 3 * 3_600_000;

/** @returns the chunks to read instead, or undefined where the whole file has to be read. */
export async function seekChunks(
  source: EvidenceSource,
  options: { since: number; until: number; now: number; zone?: string },
): Promise<{ chunks(): AsyncIterable<Buffer>; note: Problem } | undefined> {
  const { file } = source;
  if (file === undefined || source.item.size < SEEK_FROM) return undefined;
  const zone = (options.zone === undefined ? undefined : zoneClock(options.zone)) ?? UTC;
  const handle = await open(file, 'r');
  try {
    const read = async (position: number, length: number): Promise<Buffer> => {
      const buffer = Buffer.allocUnsafe(length);
      const { bytesRead } = await handle.read(buffer, 0, length, position);
      return buffer.subarray(0, bytesRead);
    };
    const dayFirst = namesDayFirst(await read(0, HEAD), options.now, source.modified);
    const clock = new SourceClock(zone, options.now, source.modified, dayFirst);
    const found = await seekRange(read, source.item.size, options.since, options.until, () => clock.resolve());
    if (!found) return undefined;
    // Stamps without an offset get their zone from the other logs, which are not read yet.
    if (clock.withoutOffset > 0 && options.zone === undefined) return undefined;
    // Which of two equal hours it is, the lines before tell.
    const ends = [options.since, options.until];
    if (clock.withoutOffset > 0 && ends.some((end) => comesTwiceNear(zone, end, NEAR))) return undefined;
    const { from, to } = found;
    if (to - from > source.item.size * 0.9) return undefined;
    return {
      chunks: () => createReadStream(file, { start: from, end: Math.max(from, to - 1), highWaterMark: 1 << 20 }),
      note: {
        input: source.item.path,
        what: `read from byte ${from} to ${to} only; its line numbers count from there`,
        next: 'nothing to do; leave out --since and --until to number lines from the beginning',
        named: false,
      },
    };
  } finally {
    await handle.close();
  }
}
