/**
 * How many rows of each file a run keeps, so that its memory has a bound whatever the files hold: about a kilobyte a row with all that
 * joining and judging takes. Of more rows each file keeps its first ones, in proportion to its size: nodes that write the same time
 * are cut at about the same time.
 */
import type { EvidenceSource } from '../evidence/types.ts';
import { MOST_ROWS } from './builder.ts';

/** Said of the time of rows that were not kept. */
export const UNREAD = 'its rows are beyond those that one run keeps';

/** No row of a payment with a time and an outcome is shorter. */
const SHORTEST_ROW = 40;

const bytesOf = ({ item }: EvidenceSource): number => Math.max(1, item.expandedSize ?? item.size);

/** Deals the rows of a run out to files that are read one after the other. */
export class RowBudget {
  #rows: number;
  #bytes: number;

  /** @param sources all files that will be read. @param most rows that are kept in all. */
  constructor(sources: readonly EvidenceSource[], most = MOST_ROWS) {
    this.#rows = most;
    this.#bytes = sources.reduce((sum, source) => sum + bytesOf(source), 0);
  }

  /** Rows that may be kept of the next file: its share, or all that the files after it cannot need. */
  shareOf(source: EvidenceSource): number {
    const bytes = bytesOf(source);
    const share = (this.#rows * bytes) / Math.max(bytes, this.#bytes);
    const spare = this.#rows - (this.#bytes - bytes) / SHORTEST_ROW;
    return Math.max(0, Math.floor(Math.max(share, spare)));
  }

  /** Takes the rows that were kept of a file off. */
  took(source: EvidenceSource, rows: number): void {
    this.#rows -= rows;
    this.#bytes -= bytesOf(source);
  }
}
