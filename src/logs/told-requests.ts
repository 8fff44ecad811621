/** Requests and operations that records tell of, by their members or in words: counted for one source. */
import { isAccessRecord, readAccessRecord } from './formats/access-json.ts';
import { AccessWords } from './formats/access-words.ts';
import type { Fields } from './formats/fields.ts';
import { JsonPairs } from './formats/json-pairs.ts';
import { textOperation } from './formats/text-operation.ts';
import type { Collector } from './record-assembler.ts';
import { clearRow, emptyRow, type RequestRow } from './request-table.ts';
import type { SourceClock } from './time/clock.ts';
import { parseTimestampText } from './time/timestamp.ts';
import { countOperation } from './traffic/operations.ts';
import type { Level, LogSource } from './types.ts';

/** A record in words, as far as an operation is told in it. */
export interface WordedRecord {
  message: string;
  level?: Level | undefined;
}

const isCounted = ({ counting, since, until }: Collector, time: number): boolean =>
  counting !== 'nothing' && !(time < since || time >= until);

/** Counts an operation that a message tells of in words, where it does. @param time ms UTC. */
export function countWordedOperation(to: Collector, { message, level }: WordedRecord, time: number): void {
  if (!isCounted(to, time)) return;
  const told = textOperation(message);
  if (told) countOperation(to.operations, told, level, time);
}

export class ToldRequests {
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #add: (row: RequestRow, line: number, time: number) => void;
  readonly #row = emptyRow();
  readonly #words = new AccessWords();
  readonly #pairs = new JsonPairs();

  /** @param add takes a request that was read; the row is used again. */
  constructor(
    source: LogSource,
    to: Collector,
    clock: SourceClock,
    add: (row: RequestRow, line: number, time: number) => void,
  ) {
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#add = add;
  }

  /** Counts a request that members tell of. @returns whether they do. */
  request(fields: Fields, line: number, time: number): boolean {
    if (!isAccessRecord(fields)) return false;
    readAccessRecord(fields, clearRow(this.#row), this.#to.requests);
    this.#add(this.#row, line, time);
    return true;
  }

  /** Counts an operation that members tell of, where they do. */
  operation(fields: Fields, level: Level | undefined, time: number): void {
    const { operations } = this.#to;
    if (isCounted(this.#to, time)) countOperation(operations, fields, level, time);
  }

  /** Counts an operation that a message tells of in words, where it does. */
  wordedOperation(record: WordedRecord, time: number): void {
    countWordedOperation(this.#to, record, time);
  }

  /**
   * One of the two records of a request; what it says by the way, an error above all, is a record all the same.
   * @returns whether it is one.
   */
  pairedRequest(fields: Fields, line: number, time: number): boolean {
    const told = this.#pairs.read(fields);
    // The line is counted with its record.
    if (told !== undefined && told !== 'begun' && this.request(told, line, time)) this.#source.parsed--;
    return told !== undefined;
  }

  /** Counts a request told in words. @param strict see `AccessWords`. @returns whether the line ended one. */
  inWords(text: string, strict: boolean, line: number, time: number): boolean {
    const said = this.#words.read(text, strict);
    return said !== undefined && this.request(said, line, time);
  }

  /** The same of a line without a stamp: dated by when the request began where the words say that. */
  wordsWithoutStamp(text: string, line: number): boolean {
    const said = this.#words.read(text);
    const { begun } = this.#words;
    if (begun !== undefined && parseTimestampText(begun)) this.#clock.resolve();
    return said !== undefined && this.request(said, line, this.#clock.last);
  }
}
