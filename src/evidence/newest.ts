import { decodeText } from './text.ts';
import { epochTime, readTime } from './time.ts';
import type { EvidenceKind, EvidenceSource } from './types.ts';

/** Kinds whose records carry the times of the incident. */
const TIMED: ReadonlySet<EvidenceKind> = new Set([
  'log',
  'transactions',
  'network-flows',
  'changes',
  'notice',
  'tickets',
  'time-sync',
]);

/** The last bytes of an artefact that are searched. */
const TAIL_BYTES = 16 * 1024;
/** Compressed or stored bytes that are streamed at most to get there. */
const LONGEST_STREAM = 64 * 2 ** 20;

const ISO = /\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z| ?[+-]\d{2}:?\d{2})?/g;
const COMMON_LOG = /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}:\d{2}:\d{2}) ([+-]\d{4})\]/g;
const EPOCH = /(?<![\d.])1\d{9}(?:\d{3})?(?:\.\d{1,6})?(?![\d])/g;

function newestIn(text: string, zone: string): number | undefined {
  let newest: number | undefined;
  const see = (time: number | undefined): void => {
    if (time !== undefined && (newest === undefined || time > newest)) newest = time;
  };
  for (const [iso] of text.matchAll(ISO)) see(readTime(iso, { zone })?.time);
  for (const [, day, month, year, clock, offset] of text.matchAll(COMMON_LOG))
    see(readTime(`${day} ${month} ${year} ${clock} ${offset}`)?.time);
  // Bare numbers are times only where nothing else is.
  if (newest === undefined) for (const [number] of text.matchAll(EPOCH)) see(epochTime(number));
  return newest;
}

async function tailOf(source: EvidenceSource): Promise<string> {
  let tail = Buffer.alloc(0) as Buffer;
  let streamed = 0;
  for await (const chunk of source.chunks()) {
    streamed += chunk.length;
    tail =
      chunk.length >= TAIL_BYTES ? chunk.subarray(-TAIL_BYTES) : Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
    if (streamed > LONGEST_STREAM) break;
  }
  return decodeText(tail).text;
}

/**
 * Newest time written in the evidence, from the ends of its timed files, for when the bundle states no clock.
 * Times without a zone are read in `zone` (UTC when not given). A time counts only if another file comes within a day of
 * it, so that one stray date far in the future does not set the clock.
 */
export async function newestTimeWritten(sources: EvidenceSource[], zone = 'UTC'): Promise<number | undefined> {
  const times: number[] = [];
  for (const source of sources) {
    if (!TIMED.has(source.item.kind)) continue;
    const time = newestIn(await tailOf(source), zone);
    if (time !== undefined) times.push(time);
  }
  times.sort((a, b) => b - a);
  const day = 86_400_000;
  return (
    times.find((time, i) => times.length === 1 || times.some((other, j) => j !== i && Math.abs(other - time) <= day)) ??
    times[0]
  );
}
