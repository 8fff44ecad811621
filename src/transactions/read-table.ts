import { createHmac, randomBytes } from 'node:crypto';
import type { EvidenceSource } from '../evidence/types.ts';
import { isoTime } from '../instant.ts';
import { TransactionTableBuilder } from './builder.ts';
import { clean, joinTime, latencyReader, type ReadOptions, timeReader } from './cells.ts';
import { type Meaning, mapColumns, parseAmount, usesDecimalComma } from './columns.ts';
import { openHostLog } from './host-log.ts';
import { isMerchantInitiated } from './initiator.ts';
import { dialectChooser, judge } from './judge.ts';
import { REASONS, type ResponseCodes } from './response-codes.ts';
import { openRows, type RowStream } from './rows.ts';
import type { Habits } from './settle.ts';
import type { Outcome, TransactionTable } from './types.ts';

/** Card numbers never leave the reader; equal ones stay equal within a run. */
const FINGERPRINT_KEY = randomBytes(32);
const fingerprint = (digits: string): string =>
  `n_${createHmac('sha256', FINGERPRINT_KEY).update(digits).digest('hex').slice(0, 16)}`;

/** Tables up to this size may keep their text in memory through the strings cut from it. */
const DETACH_BYTES = 16 * 2 ** 20;

/** Kinds of payments that one format remembers; a table has few. */
const MOST_SAYINGS = 1000;

/** How the files of one kind of export are written: learnt from the heads of all of them. */
export class TableFormat {
  readonly header: string[];
  readonly columns: Map<Meaning, number>;
  readonly time: ReturnType<typeof timeReader>;
  readonly latency: (text: string) => number;
  readonly decimalComma: boolean;
  readonly currency: string;
  readonly #sample: string[][];
  readonly #codes: ResponseCodes;
  readonly #dialectOf: (route: string) => string | undefined;
  readonly #initiators = new Map<string, string>();
  readonly #judged = new Map<string, { outcome: Outcome; reason: number }>();
  /** Bills list what was paid and tell no outcome. */
  readonly #listsSuccesses: boolean;

  /** @param isBill whether the files are a provider's bills or settlements. */
  constructor({ header, sample }: Pick<RowStream, 'header' | 'sample'>, options: ReadOptions, isBill = false) {
    this.header = header;
    this.#sample = sample;
    const { codes: known } = options;
    this.columns = mapColumns(
      header,
      sample,
      (text) => known.status(text) !== undefined || known.kind(text) !== undefined,
    );
    const tells = (['status', 'code', 'httpStatus'] as const).some((meaning) => this.columns.has(meaning));
    this.#listsSuccesses = isBill && !tells;
    const clocks = this.#values('clock');
    const times = this.#values('time').map((date, row) => joinTime(date, clocks[row] ?? ''));
    this.time = timeReader(this.name('time'), header, times, options);
    this.latency = latencyReader(this.name('latencyMs'));
    this.decimalComma = usesDecimalComma(this.#values('amount'));
    this.currency = this.#values('currency')[0] ?? '';
    this.#codes = options.codes;
    const routes = this.#values('route');
    const codes = this.#values('code');
    const rows = sample.map((_, row) => ({ route: routes[row] ?? '', code: codes[row] ?? '' }));
    this.#dialectOf = dialectChooser(options.codes, rows);
  }

  /** Header of the column of a meaning; '' where there is none. */
  name(meaning: Meaning): string {
    return this.header[this.columns.get(meaning) ?? -1] ?? '';
  }

  #values(meaning: Meaning): string[] {
    const at = this.columns.get(meaning);
    return at === undefined ? [] : this.#sample.map((row) => clean(row[at]));
  }

  /** `merchant` where the merchant began the payment with a stored card; '' else. */
  initiatorOf(cell: string, type: string): string {
    if (cell === '' && type === '') return '';
    const key = `${cell}\n${type}`;
    let known = this.#initiators.get(key);
    if (known === undefined) {
      known = isMerchantInitiated(this.name('initiator'), cell, type) ? 'merchant' : '';
      if (this.#initiators.size < MOST_SAYINGS) this.#initiators.set(key, known);
    }
    return known;
  }

  judge(route: string, status: string, code: string, httpStatus: number): { outcome: Outcome; reason: number } {
    const key = `${route}\n${status}\n${code}\n${httpStatus}`;
    let verdict = this.#judged.get(key);
    if (!verdict) {
      verdict = this.#listsSuccesses
        ? { outcome: 'approved', reason: REASONS.indexOf('ok') }
        : judge(this.#codes, this.#dialectOf(route), status, code, httpStatus);
      if (this.#judged.size < 50_000) this.#judged.set(key, verdict);
    }
    return verdict;
  }
}

/** Said of rows beyond those that a run keeps. */
const CUT_OFF = 'row beyond those that one run keeps; not judged';

/** Reads the rows of one file of payment attempts. */
class TableReader {
  readonly #codes: ResponseCodes;
  readonly #format: TableFormat;
  readonly #builder: TransactionTableBuilder;
  readonly #problems = new Map<string, { what: string; count: number; firstLine: number }>();
  #explicitTimes = true;
  #wholeAmounts = true;
  #amounts = 0;
  #fullCardNumbers: TransactionTable['fullCardNumbers'];
  #cut: { from: number; to: number } | undefined;

  constructor(file: string, bytes: number, format: TableFormat, codes: ResponseCodes, most: number) {
    this.#codes = codes;
    this.#format = format;
    this.#builder = new TransactionTableBuilder(file, bytes > DETACH_BYTES, most);
  }

  #problem(what: string, line: number): void {
    const known = this.#problems.get(what);
    if (known) known.count++;
    else this.#problems.set(what, { what, count: 1, firstLine: line });
  }

  row(line: number, cells: string[]): void {
    // Bills end with lines of totals.
    if (
      cells.length < Math.max(Math.min(this.#format.header.length, 3), this.#format.header.length / 3) ||
      cells.length > this.#format.header.length * 2 + 2
    ) {
      this.#problem('row with another number of columns', line);
      this.#builder.drop();
      return;
    }
    const cell = (meaning: Meaning): string => {
      const index = this.#format.columns.get(meaning);
      return index === undefined ? '' : clean(cells[index]);
    };
    const time = this.#readTime(joinTime(cell('time'), cell('clock')), cell('zone'), line);
    const amount = this.#readAmount(cell('amount'));
    const { bin, last4, card } = this.#readCard(
      cell('bin'),
      cell('last4').replace(/^\*+/, ''),
      cell('cardFingerprint'),
      cell('pan'),
      line,
    );
    const [route, status, code] = [cell('route'), cell('status'), cell('code')];
    const httpStatus = Number(cell('httpStatus')) || 0;
    const { outcome, reason } = this.#format.judge(route, status, code, httpStatus);
    const named = this.#codes.kind(cell('transactionType')) ?? this.#codes.kind(status);
    const kind = named ?? (amount < 0 ? 'refund' : 'payment');
    if (outcome === 'unknown' && (status !== '' || code !== '') && kind === 'payment')
      this.#problem('outcome not understood', line);
    const kept = this.#builder.add({
      line,
      time,
      amount,
      httpStatus,
      latencyMs: this.#format.latency(cell('latencyMs')),
      outcome,
      reason,
      kind,
      text: {
        order: cell('order'),
        payment: cell('payment'),
        merchant: cell('merchant'),
        route,
        node: cell('node'),
        bin,
        last4,
        cardFingerprint: card,
        cardExpiry: cell('cardExpiry'),
        currency: cell('currency'),
        code,
        status,
        client: cell('client'),
        user: cell('user'),
        device: cell('device'),
        subject: cell('subject'),
        initiator: this.#format.initiatorOf(cell('initiator'), cell('transactionType')),
      },
    });
    if (!kept) this.#cutOff(time, line);
  }

  /** A row beyond the bound: its time is known not to be judged. */
  #cutOff(time: number, line: number): void {
    this.#problem(CUT_OFF, line);
    if (Number.isNaN(time)) return;
    this.#cut ??= { from: time, to: time };
    if (time < this.#cut.from) this.#cut.from = time;
    if (time > this.#cut.to) this.#cut.to = time;
  }

  #readTime(text: string, zone: string, line: number): number {
    const { time, explicit } = this.#format.time.read(text, zone);
    if (Number.isNaN(time)) this.#problem('time not readable', line);
    this.#explicitTimes &&= explicit;
    return time;
  }

  #readAmount(text: string): number {
    if (text === '') return Number.NaN;
    this.#amounts++;
    if (!/^-?\d+$/.test(text)) this.#wholeAmounts = false;
    return parseAmount(text, this.#format.decimalComma) ?? Number.NaN;
  }

  #readCard(
    bin: string,
    last4: string,
    card: string,
    number: string,
    line: number,
  ): { bin: string; last4: string; card: string } {
    const pan = number === '' ? '' : number.replace(/[ .-]/g, '');
    if (pan.length < 12) return { bin, last4, card };
    const whole = /^\d{12,19}$/.test(pan);
    if (whole) {
      this.#fullCardNumbers ??= { column: this.#format.name('pan'), count: 0, firstLine: line };
      this.#fullCardNumbers.count++;
    }
    return {
      bin: bin || (/^\d{6,8}/.exec(pan)?.[0] ?? ''),
      last4: last4 || pan.slice(-4),
      // Masked down to four digits at each end, a number is still told apart from others.
      card: card || (whole || /^\d{4,5}\D/.test(pan) ? fingerprint(pan) : ''),
    };
  }

  finish(role: NonNullable<TransactionTable['role']>): FileRows {
    const { columns, header, time, currency } = this.#format;
    const named: { [meaning: string]: string } = {};
    for (const [meaning, index] of columns) named[meaning] = header[index]!;
    const table = this.#builder.finish(named);
    table.role = role;
    if (this.#fullCardNumbers) table.fullCardNumbers = this.#fullCardNumbers;
    if (this.#cut) table.gaps = [{ ...this.#cut, named: true, unread: true }];
    if (this.#problems.size) table.problems = [...this.#problems.values()];
    return {
      table,
      habits: {
        explicitTimes: this.#explicitTimes,
        zone: time.zone,
        amounts: this.#amounts,
        wholeAmounts: this.#wholeAmounts,
        currency,
      },
    };
  }
}

/** Rows of one file as they are written; `settle` (settle.ts) makes a table of them. */
export interface FileRows {
  table: TransactionTable;
  habits: Habits;
}

/** Opens a file of payment attempts, or a log of host messages; undefined when it has no header that can be read. */
export const openTable = (source: EvidenceSource, header?: string[]): RowStream | undefined =>
  source.item.kind === 'log' ? openHostLog(source) : openRows(source, header);

/**
 * Reads one file of payment attempts.
 * @param format of its kind of export; see `TableFormat`.
 * @param most rows that are kept.
 * @returns rows that cannot be read are counted in `dropped` and `problems`.
 */
export async function readRows(
  source: EvidenceSource,
  stream: RowStream,
  format: TableFormat,
  codes: ResponseCodes,
  most: number,
): Promise<FileRows> {
  const reader = new TableReader(source.item.path, source.item.expandedSize ?? source.item.size, format, codes, most);
  for await (const block of stream.blocks) for (const { line, cells } of block) reader.row(line, cells);
  return reader.finish(
    source.item.kind === 'log' || source.item.format === 'host-messages' ? 'host-messages' : 'payments',
  );
}

/** Says in the manifest what was read of a file. */
export function noteRows({ item }: EvidenceSource, table: TransactionTable): void {
  if (item.kind === 'log') return;
  item.counts = { ...item.counts, rows: table.length, dropped: table.dropped };
  const span = spanOf(table);
  if (span) item.span = span;
}

function spanOf(table: TransactionTable): { from: string; to: string } | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const time of table.time) {
    if (time < from) from = time;
    if (time > to) to = time;
  }
  return to >= from ? { from: isoTime(from), to: isoTime(to) } : undefined;
}
