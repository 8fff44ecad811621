/** Keeps records within a byte budget: everything that matters first, frequent routine shapes sampled. */
import type { LogRecord } from './types.ts';

/** Estimated bytes of heap for records before sampling begins, unless the caller says otherwise. */
export const DEFAULT_RECORD_BUDGET = 96 * 1024 * 1024;
/** A shape seen less often than this is always kept while any budget is left. */
const RARE = 200;

function cost(record: LogRecord): number {
  let bytes = 160 + record.message.length;
  for (const key in record.fields) bytes += 48 + record.fields[key]!.length;
  return bytes;
}

export class RecordStore {
  readonly records: LogRecord[] = [];
  sampledOut = 0;
  readonly #budget: number;
  #used = 0;

  constructor(budget = DEFAULT_RECORD_BUDGET) {
    this.#budget = budget;
  }

  /**
   * Whether a record would be kept; asked before its fields are read, which costs more than the question.
   * @param seen how often the record's shape occurred so far. @param matters severe, or known to the lexicon.
   */
  wants(seen: number, matters: boolean): boolean {
    const share = this.#used / this.#budget;
    const keep =
      share < 0.6 ||
      (share < 0.95 && (matters || seen <= RARE || seen % 16 === 0)) ||
      (share < 1.2 && (seen <= 20 || (matters && seen % 64 === 0)));
    if (!keep) this.sampledOut++;
    return keep;
  }

  add(record: LogRecord): void {
    this.#used += cost(record);
    this.records.push(record);
  }
}
