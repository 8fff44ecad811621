/** Builds the columnar request table; arrays grow by half up to the capacity. */

import { release } from '../evidence/release.ts';
import { Interner } from './interner.ts';
import type { RequestTable } from './types.ts';

/** Rows that are kept at most. */
export const REQUEST_CAPACITY = 3_000_000;
/** Bytes that rows and their values may take, with what those who ask about them need for each. */
export const TABLE_BYTES = 130 * 2 ** 20;
/** What questions take for a row, and values for their place in tables and as strings. */
const ROW_OVERHEAD = 40;
const VALUE_OVERHEAD = 72;
/** Rows after which the room is looked at. */
const REVIEW = 4096;
/** Values of rows that are not kept are forgotten after this many. */
const FORGET_BEYOND = 100_000;

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
  merchant: number;
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
  row.merchant = 0;
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
  merchant: Uint32Array,
} as const;
type Column = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as Column[];
type Numbers = Float64Array | Float32Array | Uint32Array | Uint16Array;
type Columns = { [name in Column]?: InstanceType<(typeof COLUMNS)[name]> };

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
  readonly #keeps: boolean;
  readonly #bytes: number;
  #capacity: number;
  /** Values that kept rows refer to have ids below this, once the table is full. */
  #values = 0;
  /** Columns that no row has filled yet are not there; most logs fill half of them. */
  readonly #columns: Columns = {};
  #room = 1024;
  #length = 0;
  #dropped = 0;

  /**
   * @param capacity rows that are kept; 0 keeps none and forgets values now and then.
   * @param bytes that they may take with their values.
   */
  constructor(capacity = REQUEST_CAPACITY, bytes = TABLE_BYTES) {
    this.#capacity = capacity;
    this.#bytes = bytes;
    this.#keeps = capacity > 0;
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
    return this.#keeps;
  }

  /** Counts a row that nobody built because the table is full. */
  drop(): void {
    this.#dropped++;
  }

  add(row: RequestRow): void {
    if (this.#length >= this.#capacity) {
      this.#dropped++;
      if (this.#values === 0) this.#values = this.interner.length;
      if (this.#keeps && this.interner.length > this.#values + FORGET_BEYOND) this.interner.truncate(this.#values);
      return;
    }
    if (this.#length % REVIEW === 0) this.#review();
    if (this.#length === this.#room) this.#resize(Math.min(this.#capacity, Math.ceil(this.#room * 1.5)));
    const at = this.#length++;
    // Written out: a loop over the names looks every one of them up, for every request.
    const c = this.#columns;
    if (c.time) c.time[at] = row.time;
    else if (row.time !== 0) this.#column('time')[at] = row.time;
    if (c.source) c.source[at] = row.source;
    else if (row.source !== 0) this.#column('source')[at] = row.source;
    if (c.line) c.line[at] = row.line;
    else if (row.line !== 0) this.#column('line')[at] = row.line;
    if (c.client) c.client[at] = row.client;
    else if (row.client !== 0) this.#column('client')[at] = row.client;
    if (c.method) c.method[at] = row.method;
    else if (row.method !== 0) this.#column('method')[at] = row.method;
    if (c.path) c.path[at] = row.path;
    else if (row.path !== 0) this.#column('path')[at] = row.path;
    if (c.query) c.query[at] = row.query;
    else if (row.query !== 0) this.#column('query')[at] = row.query;
    if (c.status) c.status[at] = row.status;
    else if (row.status !== 0) this.#column('status')[at] = row.status;
    // A number of bytes is a whole one; what cannot be held exactly is no number to compare with.
    const bytes = row.bytes >= 0 && Number.isSafeInteger(row.bytes) ? row.bytes : Number.NaN;
    if (c.bytes) c.bytes[at] = bytes;
    else if (!Number.isNaN(bytes)) this.#column('bytes')[at] = bytes;
    if (c.referer) c.referer[at] = row.referer;
    else if (row.referer !== 0) this.#column('referer')[at] = row.referer;
    if (c.userAgent) c.userAgent[at] = row.userAgent;
    else if (row.userAgent !== 0) this.#column('userAgent')[at] = row.userAgent;
    if (c.host) c.host[at] = row.host;
    else if (row.host !== 0) this.#column('host')[at] = row.host;
    if (c.requestTime) c.requestTime[at] = row.requestTime;
    else if (!Number.isNaN(row.requestTime)) this.#column('requestTime')[at] = row.requestTime;
    if (c.upstreamConnect) c.upstreamConnect[at] = row.upstreamConnect;
    else if (!Number.isNaN(row.upstreamConnect)) this.#column('upstreamConnect')[at] = row.upstreamConnect;
    if (c.upstreamHeader) c.upstreamHeader[at] = row.upstreamHeader;
    else if (!Number.isNaN(row.upstreamHeader)) this.#column('upstreamHeader')[at] = row.upstreamHeader;
    if (c.upstreamResponse) c.upstreamResponse[at] = row.upstreamResponse;
    else if (!Number.isNaN(row.upstreamResponse)) this.#column('upstreamResponse')[at] = row.upstreamResponse;
    if (c.upstream) c.upstream[at] = row.upstream;
    else if (row.upstream !== 0) this.#column('upstream')[at] = row.upstream;
    if (c.upstreamStatus) c.upstreamStatus[at] = row.upstreamStatus;
    else if (row.upstreamStatus !== 0) this.#column('upstreamStatus')[at] = row.upstreamStatus;
    if (c.termination) c.termination[at] = row.termination;
    else if (row.termination !== 0) this.#column('termination')[at] = row.termination;
    if (c.merchant) c.merchant[at] = row.merchant;
    else if (row.merchant !== 0) this.#column('merchant')[at] = row.merchant;
  }

  /** Closes the table where its room is used up. */
  #review(): void {
    const { interner } = this;
    const row = NAMES.reduce((bytes, name) => bytes + (this.#columns[name]?.BYTES_PER_ELEMENT ?? 0), ROW_OVERHEAD);
    const used = this.#length * row + interner.length * VALUE_OVERHEAD + interner.size * 2;
    if (used < this.#bytes) return;
    // The row at hand is the last.
    this.#capacity = this.#length + 1;
    this.#values = interner.length;
  }

  #column(name: Column): Numbers {
    const column = new COLUMNS[name](this.#room);
    const blank = BLANK[name];
    if (blank !== undefined) column.fill(blank);
    (this.#columns as { [name in Column]?: Numbers })[name] = column;
    return column;
  }

  /** Zeros need not be written: pages that nobody writes to take no memory. */
  #blank(name: Column): Numbers {
    const column = new COLUMNS[name](this.#length);
    return BLANK[name] === undefined ? column : column.fill(BLANK[name]);
  }

  #resize(room: number): void {
    this.#room = room;
    for (const name of NAMES) {
      const old = this.#columns[name];
      if (!old) continue;
      this.#column(name).set(old);
      release(old);
    }
  }

  #strings(): string[] {
    if (this.#values > 0) this.interner.truncate(this.#values);
    const strings = this.interner.strings();
    this.interner.reset();
    return strings;
  }

  /** The table. Nothing can be added any more: the values are those of the table now. */
  build(): RequestTable {
    const blanks = new Map<string, Numbers>();
    const blankOf = (name: Column): Numbers => {
      const kind = `${COLUMNS[name].name} ${BLANK[name] ?? 0}`;
      // One for all columns that say nothing.
      const column = blanks.get(kind) ?? this.#blank(name);
      blanks.set(kind, column);
      return column;
    };
    const cut = Object.fromEntries(
      NAMES.map((name) => [name, this.#columns[name]?.subarray(0, this.#length) ?? blankOf(name)]),
    );
    return {
      length: this.#length,
      dropped: this.#keeps ? this.#dropped : 0,
      strings: this.#keeps ? this.#strings() : [''],
      ...cut,
    } as unknown as RequestTable;
  }
}
