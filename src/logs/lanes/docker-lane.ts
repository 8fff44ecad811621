/** Runs through Docker's json-file lines whose programs wrote JSON or access lines, with the lane for what they wrote. */
import type { Kernel } from '../kernel/kernel.ts';
import type { LiteralSearch } from '../lexicon/literal-search.ts';
import type { Sweep } from '../sweep.ts';
import type { AccessLane } from './access-lane.ts';
import type { JsonLane } from './json-lane.ts';
import type { Lane } from './lane.ts';

const QUOTE = 34;
const BLANK = 32;
const BRACE = 123;
/** `{"log":` */
const BEHIND_NAME = 7;

export class DockerLane implements Lane {
  taken = 0;
  readonly swept = false;
  readonly cards = false;
  readonly left = 1;
  readonly hopeful = false;
  readonly curious = false;
  readonly #json: JsonLane;
  readonly #access: AccessLane;
  /** Sees what programs wrote; the lines themselves are swept for card numbers. */
  readonly #inner: Sweep;
  readonly #search: LiteralSearch;

  /** @param inner looks for no card numbers. @param search what it looks for in JSON. */
  constructor(json: JsonLane, access: AccessLane, inner: Sweep, search: LiteralSearch) {
    this.#json = json;
    this.#access = access;
    this.#inner = inner;
    this.#search = search;
  }

  begin(): void {}

  finish(): void {
    this.#json.finish();
    this.#access.finish();
  }

  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep, found: number[]): number {
    this.taken = 0;
    let at = from;
    while (at < end) {
      const objects = this.#holdsObject(kernel.bytes, at);
      const count = kernel.unwrap(at, end, sweep.next, objects);
      if (count === 0) break;
      const { inner, innerEnd } = kernel;
      this.#inner.over(kernel, innerEnd, objects ? this.#search : undefined, inner);
      const lane = objects ? this.#json : this.#access;
      lane.begin(kernel);
      lane.run(kernel, inner, innerEnd, firstLine + this.taken, this.#inner, found);
      const { taken } = lane;
      if (taken > 0) at = kernel.innerNext[taken - 1]!;
      this.taken += taken;
      // The last object waits for what follows it, as in other files.
      if (taken === 0 || taken < count - Number(objects)) break;
    }
    return at;
  }

  /** Whether the line at `at` seems to hold an object. */
  #holdsObject(b: Buffer, at: number): boolean {
    let value = at + BEHIND_NAME;
    while (b[value] === BLANK) value++;
    return b[value] === QUOTE && b[value + 1] === BRACE;
  }
}
