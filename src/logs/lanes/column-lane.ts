/** Runs through requests whose fields stand in a fixed order: counters and signatures, rows where they are kept. */

import { literalsToSweep } from '../attacks/matcher.ts';
import { readCaptures } from '../formats/haproxy.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type LiteralSearch, search } from '../lexicon/literal-search.ts';
import { lineEnd } from '../line-blocks.ts';
import { LINE_CAP } from '../lines.ts';
import { type Collector, type RecordAssembler, widen } from '../record-assembler.ts';
import { clearRow, emptyRow } from '../request-table.ts';
import type { Sweep } from '../sweep.ts';
import type { SourceClock } from '../time/clock.ts';
import { baseOf, clockOf } from '../time/stamp-clock.ts';
import { parseTimestamp, stamp } from '../time/timestamp.ts';
import type { LogSource } from '../types.ts';
import { endpointOf, isFailure } from '../windows/series.ts';
import { literalWithin } from '../within.ts';
import { ColumnRow } from './column-rows.ts';
import { type Columns, NUMBER, SPAN } from './column-steps.ts';
import { SteadyLane } from './lane.ts';

/** Behind syslog's stamp: ` host program[pid]: `. */
const LONGEST_PREFIX = 110;
const BEHIND_PREFIX = Buffer.from(': ');
/** As `readEnvelope` takes them; where the host is an address, it looks further. */
const HOST_AND_PROGRAM = /^ (?![\da-f.:]+ )[\x21-\x7e]+ [A-Za-z][\w./-]*(?:\[\d+\])?: $/;
const PREFIX = 2;
const LONGEST_STAMP = 100;
const MOST_VOICES = 2000;
/** As long as the longest line, and the mark between path and query; one for all sources, of which there may be many. */
let scratch: Buffer | undefined;

export class ColumnLane extends SteadyLane {
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #records: RecordAssembler;
  readonly #columnsAt: (line: Buffer) => Columns | undefined;
  readonly #utc: boolean;
  readonly #kept = emptyRow();
  readonly #found: number[] = [];
  readonly #voiced = new Map<string, boolean>();
  readonly #literals: LiteralSearch | undefined;
  #columns: Columns | undefined;
  /** The stamps that give the time name their offset, or are in UTC. */
  #ownOffset = false;

  /**
   * @param columnsAt the steps for lines like the one given; the same object where they are the same.
   * @param utc stamps without an offset are in UTC.
   */
  constructor(
    source: LogSource,
    to: Collector,
    clock: SourceClock,
    records: RecordAssembler,
    columnsAt: (line: Buffer) => Columns | undefined,
    utc: boolean,
  ) {
    super();
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = records;
    this.#columnsAt = columnsAt;
    this.#utc = utc;
    this.#literals = to.counting === 'everything' && to.looks.texts ? literalsToSweep() : undefined;
  }

  begin(kernel: Kernel): void {
    kernel.lookForSignatures(this.#literals);
  }

  /** Everything was handed on line by line. */
  finish(): void {}

  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep): number {
    this.taken = 0;
    const { bytes: b } = kernel;
    let at = from;
    let asked = -1;
    // The line before was one of others: it may have named other columns.
    this.#prepare(kernel, b, at);
    while (at < end) {
      if (!this.#columns && !this.#prepare(kernel, b, at)) break;
      const { second, apart } = this.#columns!;
      const count = kernel.columns(at, end, second, apart);
      if (count > 0) {
        this.#rows(kernel, count, firstLine + this.taken, sweep);
        at = kernel.stoppedAt;
        this.taken += count;
        if (!kernel.stranger) continue;
      }
      const { stranger } = kernel;
      if (at >= end) break;
      // Which of two stamps gives the time depends on how they are written.
      if (stranger && this.#prepare(kernel, b, at)) continue;
      // What was told once does not help twice.
      if (stranger && stranger.at !== asked && this.#teach(kernel, stranger.at, stranger.which, b.indexOf(10, at))) {
        asked = stranger.at;
        continue;
      }
      if (count > 0) continue;
      // Lines of another kind have other steps.
      if (this.#prepare(kernel, b, at) && asked !== -2) {
        asked = -2;
        continue;
      }
      break;
    }
    if (this.taken > 0) this.#records.flush();
    this.#source.parsed += this.taken;
    return at;
  }

  /** Finds the steps for the line at `at`, if there are any. @returns whether they are others than before. */
  #prepare(kernel: Kernel, b: Buffer, at: number): boolean {
    const columns = this.#columnsAt(b.subarray(at, lineEnd(b, at, b.indexOf(10, at))));
    if (columns === this.#columns) return false;
    this.#columns = columns && kernel.setSteps(columns.steps) ? columns : undefined;
    return this.#columns !== undefined;
  }

  /** Makes the stamp or prefix at `at` known. @returns false where there is none. */
  #teach(kernel: Kernel, at: number, which: number, end: number): boolean {
    const { bytes: b } = kernel;
    if (which === PREFIX) {
      const colon = literalWithin(b, BEHIND_PREFIX, at, Math.min(end, at + LONGEST_PREFIX + BEHIND_PREFIX.length));
      if (colon === -1) return false;
      return HOST_AND_PROGRAM.test(b.toString('latin1', at, colon + 2)) && kernel.knowPrefix(at, colon + 2);
    }
    // A tab between date and time, as the general reader has it.
    const text = Buffer.from(b.subarray(at, Math.min(end, at + LONGEST_STAMP)));
    if (text[10] === 9) text[10] = 32;
    if (!parseTimestamp(text, 0, text.length)) return false;
    const { local } = stamp;
    const next = at + stamp.next;
    const clock = clockOf(text, 0, stamp.next, local);
    if (!clock) return false;
    for (const place of ['hour', 'seconds', 'core'] as const) clock[place] += at;
    if (this.#utc && Number.isNaN(stamp.offset)) stamp.offset = 0;
    const own = !Number.isNaN(stamp.offset) || stamp.zoneName !== '';
    const hour = Number(b.toString('latin1', clock.hour, clock.hour + 2));
    const known = baseOf(this.#clock, hour);
    if (!known) return false;
    // Of two stamps, either only one names its offset or none does.
    if (own || which === 0 || this.#columns!.otherStamps > 0) this.#ownOffset = own;
    kernel.knowColumnStamp(which, at, clock, next, known.base, known.wholeDay);
    return true;
  }

  #rows(kernel: Kernel, count: number, firstLine: number, sweep: Sweep): void {
    const { bytes: b } = kernel;
    const { since, until, requests, traffic } = this.#to;
    const counting = this.#to.counting === 'everything';
    const row = new ColumnRow(kernel);
    const other = this.#columns!.otherStamps;
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      row.move(i);
      const time = row.number(NUMBER.time);
      if (time < first) first = time;
      if (time > last) last = time;
      if (sweep.next < row.next) {
        this.#found.length = 0;
        if (sweep.take(row.start, row.end, this.#found)) sweep.scanCards(b, row.start, row.end, firstLine + i, time);
      }
      if (time < since || time >= until) continue;
      if (counting) {
        const endpoint = row.hasPath ? this.#endpoint(b, row) : 0;
        traffic.add(
          time,
          row.status,
          this.#failed(b, row),
          traffic.addresses.ipv4(row.address),
          endpoint,
          row.from(SPAN.upstream) < 0 ? 0 : this.#upstream(b, row),
          row.number(NUMBER.requestTime),
          this.#merchant(b, row, endpoint),
        );
        if (row.odd || row.worded || row.voiced) this.#check(b, row, time, firstLine + i);
      }
      if (requests.keeps) this.#keep(b, row, time, firstLine + i);
    }
    widen(this.#source, first);
    widen(this.#source, last);
    const own = this.#ownOffset ? count : 0;
    row.move(count - 1);
    this.#clock.repeat(row.number(NUMBER.time), own, count - own + other * count);
  }

  #failed(b: Buffer, row: ColumnRow): boolean {
    const { status } = row;
    if (status >= 500) return true;
    const from = row.from(SPAN.termination);
    // Only where there was no answer does it matter how a session ended.
    return status === 0 && from >= 0 && isFailure(0, b.toString('latin1', from, row.to(SPAN.termination)));
  }

  #endpoint(b: Buffer, row: ColumnRow): number {
    const { endpoints } = this.#to.traffic;
    const { endpointHigh: high, endpointLow: low } = row;
    const known = endpoints.find(high, low);
    if (known >= 0) return known;
    return endpoints.add(endpointOf(b.toString('latin1', row.from(SPAN.path), row.to(SPAN.path))), high, low);
  }

  /** Id of the merchant that a column or the path names, 0 for none. */
  #merchant(b: Buffer, row: ColumnRow, endpoint: number): number {
    const { traffic } = this.#to;
    const [from, to] = [row.from(SPAN.merchant), row.to(SPAN.merchant)];
    if (to > from) return traffic.merchants.names.text(b.toString('latin1', from, to));
    return traffic.asksForMerchant(endpoint)
      ? traffic.merchantOf(b.toString('latin1', row.from(SPAN.path), row.to(SPAN.path)))
      : 0;
  }

  #upstream(b: Buffer, row: ColumnRow): number {
    const { upstreams } = this.#to.traffic;
    const { upstreamHigh: high, upstreamLow: low } = row;
    const known = upstreams.find(high, low);
    if (known >= 0) return known;
    return upstreams.add(b.toString('latin1', row.from(SPAN.upstream), row.to(SPAN.upstream)), high, low);
  }

  #check(b: Buffer, row: ColumnRow, time: number, line: number): void {
    const text = (span: number): string =>
      row.from(span) < 0 ? '' : b.toString('latin1', row.from(span), row.to(span));
    const [referer, userAgent] = [text(SPAN.referer), text(SPAN.userAgent)];
    const query = text(SPAN.query);
    const target = query === '' ? text(SPAN.path) : `${text(SPAN.path)}?${query}`;
    if (
      !row.odd &&
      !(row.voiced && (this.#isVoiced(referer) || this.#isVoiced(userAgent))) &&
      !(row.worded && this.#holdsLiteral(target))
    )
      return;
    const { traffic, attacks } = this.#to;
    const client = traffic.addresses.name(traffic.addresses.ipv4(row.address));
    attacks.check({ source: this.#source.index, line, time, client, status: row.status, target, referer, userAgent });
  }

  /** The same as `#holdsLiteral` for referers and user agents, of which few are new. */
  #isVoiced(text: string): boolean {
    let known = this.#voiced.get(text);
    if (known === undefined) {
      if (this.#voiced.size >= MOST_VOICES) this.#voiced.clear();
      known = this.#holdsLiteral(text);
      this.#voiced.set(text, known);
    }
    return known;
  }

  #holdsLiteral(text: string): boolean {
    if (!this.#literals) return false;
    scratch ??= Buffer.allocUnsafe(LINE_CAP + 16);
    const length = scratch.write(text, 0, 'latin1');
    this.#found.length = 0;
    search(this.#literals, scratch, 0, length, this.#found);
    return this.#found.length > 0;
  }

  #keep(b: Buffer, line: ColumnRow, time: number, number: number): void {
    const { requests } = this.#to;
    if (requests.full) {
      requests.drop();
      return;
    }
    const { interner } = requests;
    const span = (which: number): number =>
      line.from(which) < 0 ? 0 : interner.bytes(b, line.from(which), line.to(which));
    const row = clearRow(this.#kept);
    row.source = this.#source.index;
    row.line = number;
    row.time = time;
    row.client = span(SPAN.client);
    row.method = span(SPAN.method);
    row.path = span(SPAN.path);
    row.query = span(SPAN.query);
    row.status = line.status;
    row.bytes = line.number(NUMBER.bytes);
    row.referer = span(SPAN.referer);
    row.userAgent = span(SPAN.userAgent);
    row.host = span(SPAN.host);
    row.requestTime = line.number(NUMBER.requestTime);
    row.upstreamConnect = line.number(NUMBER.upstreamConnect);
    row.upstreamHeader = line.number(NUMBER.upstreamHeader);
    row.upstreamResponse = line.number(NUMBER.upstreamResponse);
    row.upstream = span(SPAN.upstream);
    row.upstreamStatus = line.number(NUMBER.upstreamStatus) || 0;
    row.termination = span(SPAN.termination);
    const [merchant, merchantEnd] = [line.from(SPAN.merchant), line.to(SPAN.merchant)];
    if (merchantEnd > merchant) row.merchant = interner.bytes(b, merchant, merchantEnd);
    const captured = line.from(SPAN.captured);
    if (captured >= 0) readCaptures(b.toString('latin1', captured, line.to(SPAN.captured)), row, interner);
    requests.add(row);
  }
}
