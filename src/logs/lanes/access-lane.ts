/** Runs through access lines of the combined and common layout: counters, signatures, rows where they are kept. */
import type { Kernel } from '../kernel/kernel.ts';
import { type Collector, type RecordAssembler, widen } from '../record-assembler.ts';
import { clearRow, emptyRow } from '../request-table.ts';
import type { Sweep } from '../sweep.ts';
import type { SourceClock } from '../time/clock.ts';
import type { LogSource } from '../types.ts';
import { endpointOf } from '../windows/series.ts';
import { AccessRow, ADDRESS_WORD, ROW_WORDS, readAccessRows } from './access-rows.ts';
import type { Lane } from './lane.ts';

export class AccessLane implements Lane {
  taken = 0;
  readonly swept = false;
  readonly cards = false;
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #records: RecordAssembler;
  readonly #kept = emptyRow();
  readonly #found: number[] = [];
  #last = Number.NaN;

  constructor(source: LogSource, to: Collector, clock: SourceClock, records: RecordAssembler) {
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = records;
  }

  /** Nothing is kept from block to block. */
  begin(): void {}

  /** Everything was handed on line by line. */
  finish(): void {}

  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep): number {
    this.taken = 0;
    let at = from;
    while (at < end) {
      const count = readAccessRows(kernel, at, end);
      if (count === 0) break;
      at = kernel.stoppedAt;
      this.#rows(kernel, count, firstLine + this.taken, sweep);
      this.taken += count;
    }
    if (this.taken > 0) this.#records.flush();
    this.#source.parsed += this.taken;
    return at;
  }

  #rows(kernel: Kernel, count: number, firstLine: number, sweep: Sweep): void {
    const { bytes: b } = kernel;
    const line = new AccessRow(kernel);
    const { counting, since, until, requests, traffic } = this.#to;
    if (counting) traffic.addresses.warm(kernel.words, ADDRESS_WORD, ROW_WORDS, count);
    for (let i = 0; i < count; i++) {
      line.move(i);
      const { time } = line;
      let suspicious = line.odd;
      if (sweep.next < line.next) {
        this.#found.length = 0;
        if (sweep.take(line.start, line.end, this.#found))
          sweep.scanCards(b, line.start, line.end, firstLine + i, time);
        suspicious ||= this.#found.length > 0;
      }
      this.#clock.accept(time);
      if (time !== this.#last) {
        widen(this.#source, time);
        this.#last = time;
      }
      if (time >= since && time < until) {
        if (counting) {
          this.#count(b, line, time);
          if (suspicious) this.#check(b, line, time, firstLine + i);
        }
        if (requests.keeps) this.#keep(b, line, time, firstLine + i);
      }
    }
  }

  #count(b: Buffer, line: AccessRow, time: number): void {
    const { traffic } = this.#to;
    const { endpoints } = traffic;
    let endpoint = endpoints.find(line.high, line.low);
    if (endpoint < 0)
      endpoint = endpoints.add(endpointOf(b.toString('latin1', line.targetStart, line.mark)), line.high, line.low);
    const client = traffic.addresses.ipv4(line.address);
    traffic.add(time, line.status, line.status >= 500, client, endpoint, 0, Number.NaN);
  }

  #check(b: Buffer, line: AccessRow, time: number, number: number): void {
    const text = (start: number, end: number): string => {
      const dash = end - start === 1 && b[start] === 45;
      return start < 0 || dash ? '' : b.toString('utf8', start, end);
    };
    const { traffic, attacks } = this.#to;
    attacks.check({
      source: this.#source.index,
      line: number,
      time,
      client: traffic.addresses.name(traffic.addresses.ipv4(line.address)),
      status: line.status,
      target: text(line.targetStart, line.targetEnd),
      referer: text(line.refererStart, line.refererEnd),
      userAgent: text(line.agentStart, line.agentEnd),
    });
  }

  #keep(b: Buffer, line: AccessRow, time: number, number: number): void {
    const { requests } = this.#to;
    if (requests.full) {
      requests.drop();
      return;
    }
    const { interner } = requests;
    const field = (from: number, to: number): number =>
      from < 0 || (to - from === 1 && b[from] === 45) ? 0 : interner.bytes(b, from, to);
    const row = clearRow(this.#kept);
    row.source = this.#source.index;
    row.line = number;
    row.time = time;
    row.client = interner.bytes(b, line.start, line.clientEnd);
    row.method = interner.bytes(b, line.methodStart, line.methodEnd);
    row.path = interner.bytes(b, line.targetStart, line.mark);
    row.query = line.mark < line.targetEnd ? interner.bytes(b, line.mark + 1, line.targetEnd) : 0;
    row.status = line.status;
    row.bytes = line.bytes;
    row.referer = field(line.refererStart, line.refererEnd);
    row.userAgent = field(line.agentStart, line.agentEnd);
    requests.add(row);
  }
}
