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

export class RequestTableBuilder {
  readonly interner = new Interner();
  readonly #capacity: number;
  #columns: Record<Column, Numbers>;
  #room = 1024;
  #length = 0;
  #dropped = 0;

  constructor(capacity = REQUEST_CAPACITY) {
    this.#capacity = capacity;
    this.#columns = Object.fromEntries(NAMES.map((name) => [name, new COLUMNS[name](this.#room)])) as Record<
      Column,
      Numbers
    >;
  }

  get length(): number {
    return this.#length;
  }

  add(row: RequestRow): void {
    if (this.#length >= this.#capacity) {
      this.#dropped++;
      return;
    }
    if (this.#length === this.#room) this.#resize(Math.min(this.#capacity, Math.ceil(this.#room * 1.5)));
    const at = this.#length++;
    const columns = this.#columns;
    columns.time[at] = row.time;
    columns.source[at] = row.source;
    columns.line[at] = row.line;
    columns.client[at] = row.client;
    columns.method[at] = row.method;
    columns.path[at] = row.path;
    columns.query[at] = row.query;
    columns.status[at] = row.status;
    columns.bytes[at] = row.bytes;
    columns.referer[at] = row.referer;
    columns.userAgent[at] = row.userAgent;
    columns.host[at] = row.host;
    columns.requestTime[at] = row.requestTime;
    columns.upstreamConnect[at] = row.upstreamConnect;
    columns.upstreamHeader[at] = row.upstreamHeader;
    columns.upstreamResponse[at] = row.upstreamResponse;
    columns.upstream[at] = row.upstream;
    columns.upstreamStatus[at] = row.upstreamStatus;
    columns.termination[at] = row.termination;
  }

  #resize(room: number): void {
    for (const name of NAMES) {
      const bigger = new COLUMNS[name](room);
      bigger.set(this.#columns[name]);
      this.#columns[name] = bigger;
    }
    this.#room = room;
  }

  build(): RequestTable {
    const cut = Object.fromEntries(NAMES.map((name) => [name, this.#columns[name].subarray(0, this.#length)]));
    return {
      length: this.#length,
      dropped: this.#dropped,
      strings: this.interner.strings,
      ...cut,
    } as unknown as RequestTable;
  }
}
