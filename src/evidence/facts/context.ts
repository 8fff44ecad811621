import { numberedLines } from '../text.ts';
import { type ReadTime, readTime } from '../time.ts';

/** What a reader of small facts needs to know about the bundle. */
export interface FactContext {
  /** Incident clock, ms UTC. */
  now: number;
  /** Zone of times written without one. */
  zone?: string;
}

export interface NumberedLine {
  line: number;
  text: string;
}

/** A small text file as the fact readers get it. */
export interface FactText {
  file: string;
  format: string;
  text: string;
  lines: NumberedLine[];
}

/** Facts are small; a file longer than this is cut and the cut reported. */
export const LONGEST_FACT_FILE = 4 * 2 ** 20;

export function factText(file: string, format: string, text: string): FactText {
  return { file, format, text, lines: [...numberedLines(text)] };
}

/** Records lie at most this far after the incident clock. */
const CLOCK_SLACK = 300_000;

/**
 * Reads the time at the start of `text`. A time without a zone is local to the bundle's zone; where that would put a
 * record after the incident clock and UTC would not, the file was written in UTC.
 */
export function factTime(text: string, context: FactContext, zone?: string): ReadTime | undefined {
  const local = zone ?? context.zone ?? 'UTC';
  const read = readTime(text, { zone: local, now: context.now });
  if (!read || read.explicit || read.time <= context.now + CLOCK_SLACK) return read;
  const universal = readTime(text, { zone: 'UTC', now: context.now });
  return universal && universal.time <= context.now + CLOCK_SLACK ? universal : read;
}

/** A zone that a comment line states, e.g. `# change calendar, UTC`. */
export function statedZone(text: string): string | undefined {
  const comment = /^[ \t]*(?:#|\/\/|;|<!--).{0,200}/m.exec(text)?.[0] ?? '';
  if (/\bUTC\b|\bGMT\b|\bzulu\b/i.test(comment)) return 'UTC';
  return /(?:^|[^\d])([+-]\d{2}:\d{2})/.exec(comment)?.[1] ?? /\b([A-Z][a-z]+\/[A-Z][A-Za-z_]+)\b/.exec(comment)?.[1];
}

/** The stem of a file name: `meta/ntp/api01.txt` to `api01`. */
export const fileStem = (path: string): string => (path.split(/[/!]/).pop() ?? path).replace(/\.[a-z0-9]{1,5}$/i, '');
