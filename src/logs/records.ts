/** Keeps records within a byte budget: everything that matters first, frequent routine shapes sampled. */
import { type Fields, readFields } from './formats/fields.ts';
import type { RecordHead } from './record-assembler.ts';
import type { Level, LogRecord } from './types.ts';

/** Estimated bytes of heap for records before sampling begins, unless the caller says otherwise. */
const DEFAULT_RECORD_BUDGET = 96 * 1024 * 1024;
/** A shape seen less often than this is always kept while any budget is left. */
const RARE = 200;

/** A kept record; the pairs in its message are read when first asked for, which for most records is never. */
class KeptRecord implements LogRecord {
  readonly source: number;
  readonly line: number;
  readonly time: number;
  declare readonly level?: Level;
  declare readonly node?: string;
  declare readonly logger?: string;
  readonly message: string;
  #fields: Fields | undefined;

  constructor(source: number, line: number, time: number, head: RecordHead, node: string | undefined) {
    this.source = source;
    this.line = line;
    this.time = time;
    if (head.level !== undefined) this.level = head.level;
    if (node !== undefined) this.node = node;
    if (head.logger !== undefined) this.logger = head.logger;
    this.message = head.message;
    this.#fields = head.fields;
  }

  get fields(): Fields {
    if (this.#fields === undefined) {
      this.#fields = {};
      readFields(this.message, this.#fields);
    }
    return this.#fields;
  }

  toJSON(): LogRecord {
    return { ...this, fields: this.fields };
  }
}

/** Names of members that are shared by many records; what is new costs its text and a place, too. */
const MOST_NAMES = 4096;
const NEW_NAME = 400;

function cost(head: RecordHead, names: Set<string>): number {
  let bytes = 160 + head.message.length;
  if (head.fields)
    for (const key in head.fields) {
      bytes += 48 + head.fields[key]!.length;
      if (names.has(key)) continue;
      bytes += NEW_NAME + key.length;
      if (names.size < MOST_NAMES) names.add(key);
    }
  return bytes;
}

export class RecordStore {
  readonly records: LogRecord[] = [];
  /** All records that were offered. */
  total = 0;
  sampledOut = 0;
  readonly #budget: number;
  #used = 0;
  readonly #names = new Set<string>();

  /** @param budget estimated bytes of heap; 0 keeps no record at all. */
  constructor(budget = DEFAULT_RECORD_BUDGET) {
    this.#budget = budget;
  }

  /**
   * Whether a record would be kept; asked before its fields are read, which costs more than the question.
   * @param seen how often the record's shape occurred so far. @param matters severe, or known to the lexicon.
   */
  wants(seen: number, matters: boolean): boolean {
    this.total++;
    if (this.#budget === 0) return false;
    const keep = this.wouldKeep(seen, matters);
    if (!keep) this.sampledOut++;
    return keep;
  }

  /** Counts records that are offered where none is kept. */
  pass(count: number): void {
    this.total += count;
  }

  /** Whether any record is kept at all. */
  get keeps(): boolean {
    return this.#budget > 0;
  }

  /** The same question without counting the record. */
  wouldKeep(seen: number, matters: boolean): boolean {
    if (this.#budget === 0) return false;
    const share = this.#used / this.#budget;
    return (
      share < 0.6 ||
      (share < 0.95 && (matters || seen <= RARE || seen % 16 === 0)) ||
      (share < 1.2 && (seen <= 20 || (matters && seen % 64 === 0)))
    );
  }

  add(source: number, line: number, time: number, head: RecordHead, node: string | undefined): void {
    this.#used += cost(head, this.#names);
    this.records.push(new KeptRecord(source, line, time, head, node));
  }
}
