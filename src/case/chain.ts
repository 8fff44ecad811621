/**
 * A hash chain over lines of JSON. Every line carries the SHA-256 of the line before it and its own, so that no byte of
 * what was written can be changed, removed or put in without the chain showing where.
 */
import { createHash } from 'node:crypto';
import type { Json } from '../finding.ts';
import { isSound } from './entries.ts';

export interface ChainEntry {
  seq: number;
  /** ISO-8601 UTC, when the line was written. */
  time: string;
  type: string;
  data: Json;
  previous: string;
  hash: string;
}

export interface ChainProblem {
  /** 1-based line of the journal. */
  line: number;
  says: string;
}

export const FIRST_PREVIOUS = '0'.repeat(64);

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The line for an entry, without line feed. The hash is over the line as it would be without its last member. */
export function chainLine(entry: Omit<ChainEntry, 'hash'>): { line: string; hash: string } {
  const { seq, time, type, data, previous } = entry;
  const body = JSON.stringify({ seq, time, type, data, previous });
  const hash = sha256(body);
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}`, hash };
}

/**
 * Reads a journal and checks every line.
 * @returns the entries up to the first problem, the problems, and what follows the last line feed (a write that a crash
 * broke off)
 */
export function readChain(text: string): { entries: ChainEntry[]; problems: ChainProblem[]; torn: string } {
  const end = text.lastIndexOf('\n') + 1;
  const torn = text.slice(end);
  const entries: ChainEntry[] = [];
  const problems: ChainProblem[] = [];
  let previous = FIRST_PREVIOUS;
  const lines = end === 0 ? [] : text.slice(0, end - 1).split('\n');
  for (const [index, line] of lines.entries()) {
    const entry = readLine(line);
    const says = !entry
      ? 'is not a line that paymedic wrote, or was changed'
      : entry.seq !== index
        ? `has the number ${entry.seq}, expected ${index}: a line was removed, put in or moved`
        : entry.previous !== previous
          ? 'does not follow from the line before it'
          : undefined;
    if (says) {
      problems.push({ line: index + 1, says });
      break;
    }
    entries.push(entry!);
    previous = entry!.hash;
  }
  return { entries, problems, torn };
}

/** One line; undefined when a byte of it is not as it was written. */
function readLine(line: string): ChainEntry | undefined {
  const match = /,"hash":"([0-9a-f]{64})"\}$/.exec(line.slice(-76));
  if (!match) return undefined;
  const body = `${line.slice(0, line.length - match[0].length)}}`;
  if (sha256(body) !== match[1]) return undefined;
  try {
    const value = JSON.parse(body) as Omit<ChainEntry, 'hash'>;
    const sound =
      Number.isInteger(value.seq) &&
      typeof value.type === 'string' &&
      typeof value.time === 'string' &&
      typeof value.previous === 'string' &&
      isSound(value);
    return sound ? { ...value, hash: match[1]! } : undefined;
  } catch {
    return undefined;
  }
}
