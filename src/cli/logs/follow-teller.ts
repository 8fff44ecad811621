/** Lines that `logs --follow` prints: at once while they are few; of a flood the rest is summed up, so that a terminal is not flooded, too. */
import { isInstant, isoTime } from '../../instant.ts';

/** Lines that are printed at once within one stretch, and as many sums after it. */
export const MOST_LINES = 200;
/** Milliseconds after which what was held back is said, and lines are printed at once again. */
export const STRETCH = 10_000;

export interface FollowDetails {
  [name: string]: string | number;
}

/** What was held back of one kind of line. */
interface HeldBack {
  first: number;
  kind: string;
  what: string;
  lines: number;
  /** Numbers of the lines, added up. */
  sums: { [name: string]: number };
}

const iso = (time: number): string | null => (isInstant(time) ? isoTime(time) : null);

/** Prints what was found, in bounded amount. Nothing is lost: what is held back is summed up by kind and subject. */
export class FollowTeller {
  readonly #json: boolean;
  readonly #write: (line: string) => void;
  readonly #clock: () => number;
  readonly #held = new Map<string, HeldBack>();
  /** Lines beyond those of which sums are kept. */
  #others = 0;
  #printed = 0;
  #since: number;

  /** @param clock milliseconds that go on, of the machine. */
  constructor(json: boolean, write: (line: string) => void, clock: () => number = Date.now) {
    this.#json = json;
    this.#write = write;
    this.#clock = clock;
    this.#since = clock();
  }

  /** Prints a line, or holds it back. @param time when it happened, ms UTC; NaN if unknown. */
  tell(time: number, kind: string, what: string, more: FollowDetails): void {
    if (this.isDue()) this.flush();
    if (this.#printed < MOST_LINES) {
      this.#printed++;
      this.#print(time, kind, what, more);
      return;
    }
    const key = `${kind}\n${what}`;
    let held = this.#held.get(key);
    if (!held) {
      if (this.#held.size >= MOST_LINES) {
        this.#others++;
        return;
      }
      held = { first: time, kind, what, lines: 0, sums: {} };
      this.#held.set(key, held);
    }
    held.lines++;
    if (!(held.first <= time)) held.first = time;
    for (const [name, value] of Object.entries(more))
      if (typeof value === 'number') held.sums[name] = (held.sums[name] ?? 0) + value;
  }

  /** Whether the stretch is over. */
  isDue(): boolean {
    return this.#clock() - this.#since >= STRETCH;
  }

  /** Says what was held back, and begins a new stretch. */
  flush(): void {
    for (const { first, kind, what, lines, sums } of this.#held.values())
      this.#print(first, kind, what, { ...sums, summedUp: lines });
    if (this.#others > 0) this.#print(Number.NaN, 'left-out', 'further lines', { count: this.#others });
    this.#held.clear();
    this.#others = 0;
    this.#printed = 0;
    this.#since = this.#clock();
  }

  #print(time: number, kind: string, what: string, more: FollowDetails): void {
    this.#write(
      this.#json
        ? JSON.stringify({ time: iso(time), kind, what, ...more })
        : `${iso(time) ?? '-'}  ${kind}  ${what}${Object.entries(more)
            .map(([name, value]) => `  ${name}=${value}`)
            .join('')}`,
    );
  }
}
