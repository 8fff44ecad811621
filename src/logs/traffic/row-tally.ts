/** Counts rows as they are filed by means of this language: what KernelTally cannot do, or not here. */
import type { Loudest, RefusedClients } from './refused-clients.ts';
import { type Piece, RowColumns, readRows } from './rows.ts';
import { type MinuteCounts, MinuteTally, type SeriesOf } from './tally.ts';

export class RowTally implements MinuteCounts {
  readonly #tally: MinuteTally;
  readonly #of: SeriesOf;
  readonly #refusals: RefusedClients | undefined;
  readonly #some = new RowColumns();

  /** @param habitual by id, whether a client habitually fails. @param refusals takes them for failures, where they are. */
  constructor(habitual: Uint8Array, of: SeriesOf, refusals?: RefusedClients) {
    this.#tally = new MinuteTally(habitual, of.none + 1);
    this.#of = of;
    this.#refusals = refusals;
  }

  get requests(): Uint32Array {
    return this.#tally.requests;
  }

  get failures(): Uint32Array {
    return this.#tally.failures;
  }

  get heard(): Uint32Array {
    return this.#tally.heard;
  }

  get failing(): Uint32Array {
    return this.#tally.failing;
  }

  get refused(): Uint32Array {
    return this.#tally.refused;
  }

  next(): void {
    this.#tally.next();
  }

  add(piece: Piece): void {
    for (let next = piece.from; next < piece.to; ) {
      next = readRows(piece, next, this.#some);
      this.#refusals?.takeForFailures(this.#some);
      this.#tally.add(this.#some, this.#of);
    }
  }

  /** See RefusedClients. */
  tellLoudest(loudest: Loudest, minute: number): void {
    this.#refusals?.tell(loudest, minute);
  }

  /** See Durations. */
  percentiles(shares: readonly number[], found: (series: number, share: number, seconds: number) => void): void {
    this.#tally.durations.percentiles(shares, found);
  }
}
