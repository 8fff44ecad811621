/** Adds up what several runs of `paymedic logs --partial` wrote. */
import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { keepHeapClose } from '../../evidence/heap.ts';
import { append } from '../../lists.ts';
import { partialOf } from '../../logs/partial.ts';
import { PartialError, PartialSum } from '../../logs/partial-sum.ts';
import { type LogSummary, summarise } from '../../logs/summary.ts';
import { Listed } from '../../logs/traffic/portable.ts';
import type { LogObservations } from '../../logs/types.ts';
import { safeText } from '../../report/safe-text.ts';
import { emptyLogs } from '../../triage/empty.ts';
import { UserError } from '../exit.ts';
import { mustBePlainFile } from '../plain-file.ts';
import { letNurseriesGrow } from './nursery.ts';

/** Written at a time. */
const PIECE = 1 << 20;
/** A partial of a day's logs has some ten megabytes; what is larger was not written by `writePartial` or not for one machine. */
const LARGEST = 256 * 2 ** 20;

/** It travels: no card number, secret or control character leaves in a sample of text. */
const masked = (_: string, value: unknown): unknown => (typeof value === 'string' ? safeText(value) : value);

const isPacked = (item: unknown): boolean => typeof item === 'object' && item !== null && 'rows' in item;

/** The JSON text of a value in pieces; what is listed one by one is never in memory as a whole. */
function* jsonPieces(value: unknown): Generator<string> {
  if (value instanceof Listed) {
    yield '[';
    let first = true;
    for (const item of value) {
      // Packed rows are numbers, which a mask would break.
      yield `${first ? '' : ','}${isPacked(item) ? JSON.stringify(item) : JSON.stringify(item, masked)}`;
      first = false;
    }
    yield ']';
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    yield '{';
    let first = true;
    for (const [name, member] of Object.entries(value)) {
      yield `${first ? '' : ','}${JSON.stringify(name)}:`;
      yield* jsonPieces(member);
      first = false;
    }
    yield '}';
  } else yield JSON.stringify(value, masked) ?? 'null';
}

/** Gathers small texts as bytes: joined as strings, each would live until the whole is written. */
class BytesOut {
  readonly #descriptor: number;
  readonly #bytes = Buffer.allocUnsafe(PIECE);
  #used = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  write(text: string): void {
    // Three bytes a UTF-16 unit at most.
    if (this.#used + text.length * 3 > PIECE) this.flush();
    if (text.length * 3 > PIECE) this.#put(Buffer.from(text));
    else this.#used += this.#bytes.write(text, this.#used);
  }

  flush(): void {
    this.#put(this.#bytes.subarray(0, this.#used));
    this.#used = 0;
  }

  #put(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at);
  }
}

/** @throws UserError when the file cannot be written. */
export function writePartial(logs: LogObservations, file: string): void {
  try {
    const descriptor = openSync(file, 'w', 0o600);
    letNurseriesGrow(false);
    try {
      const out = new BytesOut(descriptor);
      for (const piece of jsonPieces(partialOf(logs))) out.write(piece);
      out.write('\n');
      out.flush();
    } finally {
      closeSync(descriptor);
      letNurseriesGrow(true);
    }
  } catch (error) {
    throw new UserError(`--partial ${file}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`, {
      next: 'name a file that can be written',
    });
  }
}

/** The bytes of a file in a buffer that is used again. @throws PartialError beyond the largest that are read. */
function* piecesOf(file: string): Generator<Buffer> {
  const descriptor = openSync(file, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE / 4);
    for (let total = 0; ; ) {
      const length = readSync(descriptor, piece);
      if (length === 0) return;
      total += length;
      if (total > LARGEST) throw new PartialError(`is larger than ${LARGEST} bytes`);
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Lines of a log that hardly another machine has as well, to the byte and the millisecond. */
const TELLING_LINES = 100;
const MOST_NAMED = 3;

/** Logs that stand in several of the files, in a sentence: a copy in the same folder doubles every number. */
function countedTwice(sources: LogObservations['sources']): string[] {
  const files = new Map<string, { file: string; times: number }>();
  for (const { file, bytes, lines, first, last } of sources) {
    if (lines < TELLING_LINES) continue;
    const key = [file, bytes, lines, first, last].join('\0');
    const known = files.get(key);
    if (known) known.times++;
    else files.set(key, { file, times: 1 });
  }
  const repeated = [...files.values()].filter(({ times }) => times > 1);
  if (repeated.length === 0) return [];
  const names = repeated.slice(0, MOST_NAMED).map(({ file, times }) => `${safeText(file)} (${times} times)`);
  const more = repeated.length - names.length;
  return [
    `the same log, to its bytes and times, stands in several of the files and counts as often: ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}; if it is one log, merge again with each once`,
  ];
}

/** @throws UserError for a file that cannot be read or is no partial. */
export function mergeFiles(files: readonly string[]): LogSummary {
  const sum = new PartialSum(emptyLogs(), safeText);
  letNurseriesGrow(false);
  keepHeapClose(files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0));
  for (const file of files) {
    try {
      mustBePlainFile(file, 'name files that paymedic logs FILES --partial FILE wrote');
      sum.add(piecesOf(file));
    } catch (error) {
      if (error instanceof UserError) throw error;
      const why =
        error instanceof PartialError ? error.message : ((error as NodeJS.ErrnoException).code ?? 'cannot be read');
      throw new UserError(`${file} ${why}`, { next: 'write it with: paymedic logs FILES --partial FILE' });
    }
  }
  const logs = sum.finish();
  const summary = summarise(logs);
  append(summary.approximated, countedTwice(logs.sources));
  return summary;
}
