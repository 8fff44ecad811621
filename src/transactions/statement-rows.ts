import { roomier } from '../evidence/release.ts';

/** A payment as the provider tells it. */
export interface StatementRow {
  file: string;
  line: number;
  /** ms UTC; NaN where it cannot be read. */
  time: number;
  order: string;
  payment: string;
  status: string;
  /** NaN where there is none. */
  amount: number;
}

/** The rows of a statement in columns: a million of them take a quarter of what as many objects do. */
export class StatementRows implements Iterable<StatementRow> {
  readonly #files: string[] = [];
  readonly #statuses = new Map<string, string>();
  #capacity = 64;
  #length = 0;
  #file = new Uint32Array(this.#capacity);
  #line = new Uint32Array(this.#capacity);
  #time = new Float64Array(this.#capacity);
  #amount = new Float64Array(this.#capacity);
  readonly #order: string[] = [];
  readonly #payment: string[] = [];
  readonly #status: string[] = [];

  get length(): number {
    return this.#length;
  }

  add({ file, line, time, order, payment, status, amount }: StatementRow): void {
    if (this.#length === this.#capacity) this.#grow();
    if (this.#files.at(-1) !== file) this.#files.push(file);
    const at = this.#length++;
    this.#file[at] = this.#files.length - 1;
    this.#line[at] = line;
    this.#time[at] = time;
    this.#amount[at] = amount;
    this.#order.push(order);
    this.#payment.push(payment);
    let known = this.#statuses.get(status);
    if (known === undefined) {
      known = status;
      this.#statuses.set(status, status);
    }
    this.#status.push(known);
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#file = roomier(this.#file, new Uint32Array(this.#capacity));
    this.#line = roomier(this.#line, new Uint32Array(this.#capacity));
    this.#time = roomier(this.#time, new Float64Array(this.#capacity));
    this.#amount = roomier(this.#amount, new Float64Array(this.#capacity));
  }

  /** @param index below `length`. */
  at(index: number): StatementRow {
    return {
      file: this.#files[this.#file[index]!]!,
      line: this.#line[index]!,
      time: this.#time[index]!,
      order: this.#order[index]!,
      payment: this.#payment[index]!,
      status: this.#status[index]!,
      amount: this.#amount[index]!,
    };
  }

  *[Symbol.iterator](): Generator<StatementRow> {
    for (let index = 0; index < this.#length; index++) yield this.at(index);
  }

  /** Times of the rows. */
  times(): Float64Array {
    return this.#time.subarray(0, this.#length);
  }

  /** Amounts of the rows. */
  amounts(): Float64Array {
    return this.#amount.subarray(0, this.#length);
  }

  /** Whether a row tells what another one does; where they stand does not count. */
  tellsSame(index: number, { time, order, payment, status, amount }: StatementRow): boolean {
    return (
      this.#order[index] === order &&
      this.#payment[index] === payment &&
      this.#status[index] === status &&
      Object.is(this.#time[index]! + 0, time + 0) &&
      Object.is(this.#amount[index]! + 0, amount + 0)
    );
  }

  /** The same rows, oldest first; those of one time, and those without one, as they stand. */
  inOrderOfTime(): StatementRows {
    if (this.times().every((time, index) => index === 0 || time >= this.#time[index - 1]!)) return this;
    const order = Array.from({ length: this.#length }, (_, index) => index);
    order.sort((a, b) => this.#time[a]! - this.#time[b]! || 0);
    const sorted = new StatementRows();
    for (const index of order) sorted.add(this.at(index));
    return sorted;
  }
}
