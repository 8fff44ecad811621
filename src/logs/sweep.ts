/** What a block of lines holds that deserves a look, found before its lines are read: literals and what may be card numbers. */
import type { CardScanner } from './card-numbers.ts';
import { Places } from './cards/find.ts';
import { FixedColumns, type ProvenColumns } from './cards/fixed-columns.ts';
import type { Kernel } from './kernel/kernel.ts';
import { LiteralHits, type LiteralSearch } from './lexicon/literal-search.ts';

const NOTHING = 0x7fffffff;

/** What is looked for besides the counts. */
export interface Looks {
  /** Card numbers. */
  cards: boolean;
  /** Texts of the lexicon, and signatures of attacks in requests. */
  texts: boolean;
}

export class Sweep {
  /** Index of the next byte that matters; a line that ends before it holds nothing. */
  next = NOTHING;
  readonly #cards: CardScanner;
  readonly #file: string;
  readonly #looks: Looks;
  readonly #places = new Places();
  readonly #fixed: FixedColumns;
  readonly #hits = new LiteralHits();
  #place = 0;
  #hit = 0;

  /** @param columns in which records of the file have card numbers. */
  constructor(cards: CardScanner, file: string, looks: Looks, columns?: ProvenColumns) {
    this.#fixed = new FixedColumns(columns);
    this.#looks = looks;
    this.#cards = cards;
    this.#file = file;
  }

  /** Looks through the kernel's bytes before `end`, for literals where there are any to look for, and these from `from` on. */
  over(kernel: Kernel, end: number, search: LiteralSearch | undefined, from = 0): void {
    this.#places.length = 0;
    this.#hits.length = 0;
    this.#place = 0;
    this.#hit = 0;
    if (this.#looks.cards) this.#sweepCards(kernel, end);
    if (search && this.#looks.texts) kernel.sweepLiterals(search, end, this.#hits, from);
    this.#seek();
  }

  #sweepCards(kernel: Kernel, end: number): void {
    if (!this.#fixed.any) {
      kernel.sweepCards(end, this.#places);
      return;
    }
    // Every record may hold a number in a column of its kind.
    for (let at = 0; at < end; at = kernel.bytes.indexOf(10, at) + 1 || end) this.#places.add(at);
  }

  #seek(): void {
    const place = this.#place < this.#places.length ? this.#places.at[this.#place]! : NOTHING;
    const hit = this.#hit < this.#hits.length ? this.#hits.at[this.#hit]! : NOTHING;
    this.next = place < hit ? place : hit;
  }

  /**
   * Hands the literals on the line bytes[start, end) to `found` and forgets what lies before its end.
   * @returns whether the line may hold a card number, see `scanCards`.
   */
  take(start: number, end: number, found: number[]): boolean {
    const { at: places, length } = this.#places;
    let worthALook = false;
    for (; this.#place < length && places[this.#place]! < end; this.#place++)
      if (places[this.#place]! >= start) worthALook = true;
    const { at, literal, length: hits } = this.#hits;
    for (; this.#hit < hits && at[this.#hit]! < end; this.#hit++) {
      if (at[this.#hit]! >= start) found.push(literal[this.#hit]!);
    }
    this.#seek();
    return worthALook;
  }

  /** Adds the literals in bytes[start, end), where no line before it is still to be taken. They are not forgotten. */
  literalsIn(start: number, end: number, found: number[]): void {
    const { at, literal, length } = this.#hits;
    for (; this.#hit < length && at[this.#hit]! < start; this.#hit++);
    for (let i = this.#hit; i < length && at[i]! < end; i++) found.push(literal[i]!);
  }

  /** Hands all that was found to the kernel, see text.as. @param exact literals of which the digits around them matter. */
  tellText(kernel: Kernel, exact: Uint8Array): void {
    const { at: places, length } = this.#places;
    const { at, literal, length: hits } = this.#hits;
    let place = this.#place;
    let hit = this.#hit;
    kernel.putHits(() => {
      const card = place < length ? places[place]! : NOTHING;
      const text = hit < hits ? at[hit]! : NOTHING;
      if (card === NOTHING && text === NOTHING) return -1;
      if (card <= text) {
        place++;
        return (card << 2) | 2;
      }
      return (text << 2) | exact[literal[hit++]!]!;
    });
  }

  /** @param time of the line, or of the one before where it has none. */
  scanCards(b: Buffer, start: number, end: number, line: number, time: number): void {
    this.#cards.scan(b, start, end, this.#file, line, time, this.#fixed);
  }
}
