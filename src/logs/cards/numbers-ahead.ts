/** Reads a file for its card numbers before a copy of it is made, so that one is masked also where it stands before it shows itself. */
import { CardScanner } from '../card-numbers.ts';
import { FixedColumns } from './fixed-columns.ts';
import { MaskedBefore } from './masked-before.ts';

const NOTHING = Buffer.alloc(0);

/** Takes lines as a redactor does, and writes none of them. */
export class NumbersAhead {
  /** The numbers that a redactor would mask. */
  readonly numbers = new MaskedBefore();
  readonly #scanner = new CardScanner(Buffer.alloc(32));
  readonly #fixed = new FixedColumns();
  #begun = false;

  /** Looks for columns of numbers in the lines of bytes[start, end), which come next. */
  learn(b: Buffer, start: number, end: number): void {
    this.#fixed.learn(b, start, end);
  }

  /** @returns no bytes */
  line(b: Buffer, start: number, end: number): Buffer {
    if (!this.#begun) this.#scanner.header(b, start, end, '');
    this.#begun = true;
    for (const { from, to, encoded } of this.#scanner.spans(b, start, end, this.#fixed))
      if (!encoded) this.numbers.add(b.toString('latin1', from, to));
    return NOTHING;
  }
}
