import { roomier } from '../evidence/release.ts';
import { OUTCOMES, type Outcome, ROW_KINDS, type RowKind, type TransactionTable } from './types.ts';

/** Rows that one run keeps, whatever tables they make; further rows are counted as dropped (budget.ts). */
export const MOST_ROWS = 2_000_000;

export const INTERNED = [
  'order',
  'payment',
  'merchant',
  'route',
  'node',
  'bin',
  'last4',
  'cardFingerprint',
  'cardExpiry',
  'currency',
  'code',
  'status',
  'client',
  'user',
  'device',
  'subject',
  'initiator',
] as const;
export type InternedColumn = (typeof INTERNED)[number];

export interface TransactionRow {
  line: number;
  time: number;
  amount: number;
  httpStatus: number;
  latencyMs: number;
  outcome: Outcome;
  reason: number;
  kind: RowKind;
  text: { [column in InternedColumn]: string };
}

/** Slices of 13 and more characters keep the text they come from alive (V8); a copy does not. */
export const copy = (text: string): string => (text.length < 13 ? text : Buffer.from(text, 'utf8').toString('utf8'));

/** One column of texts. Small maps stay in the processor's cache; ids are equal for equal texts of one column. */
class TextColumn {
  readonly name: InternedColumn;
  readonly ids = new Map<string, number>();
  numbers: Uint32Array;
  /** The text of the row before, which most columns repeat. */
  last = '';
  lastId = 0;

  constructor(name: InternedColumn, capacity: number) {
    this.name = name;
    this.numbers = new Uint32Array(capacity);
  }
}

/** Collects rows into the columnar table. */
export class TransactionTableBuilder {
  readonly #file: string;
  readonly #detach: boolean;
  readonly #most: number;
  readonly #strings: string[] = [''];
  #capacity = 1024;
  #length = 0;
  #dropped = 0;
  #time = new Float64Array(this.#capacity);
  #line = new Uint32Array(this.#capacity);
  #amount = new Float64Array(this.#capacity);
  #httpStatus = new Uint16Array(this.#capacity);
  #latency = new Float32Array(this.#capacity);
  #outcome = new Uint8Array(this.#capacity);
  #reason = new Uint8Array(this.#capacity);
  #kind = new Uint8Array(this.#capacity);
  readonly #texts = INTERNED.map((name) => new TextColumn(name, this.#capacity));

  /**
   * @param detach copies strings out of the file's text; worth its time for large files only.
   * @param most rows that are kept.
   */
  constructor(file: string, detach: boolean, most = MOST_ROWS) {
    this.#file = file;
    this.#detach = detach;
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  #intern(column: TextColumn, text: string): number {
    if (text === '') return 0;
    if (text === column.last) return column.lastId;
    let id = column.ids.get(text);
    if (id === undefined) {
      const own = this.#detach ? copy(text) : text;
      id = this.#strings.length;
      this.#strings.push(own);
      column.ids.set(own, id);
    }
    column.last = this.#strings[id]!;
    column.lastId = id;
    return id;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#time = roomier(this.#time, new Float64Array(this.#capacity));
    this.#line = roomier(this.#line, new Uint32Array(this.#capacity));
    this.#amount = roomier(this.#amount, new Float64Array(this.#capacity));
    this.#httpStatus = roomier(this.#httpStatus, new Uint16Array(this.#capacity));
    this.#latency = roomier(this.#latency, new Float32Array(this.#capacity));
    this.#outcome = roomier(this.#outcome, new Uint8Array(this.#capacity));
    this.#reason = roomier(this.#reason, new Uint8Array(this.#capacity));
    this.#kind = roomier(this.#kind, new Uint8Array(this.#capacity));
    // A column that the table does not have takes no memory as long as nothing is written into it.
    for (const column of this.#texts)
      column.numbers =
        column.ids.size > 0
          ? roomier(column.numbers, new Uint32Array(this.#capacity))
          : new Uint32Array(this.#capacity);
  }

  /** @returns false for a row beyond those that are kept; it is counted. */
  add(row: TransactionRow): boolean {
    if (this.#length >= this.#most) {
      this.#dropped++;
      return false;
    }
    if (this.#length === this.#capacity) this.#grow();
    const at = this.#length++;
    this.#time[at] = row.time;
    this.#line[at] = row.line;
    this.#amount[at] = row.amount;
    this.#httpStatus[at] = row.httpStatus;
    this.#latency[at] = row.latencyMs;
    this.#outcome[at] = OUTCOMES.indexOf(row.outcome);
    this.#reason[at] = row.reason;
    this.#kind[at] = ROW_KINDS.indexOf(row.kind);
    for (const column of this.#texts) {
      const id = this.#intern(column, row.text[column.name]);
      if (id !== 0) column.numbers[at] = id;
    }
    return true;
  }

  drop(): void {
    this.#dropped++;
  }

  /** The table of the rows so far; its columns are views of what was collected, so nothing is added afterwards. */
  finish(columns: { [meaning: string]: string }): TransactionTable {
    const end = this.#length;
    const interned = (column: InternedColumn): Uint32Array =>
      this.#texts[INTERNED.indexOf(column)]!.numbers.subarray(0, end);
    return {
      file: this.#file,
      length: end,
      dropped: this.#dropped,
      strings: this.#strings,
      columns,
      time: this.#time.subarray(0, end),
      line: this.#line.subarray(0, end),
      order: interned('order'),
      payment: interned('payment'),
      merchant: interned('merchant'),
      route: interned('route'),
      node: interned('node'),
      bin: interned('bin'),
      last4: interned('last4'),
      cardFingerprint: interned('cardFingerprint'),
      cardExpiry: interned('cardExpiry'),
      amount: this.#amount.subarray(0, end),
      currency: interned('currency'),
      code: interned('code'),
      httpStatus: this.#httpStatus.subarray(0, end),
      status: interned('status'),
      outcome: this.#outcome.subarray(0, end),
      latencyMs: this.#latency.subarray(0, end),
      client: interned('client'),
      user: interned('user'),
      device: interned('device'),
      subject: interned('subject'),
      initiator: interned('initiator'),
      reason: this.#reason.subarray(0, end),
      kind: this.#kind.subarray(0, end),
    };
  }
}
