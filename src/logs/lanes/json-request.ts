/** Requests among JSON lines, as `isAccessRecord` and `readAccessRecord` have them, from where the kernel found their members. */
import { setRequestLine, setTarget } from '../formats/access-fields.ts';
import { clientAddress, isGuessed, isTarget, seconds } from '../formats/access-json.ts';
import type { RequestRow, RequestTableBuilder } from '../request-table.ts';
import { countsMilliseconds, slotOfAccess, slotOfPart } from './json-keys.ts';
import { INTEGER, type JsonRows, STRING } from './json-rows.ts';

const STATUS = slotOfAccess('status');
const REQUEST_LINE = slotOfAccess('requestLine');
const METHOD = slotOfAccess('method');
const TARGET = slotOfAccess('target');
const QUERY = slotOfAccess('query');
const CLIENT = slotOfAccess('client');
const BYTES = slotOfAccess('bytes');
const REFERER = slotOfAccess('referer');
const USER_AGENT = slotOfAccess('userAgent');
const HOST = slotOfAccess('host');
const REQUEST_TIME = slotOfAccess('requestTime');
const UPSTREAM_CONNECT = slotOfAccess('upstreamConnect');
const UPSTREAM_HEADER = slotOfAccess('upstreamHeader');
const UPSTREAM_RESPONSE = slotOfAccess('upstreamResponse');
const UPSTREAM = slotOfAccess('upstream');
const UPSTREAM_STATUS = slotOfAccess('upstreamStatus');
const TERMINATION = slotOfAccess('termination');
const MERCHANT = slotOfAccess('merchant');
const OPERATION_CLIENT = slotOfPart('client');
const OPERATION_DURATION = slotOfPart('duration');

const DASH = 45;
const SLASH = 47;

export class JsonRequests {
  readonly #b: Buffer;
  readonly #rows: JsonRows;
  readonly #table: RequestTableBuilder;

  /** @param b the kernel's bytes. */
  constructor(b: Buffer, rows: JsonRows, table: RequestTableBuilder) {
    this.#b = b;
    this.#rows = rows;
    this.#table = table;
  }

  /** Whether the record at hand is a request; undefined when the parser has to say it. */
  get isRequest(): boolean | undefined {
    const status = this.#rows.text(STATUS);
    if (status === undefined || !/^[1-5]\d\d$|^0$|^-$|^$/.test(status)) return false;
    const rows = this.#rows;
    if (rows.kind(REQUEST_LINE) !== 0) {
      if (this.#plainRequest() > 0) return true;
      const line = this.#rows.text(REQUEST_LINE)!;
      if (/^[A-Z]{3,10} \S/.test(line)) return true;
      // Servers log what was no HTTP at all, too.
      if (/^4\d\d$/.test(status)) return undefined;
    }
    if (rows.kind(METHOD) === 0 || rows.kind(TARGET) === 0) return false;
    const target = this.#rows.text(TARGET)!;
    return isTarget(target, rows.name(TARGET));
  }

  /** Fills a clear row but for time, source and line. @returns false when the parser has to do it. */
  read(row: RequestRow): boolean {
    const rows = this.#rows;
    const { interner } = this.#table;
    row.status = Number(this.#rows.text(STATUS)) || 0;
    if (rows.kind(REQUEST_LINE) === 0) {
      row.method = this.#id(METHOD);
      const from = rows.from(TARGET);
      if (rows.kind(TARGET) === STRING && this.#plainTarget(from, rows.to(TARGET)))
        this.#setTarget(row, from, rows.to(TARGET));
      else setTarget(this.#rows.text(TARGET) ?? '', row, interner);
      if (row.query === 0) row.query = this.#id(QUERY);
    } else {
      const space = this.#plainRequest();
      if (space > 0) {
        row.method = interner.bytes(this.#b, rows.from(REQUEST_LINE), space);
        this.#setTarget(row, space + 1, this.#lastBlank(rows.to(REQUEST_LINE)));
      } else {
        const line = this.#rows.text(REQUEST_LINE)!;
        if (/^[A-Z]{3,10} /.test(line)) setRequestLine(line, row, interner);
      }
    }
    if (rows.kind(CLIENT) !== 0 && !this.#setClient(row)) return false;
    const bytes = Number(this.#rows.text(BYTES));
    if (Number.isFinite(bytes)) row.bytes = bytes;
    row.referer = this.#id(REFERER);
    row.userAgent = this.#id(USER_AGENT);
    row.host = this.#id(HOST);
    const timeKey = rows.kind(REQUEST_TIME) === 0 ? '' : rows.name(REQUEST_TIME);
    // As `readAccessRecord` has it.
    const inMs = isGuessed(timeKey) && countsMilliseconds(rows.access);
    // Mostly the kernel has read it.
    const same =
      rows.kind(OPERATION_DURATION) !== 0 && rows.timed && rows.from(REQUEST_TIME) === rows.from(OPERATION_DURATION);
    row.requestTime =
      timeKey !== '' && same && !inMs ? rows.seconds : this.#seconds(REQUEST_TIME, inMs ? 'duration_ms' : timeKey);
    row.upstreamConnect = this.#seconds(UPSTREAM_CONNECT, 'upstreamConnect');
    row.upstreamHeader = this.#seconds(UPSTREAM_HEADER, 'upstreamHeader');
    row.upstreamResponse = this.#seconds(UPSTREAM_RESPONSE, undefined);
    row.upstream = this.#id(UPSTREAM);
    const upstreamStatus = Number.parseInt(this.#rows.text(UPSTREAM_STATUS) ?? '', 10);
    row.upstreamStatus = upstreamStatus >= 100 && upstreamStatus < 600 ? upstreamStatus : 0;
    row.termination = this.#id(TERMINATION);
    row.merchant = this.#id(MERCHANT);
    return true;
  }

  /** Id of the value, 0 for none. */
  #id(slot: number): number {
    const rows = this.#rows;
    const kind = rows.kind(slot);
    const { interner } = this.#table;
    if (kind === STRING || kind === INTEGER) {
      const from = rows.from(slot);
      const to = rows.to(slot);
      return to - from === 1 && this.#b[from] === DASH ? 0 : interner.bytes(this.#b, from, to);
    }
    const text = rows.text(slot);
    return text === undefined || text === '-' ? 0 : interner.text(text);
  }

  /** @param key whose unit counts; that of the member unless given. */
  #seconds(slot: number, key: string | undefined): number {
    if (this.#rows.kind(slot) === 0) return Number.NaN;
    return seconds(this.#rows.text(slot), key ?? this.#rows.name(slot));
  }

  /** Index of the blank behind the method where the line is `METHOD /target HTTP/...` in plain bytes, else 0. */
  #plainRequest(): number {
    const rows = this.#rows;
    if (rows.kind(REQUEST_LINE) !== STRING) return 0;
    const b = this.#b;
    const from = rows.from(REQUEST_LINE);
    const to = rows.to(REQUEST_LINE);
    let at = from;
    while (b[at]! >= 65 && b[at]! <= 90) at++;
    if (at - from < 3 || at - from > 10 || b[at] !== 32 || !this.#plainTarget(at + 1, to)) return 0;
    const last = this.#lastBlank(to);
    return last > at && last + 6 <= to && b.toString('latin1', last + 1, last + 6) === 'HTTP/' ? at : 0;
  }

  /** Whether a target begins with a slash and can name no scheme. */
  #plainTarget(from: number, to: number): boolean {
    const b = this.#b;
    if (from >= to || b[from] !== SLASH) return false;
    for (let at = from + 1; at < from + 8 && at < to; at++) if (b[at] === 58) return false;
    return true;
  }

  /** Index of the last blank before `to`; there is one in the line. */
  #lastBlank(to: number): number {
    let at = to - 1;
    while (this.#b[at] !== 32) at--;
    return at;
  }

  #setTarget(row: RequestRow, from: number, to: number): void {
    const { interner } = this.#table;
    const b = this.#b;
    let mark = from;
    while (mark < to && b[mark] !== 63) mark++;
    row.path = interner.bytes(b, from, mark);
    row.query = mark < to ? interner.bytes(b, mark + 1, to) : 0;
  }

  /** @returns false when the value is no address: another member may name the client. */
  #setClient(row: RequestRow): boolean {
    const rows = this.#rows;
    const { interner } = this.#table;
    const from = rows.from(CLIENT);
    if (rows.address >= 0 && rows.from(OPERATION_CLIENT) === from) {
      row.client = interner.bytes(this.#b, from, rows.to(CLIENT));
      return true;
    }
    const address = clientAddress(this.#rows.text(CLIENT)!);
    if (address === '') return false;
    row.client = interner.text(address);
    return true;
  }
}
