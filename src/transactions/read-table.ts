import { createHmac, randomBytes } from 'node:crypto';
import { zoneOffset } from '../evidence/time.ts';
import type { EvidenceSource } from '../evidence/types.ts';
import { isoTime } from '../instant.ts';
import { TransactionTableBuilder } from './builder.ts';
import { clean, joinTime, latencyReader, type ReadOptions, timeReader } from './cells.ts';
import { type Meaning, mapColumns, parseAmount, usesDecimalComma } from './columns.ts';
import { openHostLog } from './host-log.ts';
import { dialectChooser, judge, NETWORK_ONLY } from './judge.ts';
import { openRows, type RowStream } from './rows.ts';
import { OUTCOMES, type Outcome, type TransactionTable } from './types.ts';

/** Card numbers never leave the reader; equal ones stay equal within a run. */
const FINGERPRINT_KEY = randomBytes(32);
const fingerprint = (digits: string): string =>
  `n_${createHmac('sha256', FINGERPRINT_KEY).update(digits).digest('hex').slice(0, 16)}`;

/** Currencies without minor units (ISO 4217). */
const WHOLE_CURRENCIES = /^(?:JPY|KRW|VND|CLP|ISK|XAF|XOF|XPF|PYG|UGX|392|410)$/i;
const CLOCK_SLACK = 300_000;
/** Whole amounts in fewer rows than this prove nothing about their unit. */
const FEWEST_AMOUNTS = 20;

/** Tables up to this size may keep their text in memory through the strings cut from it. */
const DETACH_BYTES = 16 * 2 ** 20;

/** Reads the rows of one table of payment attempts. */
class TableReader {
  readonly #options: ReadOptions;
  readonly #header: string[];
  readonly #sample: string[][];
  readonly #columns: Map<Meaning, number>;
  readonly #builder: TransactionTableBuilder;
  readonly #time: ReturnType<typeof timeReader>;
  readonly #latency: (text: string) => number;
  readonly #decimalComma: boolean;
  readonly #dialectOf: (route: string) => string | undefined;
  readonly #judged = new Map<string, { outcome: Outcome; reason: number }>();
  readonly #problems = new Map<string, { what: string; count: number; firstLine: number }>();
  #newest = Number.NEGATIVE_INFINITY;
  #explicitTimes = true;
  #wholeAmounts = true;
  #amounts = 0;
  #fullCardNumbers: TransactionTable['fullCardNumbers'];

  constructor(file: string, bytes: number, { header, sample }: RowStream, options: ReadOptions) {
    this.#options = options;
    this.#header = header;
    this.#sample = sample;
    this.#columns = mapColumns(header, sample);
    this.#builder = new TransactionTableBuilder(file, bytes > DETACH_BYTES);
    this.#time = timeReader(this.#name('time'), this.#values('time'), options);
    this.#latency = latencyReader(this.#name('latencyMs'));
    this.#decimalComma = usesDecimalComma(this.#values('amount'));
    const dialects = this.#values('route').map((route) => options.codes.dialectOf(route));
    const codes = this.#values('code');
    const network = dialects.some(
      (dialect, at) => dialect === 'iso8583' || (dialect === 'unionpay' && NETWORK_ONLY.test(codes[at] ?? '')),
    );
    this.#dialectOf = dialectChooser(options.codes, network);
  }

  #name(meaning: Meaning): string {
    return this.#header[this.#columns.get(meaning) ?? -1] ?? '';
  }

  #values(meaning: Meaning): string[] {
    const at = this.#columns.get(meaning);
    return at === undefined ? [] : this.#sample.map((row) => clean(row[at]));
  }

  #problem(what: string, line: number): void {
    const known = this.#problems.get(what);
    if (known) known.count++;
    else this.#problems.set(what, { what, count: 1, firstLine: line });
  }

  row(line: number, cells: string[]): void {
    if (cells.length < Math.min(this.#header.length, 3) || cells.length > this.#header.length * 2 + 2) {
      this.#problem('row with another number of columns', line);
      this.#builder.drop();
      return;
    }
    const cell = (meaning: Meaning): string => {
      const index = this.#columns.get(meaning);
      return index === undefined ? '' : clean(cells[index]);
    };
    const time = this.#readTime(joinTime(cell('time'), cell('clock')), line);
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
    const { outcome, reason } = this.#judge(route, status, code, httpStatus);
    if (outcome === 'unknown' && (status !== '' || code !== '')) this.#problem('outcome not understood', line);
    const { codes } = this.#options;
    this.#builder.add({
      line,
      time,
      amount,
      httpStatus,
      latencyMs: this.#latency(cell('latencyMs')),
      outcome,
      reason,
      refund: amount < 0 || codes.isRefund(cell('transactionType')) || codes.isRefund(status),
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
      },
    });
  }

  #readTime(text: string, line: number): number {
    const { time, explicit } = this.#time.read(text);
    if (Number.isNaN(time)) this.#problem('time not readable', line);
    else if (time > this.#newest) this.#newest = time;
    this.#explicitTimes &&= explicit;
    return time;
  }

  #readAmount(text: string): number {
    if (text === '') return Number.NaN;
    this.#amounts++;
    if (!/^-?\d+$/.test(text)) this.#wholeAmounts = false;
    return parseAmount(text, this.#decimalComma) ?? Number.NaN;
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
      this.#fullCardNumbers ??= { column: this.#name('pan'), count: 0, firstLine: line };
      this.#fullCardNumbers.count++;
    }
    return {
      bin: bin || (/^\d{6,8}/.exec(pan)?.[0] ?? ''),
      last4: last4 || pan.slice(-4),
      card: card || (whole ? fingerprint(pan) : ''),
    };
  }

  #judge(route: string, status: string, code: string, httpStatus: number): { outcome: Outcome; reason: number } {
    const key = `${route}\n${status}\n${code}\n${httpStatus}`;
    let verdict = this.#judged.get(key);
    if (!verdict) {
      verdict = judge(this.#options.codes, this.#dialectOf(route), status, code, httpStatus);
      if (this.#judged.size < 50_000) this.#judged.set(key, verdict);
    }
    return verdict;
  }

  finish(role: NonNullable<TransactionTable['role']>): TransactionTable {
    const named: { [meaning: string]: string } = {};
    for (const [meaning, index] of this.#columns) named[meaning] = this.#header[index]!;
    const table = this.#builder.finish(named);
    table.role = role;
    unanswered(table);
    toldApart(table);
    table.zone = this.#explicitTimes ? { name: 'as written', source: 'row' } : this.#time.zone;
    const { now } = this.#options;
    if (!this.#explicitTimes && this.#newest > now + CLOCK_SLACK && this.#time.zone.name !== 'UTC')
      readAsUtc(table, this.#time.zone.name, now);
    if (
      this.#wholeAmounts &&
      // Field 4 of ISO 8583 is in minor units.
      (role === 'host-messages' || this.#amounts >= FEWEST_AMOUNTS) &&
      !WHOLE_CURRENCIES.test(this.#values('currency')[0] ?? '')
    )
      scaleAmounts(table, 100);
    if (this.#fullCardNumbers) table.fullCardNumbers = this.#fullCardNumbers;
    if (this.#problems.size) table.problems = [...this.#problems.values()];
    return table;
  }
}

/**
 * Reads one table of payment attempts.
 * @returns undefined when the file has no header; rows that cannot be read are counted in `dropped` and `problems`.
 */
export async function readTransactionTable(
  source: EvidenceSource,
  options: ReadOptions,
): Promise<TransactionTable | undefined> {
  const stream = source.item.kind === 'log' ? openHostLog(source) : openRows(source);
  if (!stream) return undefined;
  const reader = new TableReader(source.item.path, source.item.expandedSize ?? source.item.size, stream, options);
  for await (const block of stream.blocks) for (const { line, cells } of block) reader.row(line, cells);
  const table = reader.finish(
    source.item.kind === 'log' || source.item.format === 'host-messages' ? 'host-messages' : 'payments',
  );
  if (source.item.kind === 'log') return table;
  source.item.counts = { ...source.item.counts, rows: table.length, dropped: table.dropped };
  const span = spanOf(table);
  if (span) source.item.span = span;
  return table;
}

/** Local times that lie after the incident clock were UTC; undone only if that puts every row before the clock. */
function readAsUtc(table: TransactionTable, zone: string, now: number): void {
  const shifted = table.time.map((time) => (Number.isNaN(time) ? time : time + zoneOffset(zone, time)));
  if (shifted.some((time) => time > now + CLOCK_SLACK)) return;
  table.time.set(shifted);
  table.zone = { name: 'UTC', source: 'assumed-utc' };
}

/** Approved rows from which the habit of a table can be told. */
const FEWEST_APPROVED = 20;

/**
 * `failed` without a response code, in a table whose answers all carry one, is no decline of an issuer: nobody answered.
 * Judged over the whole table, since the word alone says either.
 */
function unanswered(table: TransactionTable): void {
  const [approved, declined, error] = [
    OUTCOMES.indexOf('approved'),
    OUTCOMES.indexOf('declined'),
    OUTCOMES.indexOf('error'),
  ];
  let answers = 0;
  let coded = 0;
  for (let i = 0; i < table.length; i++) {
    if (table.outcome[i] !== approved) continue;
    answers++;
    if (table.code[i] !== 0) coded++;
  }
  if (answers < FEWEST_APPROVED || coded < answers * 0.95) return;
  for (let i = 0; i < table.length; i++)
    if (table.outcome[i] === declined && table.code[i] === 0) table.outcome[i] = error;
}

/**
 * `failed` in a table that says `declined` or `rejected` for the others is no decision of an issuer either: whoever keeps two
 * words means two things (Braintree: `failed`, an error on the way to the processor, beside `processor_declined`).
 */
function toldApart(table: TransactionTable): void {
  const [declined, error] = [OUTCOMES.indexOf('declined'), OUTCOMES.indexOf('error')];
  const word = (i: number): string => table.strings[table.status[i]!]!;
  const decided = new Set<number>();
  const failed = new Set<number>();
  for (let i = 0; i < table.length; i++) {
    if (table.outcome[i] !== declined) continue;
    const status = table.status[i]!;
    if (decided.has(status) || failed.has(status)) continue;
    if (/declin|refus|reject|denied/i.test(word(i))) decided.add(status);
    else if (/^fail(?:ed|ure)?$/i.test(word(i))) failed.add(status);
  }
  if (decided.size === 0 || failed.size === 0) return;
  for (let i = 0; i < table.length; i++)
    if (table.outcome[i] === declined && (table.reason?.[i] ?? 0) === 0 && failed.has(table.status[i]!))
      table.outcome[i] = error;
}

/** Amounts in minor units become units of the currency. */
export function scaleAmounts(table: TransactionTable, scale: number): void {
  for (let i = 0; i < table.length; i++) table.amount[i] = table.amount[i]! / scale;
  table.amountScale = (table.amountScale ?? 1) * scale;
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
