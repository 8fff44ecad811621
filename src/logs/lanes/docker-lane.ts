/** Runs through Docker's json-file lines with the lane for what their programs wrote: JSON, access lines or other text. */
import type { Kernel } from '../kernel/kernel.ts';
import type { LiteralSearch } from '../lexicon/literal-search.ts';
import type { Sweep } from '../sweep.ts';
import type { AccessLane } from './access-lane.ts';
import type { JsonLane } from './json-lane.ts';
import type { Lane, Reading } from './lane.ts';
import type { TextLane } from './text-lane.ts';

const QUOTE = 34;
const BLANK = 32;
const BRACE = 123;
const LF = 10;
/** `{"log":` */
const BEHIND_NAME = 7;
/** Lines by which a file is told for one of text, and what share of them may hold objects or requests all the same. */
const SAMPLE = 200;
const MOST_OTHERS = 0.1;
/** Where the text lane stopped, see text.as. */
const STOPPED = 1;

export class DockerLane implements Lane {
  taken = 0;
  readonly swept = false;
  readonly cards = false;
  readonly left = 1;
  hopeful = false;
  curious = false;
  readonly #json: JsonLane;
  readonly #access: AccessLane;
  readonly #text: TextLane;
  /** Sees what programs wrote; the lines themselves are swept for card numbers. */
  readonly #inner: Sweep;
  readonly #search: LiteralSearch;
  /** Whether the file holds text for the most part: what the kernel learns of that and of objects is not for both. */
  #isText: boolean | undefined;
  #kernel: Kernel | undefined;

  /** @param inner looks for no card numbers. @param search what it looks for in JSON and text. */
  constructor(json: JsonLane, access: AccessLane, text: TextLane, inner: Sweep, search: LiteralSearch) {
    this.#json = json;
    this.#access = access;
    this.#text = text;
    this.#inner = inner;
    this.#search = search;
  }

  begin(kernel: Kernel): void {
    this.#kernel = kernel;
  }

  finish(): void {
    this.#json.finish();
    this.#access.finish();
    this.#text.finish();
  }

  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number {
    this.taken = 0;
    this.hopeful = false;
    this.curious = false;
    this.#isText ??= this.#holdsText(kernel.bytes, from, end);
    let at = from;
    while (at < end) {
      const first = this.#first(kernel.bytes, at);
      let kind = this.#isText ? ('text' as const) : first === BRACE ? ('objects' as const) : ('requests' as const);
      let count = kernel.unwrap(at, end, sweep.next, kind);
      if (count === 0 && kind === 'text') {
        kind = 'requests';
        count = kernel.unwrap(at, end, sweep.next, kind);
      }
      if (count === 0) break;
      const { inner, innerEnd } = kernel;
      this.#inner.over(kernel, innerEnd, kind === 'requests' ? undefined : this.#search, inner);
      const lane = kind === 'text' ? this.#text : kind === 'objects' ? this.#json : this.#access;
      lane.begin(kernel);
      lane.run(kernel, inner, innerEnd, firstLine + this.taken, this.#inner, found);
      if (kind === 'text') this.#text.rest();
      const { taken } = lane;
      if (taken > 0) at = kernel.innerNext[taken - 1]!;
      this.taken += taken;
      // The last object or record of text waits for what follows it, as in other files.
      if (taken === 0 || taken < count - Number(kind !== 'requests')) {
        ({ hopeful: this.hopeful, curious: this.curious } = lane);
        break;
      }
    }
    return at;
  }

  /** The text lane learns from what was taken out, which stands elsewhere than what the general reader has read. */
  learn(reading: Reading): boolean {
    const shift = this.#kernel!.textResult.words[STOPPED]! - reading.start;
    const { start, end, stamp, stampEnd } = reading;
    return this.#text.learn({
      ...reading,
      start: start + shift,
      end: end + shift,
      stamp: stamp + shift,
      stampEnd: stampEnd + shift,
    });
  }

  /** First byte of what the program wrote on the line at `at`. */
  #first(b: Buffer, at: number): number {
    let value = at + BEHIND_NAME;
    while (b[value] === BLANK) value++;
    return b[value] === QUOTE ? b[value + 1]! : 0;
  }

  #holdsText(b: Buffer, from: number, end: number): boolean {
    let others = 0;
    let at = from;
    let line = 0;
    for (; line < SAMPLE && at < end; line++) {
      const next = b.indexOf(LF, at) + 1;
      if (this.#first(b, at) === BRACE || b.toString('latin1', at, next).includes(' HTTP/')) others++;
      at = next;
    }
    return others <= line * MOST_OTHERS;
  }
}
