/**
 * Runs through the rows of delimited exports: counts records and operations without splitting a row. Rows that hold something
 * to keep or to look at are left to the general reader; texts that the kernel does not know are told to it.
 */
import { clientAddress } from '../formats/access-json.ts';
import { levelOfText } from '../formats/json-record.ts';
import type { TableLayout } from '../formats/line-kinds.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { verify } from '../lexicon/compile.ts';
import type { Collector, RecordAssembler } from '../record-assembler.ts';
import type { Sweep } from '../sweep.ts';
import { levelSeed, shapeKeyOf } from '../templates.ts';
import type { SourceClock } from '../time/clock.ts';
import { parseTimestampText, stamp } from '../time/timestamp.ts';
import { endpointName, isTechnicalFailure, merchantName } from '../traffic/operations.ts';
import type { LogSource } from '../types.ts';
import { LEVEL, slotOfAccess, slotOfPart, TIME } from './json-keys.ts';
import { JsonRows, OF_OPERATION, STRING } from './json-rows.ts';
import { knowStamp } from './known-stamp.ts';
import { SteadyLane } from './lane.ts';
import { RecordCounts } from './record-counts.ts';
import { isPlainTable, MOST_COLUMNS, tellColumns } from './table-columns.ts';

const CLIENT = slotOfPart('client');
const ENDPOINT = slotOfPart('endpoint');
const PARTNER = slotOfPart('partner');
const OUTCOME = slotOfPart('outcome');
const MERCHANT = slotOfAccess('merchant');
/** Texts of each kind that the kernel is told of; it knows so many only. */
const MOST_TEXTS = 1500;

export class TableLane extends SteadyLane {
  #kernel: Kernel | undefined;
  #rows: JsonRows | undefined;
  /** The columns were told. */
  #told = false;
  readonly #possible: boolean;
  readonly #table: TableLayout;
  readonly #timeColumn: () => number;
  readonly #source: LogSource;
  readonly #to: Collector;
  readonly #clock: SourceClock;
  readonly #records: RecordAssembler;
  readonly #counts: RecordCounts;
  readonly #found: number[] = [];
  readonly #texts = new Map<number, number>();

  /** @param timeColumn of the stamp, negative while it is not known, or where it takes more than one. */
  constructor(
    source: LogSource,
    to: Collector,
    clock: SourceClock,
    records: RecordAssembler,
    table: TableLayout,
    timeColumn: () => number,
  ) {
    super();
    this.#source = source;
    this.#to = to;
    this.#clock = clock;
    this.#records = records;
    this.#table = table;
    this.#timeColumn = timeColumn;
    this.#counts = new RecordCounts(source, to);
    this.#possible = !to.records.keeps && (table.header === undefined || isPlainTable(table.header));
  }

  begin(kernel: Kernel): void {
    if (this.#kernel === kernel) return;
    this.#kernel = kernel;
    this.#told = false;
    this.#rows = new JsonRows(kernel);
    const { counting, since, until } = this.#to;
    kernel.countRecords(counting === 'nothing' ? 'records' : 'operations', since, until);
  }

  run(kernel: Kernel, from: number, end: number, firstLine: number, sweep: Sweep): number {
    this.taken = 0;
    if (!this.#possible || !this.#tell(kernel, from)) return from;
    const rows = this.#rows!;
    let at = from;
    let line = firstLine;
    /** Literals before this say nothing. */
    let silent = 0;
    let taught = -1;
    while (at < end) {
      const count = kernel.table(at, end, Math.max(silent, sweep.next));
      if (count > 0) {
        this.#records.flush();
        this.#counted(kernel, count);
        line += count;
        at = kernel.stoppedAt;
      }
      if (rows.more) {
        this.#settle(kernel);
        // A minute may have begun without a record that counts.
        kernel.forgetCounts();
        continue;
      }
      if (!rows.read) break;
      const { next, close } = rows;
      if (taught !== at && this.#teach(kernel, rows)) {
        taught = at;
        continue;
      }
      if (silent >= next || sweep.next >= next || Number.isNaN(rows.time) || this.#speaks(kernel, sweep, at, close))
        break;
      const { time } = rows;
      this.#found.length = 0;
      if (sweep.take(at, next, this.#found)) sweep.scanCards(kernel.bytes, at, close, line, time);
      silent = next;
    }
    this.#settle(kernel);
    this.taken = line - firstLine;
    return at;
  }

  /** Tells the kernel the columns, once they are known. @returns whether it knows them. */
  #tell(kernel: Kernel, at: number): boolean {
    if (this.#told) return true;
    const time = this.#timeColumn();
    const { header, separator } = this.#table;
    if (time < 0) return false;
    // Without a header, rows are as wide as the first that is met; others are for the general reader.
    const width =
      header?.length ?? kernel.bytes.toString('latin1', at, kernel.bytes.indexOf(10, at)).split(separator).length;
    if (time >= width || width > MOST_COLUMNS) return false;
    this.#told = tellColumns(kernel, separator, header, width, time);
    return this.#told;
  }

  /** Whether the lexicon knows what the row says. */
  #speaks({ bytes }: Kernel, sweep: Sweep, at: number, close: number): boolean {
    const found = this.#found;
    found.length = 0;
    sweep.literalsIn(at, close, found);
    if (found.length === 0) return false;
    const text = bytes.toString('utf8', at, close);
    return verify(this.#to.lexicon, found, text, this.#source.software).length > 0;
  }

  /** Tells the kernel what it does not know of the row at hand. @returns whether there was anything. */
  #teach(kernel: Kernel, rows: JsonRows): boolean {
    let told = Number.isNaN(rows.time) && this.#learnTime(kernel, rows);
    const find = (slot: number, known: number, meaning: (text: string) => number): void => {
      if (known >= 0 || rows.kind(slot) === 0) return;
      const texts = (this.#texts.get(slot) ?? 0) + 1;
      if (texts > MOST_TEXTS) return;
      this.#texts.set(slot, texts);
      const text = kernel.bytes.toString('utf8', rows.from(slot), rows.to(slot));
      kernel.remember(slot, rows.from(slot), rows.to(slot), meaning(text));
      told = true;
    };
    const { operations, templates } = this.#to;
    if (rows.endpoint < 0 && rows.endpointOf === OF_OPERATION) {
      const text = kernel.bytes.toString('utf8', rows.from(ENDPOINT), rows.to(ENDPOINT));
      const endpoint = operations.endpoints.text(endpointName(text));
      // Of some each path says more.
      if (!operations.asksForMerchant(endpoint)) {
        kernel.rememberEndpoint(endpoint);
        told = true;
      }
    } else find(ENDPOINT, rows.endpoint, (text) => operations.endpoints.text(endpointName(text)));
    find(LEVEL, rows.level, (text) => levelSeed(levelOfText(text)));
    find(PARTNER, rows.partner, (text) => operations.upstreams.text(text));
    find(MERCHANT, rows.merchant, (text) => operations.merchants.names.text(merchantName(text)));
    find(OUTCOME, rows.outcome, (text) => Number(isTechnicalFailure(text)));
    if (rows.address < 0)
      find(CLIENT, rows.client, (text) => {
        const id = operations.addresses.text(clientAddress(text));
        operations.addresses.pin(id);
        return id;
      });
    if (rows.shape < 0 && rows.shaped) {
      const series = templates.known(this.#source.index, shapeKeyOf(rows.shapeHigh, rows.shapeLow));
      const number = series ? kernel.fileShape() : -1;
      if (series && number >= 0) {
        this.#counts.shapes[number] = series;
        told = true;
      }
    }
    return told;
  }

  /** Makes the stamp of the row at hand known. */
  #learnTime(kernel: Kernel, rows: JsonRows): boolean {
    if (rows.kind(TIME) !== STRING) return false;
    const from = rows.from(TIME);
    const to = rows.to(TIME);
    if (!parseTimestampText(kernel.bytes.toString('latin1', from, to)) || stamp.dateless || stamp.yearless)
      return false;
    const ownOffset = !Number.isNaN(stamp.offset) || stamp.zoneName !== '';
    knowStamp(kernel, from, to, this.#clock.peek(), ownOffset);
    return true;
  }

  /** Takes over what the kernel counted. */
  #counted(kernel: Kernel, count: number): void {
    const { operations, failures, owned, minute, earliest, latest, last } = kernel.batch;
    this.#counts.lines(count, earliest, latest);
    this.#clock.repeat(last, owned, count - owned);
    this.#to.records.pass(count);
    if (operations > 0) this.#to.operations.addBatch(minute, failures, kernel.words, operations, kernel.bytes);
  }

  /** Adds what shapes and levels counted in the kernel. */
  #settle(kernel: Kernel): void {
    const { touched, batch } = kernel;
    if (touched > 0) this.#counts.settle(kernel, touched, batch.minute);
  }

  finish(): void {
    this.#counts.finish();
  }
}
