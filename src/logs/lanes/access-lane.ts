/** Runs through access lines of the combined and common layout: counters, signatures, rows where they are kept. */
import { literalsToSweep } from '../attacks/matcher.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { type LiteralSearch, search } from '../lexicon/literal-search.ts';
import { type Collector, type RecordAssembler, widen } from '../record-assembler.ts';
import { clearRow, emptyRow } from '../request-table.ts';
import type { Sweep } from '../sweep.ts';
import type { SourceClock } from '../time/clock.ts';
import { MOST_TOGETHER } from '../traffic/traffic.ts';
import type { LogSource } from '../types.ts';
import { AccessRow, ODD_BITS, ODD_WORD, PLACES, ROW_WORDS, readAccessRows, TIME_DOUBLE } from './access-rows.ts';
import { SteadyLane } from './lane.ts';

/** Where each row begins. */
const EVERY_ROW: Int32Array = Int32Array.from({ length: MOST_TOGETHER }, (_, row) => row * ROW_WORDS);

/** Index of the first row from `row` on that is odd or ends behind `place`; `count` when there is none. */
function nextToSee(words: Int32Array, row: number, count: number, place: number): number {
  let i = row;
  for (let at = i * ROW_WORDS; i < count; i++, at = (at + ROW_WORDS) | 0)
    if ((words[(at + ODD_WORD) | 0]! & ODD_BITS) !== 0 || place < words[at]!) return i;
  return i;
}

/** End of the merchant that a query names at `from`: behind its last unreserved character (RFC 3986, section 2.3). */
function merchantEnd(b: Buffer, from: number): number {
  let at = from;
  for (let byte = b[at]!; ; byte = b[++at]!) {
    const letter = (byte | 32) - 97;
    if (letter >>> 0 < 26 || (byte - 48) >>> 0 < 10) continue;
    if (byte !== 45 && byte !== 46 && byte !== 95 && byte !== 126) return at;
  }
}

export class AccessLane extends SteadyLane {
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #records: RecordAssembler;
  readonly #kept = emptyRow();
  readonly #found: number[] = [];
  /** What makes a request worth a closer look besides an odd target. */
  readonly #literals: LiteralSearch | undefined;

  constructor(source: LogSource, to: Collector, clock: SourceClock, records: RecordAssembler) {
    super();
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = records;
    this.#literals = to.counting === 'everything' && to.looks.texts ? literalsToSweep() : undefined;
  }

  begin(kernel: Kernel): void {
    kernel.lookForSignatures(this.#literals);
  }

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
    const { bytes: b, words } = kernel;
    const { since, until, requests, traffic } = this.#to;
    const counting = this.#to.counting === 'everything';
    this.#times(kernel, count);
    const picked = this.#pick(kernel, count, since, until);
    const line = new AccessRow(kernel);
    if (counting)
      traffic.addAll(words, PLACES, picked, picked.length, {
        path: (index) => {
          line.move(picked[index]! / ROW_WORDS);
          return b.toString('latin1', line.targetStart, line.mark);
        },
        merchant: (index, names) => {
          line.move(picked[index]! / ROW_WORDS);
          return names.bytes(b, line.merchant, merchantEnd(b, line.merchant));
        },
      });
    for (let i = -1; ; ) {
      // An odd target and places of the sweep are rare: nothing else is looked at where there is none.
      i = requests.keeps ? i + 1 : nextToSee(words, i + 1, count, sweep.next);
      if (i >= count) return;
      line.move(i);
      const { time } = line;
      if (sweep.next < line.next && sweep.take(line.start, line.end, this.#found))
        sweep.scanCards(b, line.start, line.end, firstLine + i, time);
      if (time < since || time >= until) continue;
      if (counting && (line.odd || (line.worded && this.#holdsLiteral(b, line))))
        this.#check(b, line, time, firstLine + i);
      if (requests.keeps) this.#keep(b, line, time, firstLine + i);
    }
  }

  /** Tells clock and source the times of all rows. */
  #times({ rowsFrom, rowsTo, doubles }: Kernel, count: number): void {
    widen(this.#source, rowsFrom);
    widen(this.#source, rowsTo);
    this.#clock.acceptAll(doubles[(count - 1) * (ROW_WORDS / 2) + TIME_DOUBLE]!, count);
  }

  /** Where the rows begin whose time is wanted. */
  #pick({ rowsFrom, rowsTo, doubles }: Kernel, count: number, since: number, until: number): Int32Array {
    if (rowsFrom >= since && rowsTo < until) return EVERY_ROW.subarray(0, count);
    return EVERY_ROW.subarray(0, count).filter((at) => {
      const time = doubles[at / 2 + TIME_DOUBLE]!;
      return time >= since && time < until;
    });
  }

  #holdsLiteral(b: Buffer, line: AccessRow): boolean {
    this.#found.length = 0;
    search(this.#literals!, b, line.targetStart, line.targetEnd, this.#found);
    if (line.refererStart >= 0) {
      search(this.#literals!, b, line.refererStart, line.refererEnd, this.#found);
      search(this.#literals!, b, line.agentStart, line.agentEnd, this.#found);
    }
    return this.#found.length > 0;
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
    if (line.merchant > 0) row.merchant = interner.bytes(b, line.merchant, merchantEnd(b, line.merchant));
    requests.add(row);
  }
}
