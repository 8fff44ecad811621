/**
 * Reads a JSON text of any size a piece at a time: what is named is walked through, lists come in handfuls, and only what
 * the reader asks for is ever an object. Memory is bounded by the largest single value, not by the text.
 */

/** Why a text is not read further. */
export class JsonTextError extends Error {}

/** Bytes of a list that are parsed at a time: a call for each small item would be most of the work. */
const HANDFUL = 1 << 16;
const FIRST_ROOM = 1 << 18;
/** Objects in each other that are passed over. */
const DEEPEST = 100;

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

const isBlank = (byte: number): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

export class JsonCursor {
  readonly #chunks: Iterator<Buffer>;
  readonly #most: number;
  /** What was read and is not done with lies at `#from` to `#to`. */
  #bytes = Buffer.allocUnsafe(FIRST_ROOM);
  #from = 0;
  #to = 0;
  /** A member was told whose value nobody has taken yet. */
  #untaken = false;
  /** Objects in each other that are being passed over. */
  #depth = 0;

  /** @param chunks the text in UTF-8. @param most bytes of the largest single value that is read. */
  constructor(chunks: Iterable<Buffer>, most: number) {
    this.#chunks = chunks[Symbol.iterator]();
    this.#most = most;
  }

  /**
   * The names of the members of an object. Between two of them the value is taken by one of the other methods; a value that is
   * not taken is passed over. Of anything but an object there are none.
   * @throws JsonTextError like all methods: where the text is no JSON, ends early, or has too large a value.
   */
  *members(): Generator<string> {
    if (!this.#opens(OPEN_OBJECT)) return;
    if (this.#next() === CLOSE_OBJECT) {
      this.#from++;
      return;
    }
    for (;;) {
      if (this.#next() !== QUOTE) throw new JsonTextError('is no JSON');
      const name = this.#parse(this.#end(0)) as string;
      if (this.#next() !== COLON) throw new JsonTextError('is no JSON');
      this.#from++;
      this.#untaken = true;
      yield name;
      if (this.#untaken) this.skip();
      const after = this.#next();
      this.#from++;
      if (after === CLOSE_OBJECT) return;
      if (after !== COMMA) throw new JsonTextError('is no JSON');
    }
  }

  /** The items of a list, some at a time. Of anything but a list there are none. */
  *handfuls(): Generator<unknown[]> {
    if (!this.#opens(OPEN_LIST)) return;
    if (this.#next() === CLOSE_LIST) {
      this.#from++;
      return;
    }
    for (let ended = false; !ended; ) {
      // Items and the commas between them, up to the comma or bracket after the last.
      let length = 0;
      for (;;) {
        length = this.#end(this.#blanks(length));
        length = this.#blanks(length);
        const after = this.#bytes[this.#from + length]!;
        ended = after === CLOSE_LIST;
        if (!ended && after !== COMMA) throw new JsonTextError('is no JSON');
        if (ended || length > HANDFUL) break;
        length++;
      }
      yield this.#parse(length, '[', ']') as unknown[];
      this.#from++;
    }
  }

  /** What the value at hand is, which is not taken by asking. */
  begins(): 'object' | 'list' | 'other' {
    if (!this.#untaken) return 'other';
    const first = this.#next();
    return first === OPEN_OBJECT ? 'object' : first === OPEN_LIST ? 'list' : 'other';
  }

  /** The value as a whole. */
  value(): unknown {
    this.#untaken = false;
    this.#next();
    return this.#parse(this.#end(0));
  }

  /** Passes over a value of any size, a handful at a time. */
  skip(): void {
    this.#untaken = false;
    const first = this.#next();
    if (first === OPEN_OBJECT) {
      if (++this.#depth > DEEPEST) throw new JsonTextError(`is nested deeper than ${DEEPEST}`);
      for (const _ of this.members());
      this.#depth--;
    } else if (first === OPEN_LIST) for (const _ of this.handfuls());
    else {
      const length = this.#end(0);
      this.#from += length;
    }
  }

  /** Whether nothing but blanks is left. */
  atEnd(): boolean {
    while (this.#from < this.#to || this.#more()) {
      if (!isBlank(this.#bytes[this.#from]!)) return false;
      this.#from++;
    }
    return true;
  }

  /** Goes into a value that begins with a bracket; passes over any other. */
  #opens(bracket: number): boolean {
    this.#untaken = false;
    if (this.#next() !== bracket) {
      this.skip();
      return false;
    }
    this.#from++;
    return true;
  }

  /** The next byte that is no blank, to which the cursor moves. */
  #next(): number {
    // Reading on moves what is kept: the length first.
    const blanks = this.#blanks(0);
    this.#from += blanks;
    return this.#bytes[this.#from]!;
  }

  /** @param length behind the cursor. @returns the same, behind the blanks that follow. */
  #blanks(length: number): number {
    for (let at = length; ; at++) {
      if (this.#from + at >= this.#to) this.#needMore();
      if (!isBlank(this.#bytes[this.#from + at]!)) return at;
    }
  }

  /** Where a value ends. @param start of it, counted from the cursor, as is the result. */
  #end(start: number): number {
    let at = start;
    let depth = 0;
    for (;;) {
      if (this.#from + at >= this.#to && !this.#more()) {
        // A number may stand at the end of the text.
        if (depth === 0 && at > start) return at;
        throw new JsonTextError('ends early');
      }
      const byte = this.#bytes[this.#from + at]!;
      if (byte === QUOTE) {
        at = this.#endOfText(at + 1);
        if (depth === 0) return at;
        continue;
      }
      if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
      else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
        if (depth === 0) return at;
        if (--depth === 0) return at + 1;
      } else if (depth === 0 && (byte === COMMA || isBlank(byte))) return at;
      at++;
    }
  }

  /** Behind the quote that ends a text. @param start behind the one that begins it. */
  #endOfText(start: number): number {
    for (let at = start; ; ) {
      if (this.#from + at >= this.#to) this.#needMore();
      const byte = this.#bytes[this.#from + at]!;
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH && this.#from + at + 1 >= this.#to) this.#needMore();
      at += byte === BACKSLASH ? 2 : 1;
    }
  }

  /** Takes what stands between the cursor and `length` behind it. */
  #parse(length: number, before = '', after = ''): unknown {
    const text = `${before}${this.#bytes.toString('utf8', this.#from, this.#from + length)}${after}`;
    this.#from += length;
    try {
      return JSON.parse(text);
    } catch {
      throw new JsonTextError('is no JSON');
    }
  }

  #needMore(): void {
    if (!this.#more()) throw new JsonTextError('ends early');
  }

  /** Reads on. @returns false at the end of the text. */
  #more(): boolean {
    const { done, value } = this.#chunks.next();
    if (done) return false;
    const kept = this.#to - this.#from;
    const needed = kept + value.length;
    if (kept > this.#most) throw new JsonTextError(`holds a value of more than ${this.#most} bytes`);
    if (needed > this.#bytes.length) {
      const bigger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(bigger, 0, this.#from, this.#to);
      this.#bytes = bigger;
    } else this.#bytes.copyWithin(0, this.#from, this.#to);
    value.copy(this.#bytes, kept);
    this.#from = 0;
    this.#to = needed;
    return true;
  }
}
