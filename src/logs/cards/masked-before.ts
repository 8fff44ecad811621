/** Numbers that were masked once: they are cards, so they are masked where they stand as an order or a reference, too. */

/** Numbers remembered; later ones are masked only where they show themselves. */
const MOST_NUMBERS = 200_000;
const SHORTEST = 13;
const LONGEST = 19;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

export class MaskedBefore {
  readonly #numbers = new Set<string>();

  /** @param text a number as it stood, with what separates its digits */
  add(text: string): void {
    const digits = text.replace(/[^0-9]/g, '');
    if (digits.length >= SHORTEST && digits.length <= LONGEST && this.#numbers.size < MOST_NUMBERS)
      this.#numbers.add(digits);
  }

  /** @returns where bytes[start, end) hold a known number as a run of digits of its own. */
  spans(b: Buffer, start: number, end: number): { from: number; to: number }[] {
    const found: { from: number; to: number }[] = [];
    if (this.#numbers.size === 0) return found;
    // A run of 13 digits has one at every 13th place.
    for (let at = start + SHORTEST - 1; at < end; at += SHORTEST) {
      if (!isDigit(b[at])) continue;
      let from = at;
      while (from > start && isDigit(b[from - 1])) from--;
      let to = at + 1;
      while (to < end && isDigit(b[to])) to++;
      const length = to - from;
      if (length >= SHORTEST && length <= LONGEST && this.#numbers.has(b.toString('latin1', from, to)))
        found.push({ from, to });
      at = to - 1;
    }
    return found;
  }
}
