/** What a block of lines holds that deserves a look, found before its lines are read: literals and runs of digits. */
import type { CardScanner } from './card-numbers.ts';
import { DigitRuns, sweepDigits } from './cards/find.ts';
import { LiteralHits, type LiteralSearch, sweepLiterals } from './lexicon/literal-search.ts';
import type { BlockBuffer } from './line-blocks.ts';

const NOTHING = 0x7fffffff;

export class Sweep {
  /** Index of the next byte that matters; a line that ends before it holds nothing. */
  next = NOTHING;
  readonly #cards: CardScanner;
  readonly #file: string;
  readonly #runs = new DigitRuns();
  readonly #hits = new LiteralHits();
  #run = 0;
  #hit = 0;

  constructor(cards: CardScanner, file: string) {
    this.#cards = cards;
    this.#file = file;
  }

  /** Looks through the bytes before `end`. */
  over(block: BlockBuffer, end: number, search: LiteralSearch): void {
    this.#runs.length = 0;
    this.#hits.length = 0;
    this.#run = 0;
    this.#hit = 0;
    sweepDigits(block.bytes, 0, end, this.#runs);
    sweepLiterals(search, block.bytes, block.words, end, this.#hits);
    this.#seek();
  }

  #seek(): void {
    const run = this.#run < this.#runs.length ? this.#runs.from[this.#run]! : NOTHING;
    const hit = this.#hit < this.#hits.length ? this.#hits.at[this.#hit]! : NOTHING;
    this.next = run < hit ? run : hit;
  }

  /**
   * Hands the runs on the line bytes[start, end) to the card scanner and its literals to `found`; forgets what lies
   * before them. @param time of the line before, good enough to place a number.
   */
  take(b: Buffer, start: number, end: number, line: number, time: number, found: number[]): void {
    const { from, to, length: runs } = this.#runs;
    for (; this.#run < runs && from[this.#run]! < end; this.#run++) {
      if (from[this.#run]! < start) continue;
      const until = Math.min(to[this.#run]!, end);
      this.#cards.scanRun(b, from[this.#run]!, until, start, end, this.#file, line, time);
    }
    const { at, literal, length: hits } = this.#hits;
    for (; this.#hit < hits && at[this.#hit]! < end; this.#hit++) {
      if (at[this.#hit]! >= start) found.push(literal[this.#hit]!);
    }
    this.#seek();
  }
}
