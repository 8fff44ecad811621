/** Builds the columnar request table; arrays grow by half up to the capacity. */
import { Interner } from './interner.ts';
import type { RequestTable } from './types.ts';

export const REQUEST_CAPACITY = 3_000_000;

/** One request as a format found it; ids come from the table's interner. Reused between lines. */
export interface RequestRow {
  time: number;
  source: number;
  line: number;
  client: number;
  method: number;
  path: number;
  query: number;
  status: number;
  bytes: number;
  referer: number;
  userAgent: number;
  host: number;
  requestTime: number;
  upstreamConnect: number;
  upstreamHeader: number;
  upstreamResponse: number;
  upstream: number;
  upstreamStatus: number;
  termination: number;
}

export function emptyRow(): RequestRow {
  return clearRow({} as RequestRow);
}

export function clearRow(row: RequestRow): RequestRow {
  row.time = Number.NaN;
  row.source = 0;
  row.line = 0;
  row.client = 0;
  row.method = 0;
  row.path = 0;
  row.query = 0;
  row.status = 0;
  row.bytes = Number.NaN;
  row.referer = 0;
  row.userAgent = 0;
  row.host = 0;
  row.requestTime = Number.NaN;
  row.upstreamConnect = Number.NaN;
  row.upstreamHeader = Number.NaN;
  row.upstreamResponse = Number.NaN;
  row.upstream = 0;
  row.upstreamStatus = 0;
  row.termination = 0;
  return row;
}

const COLUMNS = {
  time: Float64Array,
  source: Uint16Array,
  line: Uint32Array,
  client: Uint32Array,
  method: Uint32Array,
  path: Uint32Array,
  query: Uint32Array,
  status: Uint16Array,
  bytes: Float64Array,
  referer: Uint32Array,
  userAgent: Uint32Array,
  host: Uint32Array,
  requestTime: Float32Array,
  upstreamConnect: Float32Array,
  upstreamHeader: Float32Array,
  upstreamResponse: Float32Array,
  upstream: Uint32Array,
  upstreamStatus: Uint16Array,
  termination: Uint32Array,
} as const;
type Column = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as Column[];
type Numbers = Float64Array | Float32Array | Uint32Array | Uint16Array;

/** What a column holds where the log says nothing. */
const BLANK: { [name in Column]?: number } = {
  bytes: Number.NaN,
  requestTime: Number.NaN,
  upstreamConnect: Number.NaN,
  upstreamHeader: Number.NaN,
  upstreamResponse: Number.NaN,
};

export class RequestTableBuilder {
  readonly interner = new Interner();
  readonly #capacity: number;
  /** Columns that no row has filled yet are not there; most logs fill half of them. */
  readonly #columns: { [name in Column]?: Numbers } = {};
  #room = 1024;
  #length = 0;
  #dropped = 0;

  /** @param capacity rows that are kept; 0 keeps none and forgets values now and then. */
  constructor(capacity = REQUEST_CAPACITY) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether a further row would be dropped. */
  get full(): boolean {
    return this.#length >= this.#capacity;
  }

  /** Whether rows are kept at all. */
  get keeps(): boolean {
    return this.#capacity > 0;
  }

  /** Counts a row that nobody built because the table is full. */
  drop(): void {
    this.#dropped++;
  }

  add(row: RequestRow): void {
    if (this.#length >= this.#capacity) {
      this.#dropped++;
      return;
    }
    if (this.#length === this.#room) this.#resize(Math.min(this.#capacity, Math.ceil(this.#room * 1.5)));
    const at = this.#length++;
    const columns = this.#columns;
    for (let i = 0; i < NAMES.length; i++) {
      const name = NAMES[i]!;
      const value = row[name];
      const column = columns[name];
      if (column) column[at] = value;
      else if (!Object.is(value, BLANK[name] ?? 0)) this.#column(name)[at] = value;
    }
  }

  #column(name: Column): Numbers {
    const column = new COLUMNS[name](this.#room);
    const blank = BLANK[name];
    if (blank !== undefined) column.fill(blank);
    this.#columns[name] = column;
    return column;
  }

  #resize(room: number): void {
    this.#room = room;
    for (const name of NAMES) {
      const old = this.#columns[name];
      if (old) this.#column(name).set(old);
    }
  }

  build(): RequestTable {
    const cut = Object.fromEntries(
      NAMES.map((name) => [name, (this.#columns[name] ?? this.#column(name)).subarray(0, this.#length)]),
    );
    return {
      length: this.#length,
      dropped: this.#capacity === 0 ? 0 : this.#dropped,
      strings: this.#capacity === 0 ? [''] : this.interner.strings(),
      ...cut,
    } as unknown as RequestTable;
  }
}
