import { createHmac, randomBytes } from 'node:crypto';
import { headerZone } from '../evidence/columns.ts';
import { epochTime, readTime, zoneOffset } from '../evidence/time.ts';
import type { EvidenceSource } from '../evidence/types.ts';
import { type InternedColumn, TransactionTableBuilder } from './builder.ts';
import { type Meaning, mapColumns, parseAmount, usesDecimalComma } from './columns.ts';
import { REASONS, type ResponseCodes } from './response-codes.ts';
import { openRows } from './rows.ts';
import type { Outcome, StatementTable, TransactionTable } from './types.ts';

export interface ReadOptions {
  /** Zone of times written without one. */
  zone?: string;
  /** Incident clock, ms UTC. */
  now: number;
  codes: ResponseCodes;
}

/** Card numbers never leave the reader; equal ones stay equal within a run. */
const FINGERPRINT_KEY = randomBytes(32);
const fingerprint = (digits: string): string =>
  `n_${createHmac('sha256', FINGERPRINT_KEY).update(digits).digest('hex').slice(0, 16)}`;

/** Currencies without minor units (ISO 4217). */
const WHOLE_CURRENCIES = /^(?:JPY|KRW|VND|CLP|ISK|XAF|XOF|XPF|PYG|UGX|392|410)$/i;
const CLOCK_SLACK = 300_000;

const clean = (text: string | undefined): string => {
  const trimmed = (text ?? '').trim().replace(/^[`'"]+|["']+$/g, '');
  return trimmed === '-' || trimmed === '\\N' || /^null$|^none$|^n\/a$/i.test(trimmed) ? '' : trimmed;
};

/** Column times: how this file writes them, found once. */
function timeReader(
  header: string,
  sample: string[],
  options: ReadOptions,
): { read(text: string): { time: number; explicit: boolean }; zone: NonNullable<TransactionTable['zone']> } {
  const stated = headerZone(header);
  const monthFirst =
    sample.some((text) => /^\d{1,2}\/(?:1[3-9]|2\d|3[01])\/\d{4}/.test(text)) &&
    !sample.some((text) => /^(?:1[3-9]|2\d|3[01])\//.test(text));
  const zone = stated ?? options.zone ?? 'UTC';
  return {
    zone: { name: zone, source: stated ? 'column' : options.zone ? 'topology' : 'assumed-utc' },
    read(text) {
      const epoch = text.length >= 10 && text.length <= 20 ? epochTime(text) : undefined;
      if (epoch !== undefined) return { time: epoch, explicit: true };
      const read = readTime(text, { zone, now: options.now, monthFirst });
      return read ? { time: read.time, explicit: read.explicit } : { time: Number.NaN, explicit: true };
    },
  };
}

/** Seconds in the header or `s` after the number; else milliseconds. */
function latencyReader(header: string): (text: string) => number {
  const seconds = /(?:^|[^a-z])(?:s|sec|secs|seconds|秒)\)?$/i.test(header) && !/ms|milli|毫秒/i.test(header);
  return (text) => {
    const match = /^(\d{1,9}(?:[.,]\d{1,6})?)\s?(ms|s)?$/.exec(text);
    if (!match) return Number.NaN;
    const value = Number(match[1]!.replace(',', '.'));
    return match[2] === 's' || (seconds && match[2] !== 'ms') ? value * 1000 : value;
  };
}

/** UnionPay codes that exist on the card network and not on the online gateway: their presence tells which table it is. */
const NETWORK_ONLY = /^(?:51|54|55|14|61|65|82|91|96|57|62|63|68|75|N7)$/;

function dialectChooser(codes: ResponseCodes, networkUnionPay: boolean): (route: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (route) => {
    if (!known.has(route)) {
      const dialect = codes.dialectOf(route);
      known.set(route, dialect === 'unionpay' && networkUnionPay ? 'unionpay-network' : dialect);
    }
    return known.get(route);
  };
}

/** What became of an attempt: the status text decides between approved and not, the code says why. */
export function judge(
  codes: ResponseCodes,
  dialect: string | undefined,
  status: string,
  code: string,
  httpStatus: number,
): { outcome: Outcome; reason: number } {
  const byStatus = status ? codes.status(status) : undefined;
  const judged = code ? ((dialect ? codes.code(dialect, code) : undefined) ?? codes.anyCode(code)) : undefined;
  const reason = judged ? REASONS.indexOf(judged.reason) : 0;
  if (byStatus === 'approved')
    return { outcome: 'approved', reason: judged?.outcome === 'approved' ? reason : REASONS.indexOf('ok') };
  if (byStatus === 'pending' || byStatus === 'error') return { outcome: byStatus, reason };
  if (byStatus === 'declined') {
    const contradicting = judged?.outcome === 'approved' || judged?.outcome === 'pending';
    return {
      outcome: judged?.outcome === 'error' || (!judged && httpStatus >= 500) ? 'error' : 'declined',
      reason: contradicting ? 0 : reason,
    };
  }
  if (judged) return { outcome: judged.outcome, reason };
  const bare = status && /^[A-Za-z0-9_.]{1,40}$/.test(status) ? codes.anyCode(status) : undefined;
  if (bare) return { outcome: bare.outcome, reason: REASONS.indexOf(bare.reason) };
  return { outcome: httpStatus >= 400 ? 'error' : 'unknown', reason: 0 };
}

/** Reads one table of payment attempts. */
export async function readTransactionTable(
  source: EvidenceSource,
  options: ReadOptions,
): Promise<TransactionTable | undefined> {
  const stream = openRows(source);
  if (!stream) return undefined;
  const { header, sample } = stream;
  const columns = mapColumns(header, sample);
  const at = (meaning: Meaning): number => columns.get(meaning) ?? -1;
  const values = (meaning: Meaning): string[] =>
    at(meaning) === -1 ? [] : sample.map((row) => clean(row[at(meaning)]));
  const time = timeReader(header[at('time')] ?? '', values('time'), options);
  const decimalComma = usesDecimalComma(values('amount'));
  const latency = latencyReader(header[at('latencyMs')] ?? '');
  const unionPayCodes = sample.filter(
    (row) =>
      NETWORK_ONLY.test(clean(row[at('code')])) && options.codes.dialectOf(clean(row[at('route')])) === 'unionpay',
  );
  const iso = sample.some((row) => options.codes.dialectOf(clean(row[at('route')])) === 'iso8583');
  const dialectOf = dialectChooser(options.codes, unionPayCodes.length > 0 || iso);
  const builder = new TransactionTableBuilder(source.item.path);
  const problems = new Map<string, { what: string; count: number; firstLine: number }>();
  const problem = (what: string, line: number): void => {
    const known = problems.get(what);
    if (known) known.count++;
    else problems.set(what, { what, count: 1, firstLine: line });
  };
  const judged = new Map<string, { outcome: Outcome; reason: number }>();
  let newest = Number.NEGATIVE_INFINITY;
  let explicitTimes = true;
  let wholeAmounts = true;
  let amounts = 0;
  let fullCardNumbers: TransactionTable['fullCardNumbers'];
  for await (const { line, cells } of stream.rows) {
    if (cells.length < Math.min(header.length, 3) || cells.length > header.length * 2 + 2) {
      problem('row with another number of columns', line);
      builder.drop();
      continue;
    }
    const cell = (meaning: Meaning): string => {
      const index = columns.get(meaning);
      return index === undefined ? '' : clean(cells[index]);
    };
    const when = time.read(cell('time'));
    if (Number.isNaN(when.time)) problem('time not readable', line);
    else if (when.time > newest) newest = when.time;
    explicitTimes &&= when.explicit;
    const amountText = cell('amount');
    const amount = parseAmount(amountText, decimalComma) ?? Number.NaN;
    if (amountText !== '') {
      amounts++;
      if (!/^-?\d+$/.test(amountText)) wholeAmounts = false;
    }
    let [bin, last4, card] = [cell('bin'), cell('last4').replace(/^\*+/, ''), cell('cardFingerprint')];
    const pan = cell('pan').replace(/[ .-]/g, '');
    if (pan.length >= 12) {
      bin ||= /^\d{6,8}/.exec(pan)?.[0] ?? '';
      last4 ||= pan.slice(-4);
      if (/^\d{12,19}$/.test(pan)) {
        card ||= fingerprint(pan);
        fullCardNumbers ??= { column: header[at('pan')]!, count: 0, firstLine: line };
        fullCardNumbers.count++;
      }
    }
    const [route, status, code] = [cell('route'), cell('status'), cell('code')];
    const httpStatus = Number(cell('httpStatus')) || 0;
    const key = `${route}\n${status}\n${code}\n${httpStatus}`;
    let verdict = judged.get(key);
    if (!verdict) {
      verdict = judge(options.codes, dialectOf(route), status, code, httpStatus);
      if (judged.size < 50_000) judged.set(key, verdict);
    }
    const type = cell('transactionType');
    const text: { [column in InternedColumn]: string } = {
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
    };
    builder.add({
      line,
      time: when.time,
      amount,
      httpStatus,
      latencyMs: latency(cell('latencyMs')),
      ...verdict,
      refund: amount < 0 || options.codes.isRefund(type) || options.codes.isRefund(status),
      text,
    });
  }
  const named: { [meaning: string]: string } = {};
  for (const [meaning, index] of columns) named[meaning] = header[index]!;
  const table = builder.finish(named);
  table.role = source.item.format === 'host-messages' ? 'host-messages' : 'payments';
  table.zone = explicitTimes ? { name: 'as written', source: 'row' } : time.zone;
  if (!explicitTimes && newest > options.now + CLOCK_SLACK && time.zone.name !== 'UTC')
    readAsUtc(table, time.zone.name, options.now);
  if (wholeAmounts && amounts >= 20 && !WHOLE_CURRENCIES.test(clean(sample[0]?.[at('currency')])))
    scaleAmounts(table, 100);
  if (fullCardNumbers) table.fullCardNumbers = fullCardNumbers;
  if (problems.size) table.problems = [...problems.values()];
  source.item.counts = { ...source.item.counts, rows: table.length, dropped: table.dropped };
  const range = spanOf(table);
  if (range) source.item.span = range;
  return table;
}

/** Local times that lie after the incident clock were UTC; undone only if that puts every row before the clock. */
function readAsUtc(table: TransactionTable, zone: string, now: number): void {
  const shifted = table.time.map((time) => (Number.isNaN(time) ? time : time + zoneOffset(zone, time)));
  if (shifted.some((time) => time > now + CLOCK_SLACK)) return;
  table.time.set(shifted);
  table.zone = { name: 'UTC', source: 'assumed-utc' };
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
  return to >= from ? { from: new Date(from).toISOString(), to: new Date(to).toISOString() } : undefined;
}

/** Statement rows kept for reconciliation. */
const MOST_STATEMENT_ROWS = 500_000;

/** Reads a provider's statement or settlement table. */
export async function readStatement(source: EvidenceSource, options: ReadOptions): Promise<StatementTable | undefined> {
  const stream = openRows(source);
  if (!stream) return undefined;
  const columns = mapColumns(stream.header, stream.sample);
  const at = (meaning: Meaning): number => columns.get(meaning) ?? -1;
  const values = (meaning: Meaning): string[] =>
    at(meaning) === -1 ? [] : stream.sample.map((row) => clean(row[at(meaning)]));
  const time = timeReader(stream.header[at('time')] ?? '', values('time'), options);
  const decimalComma = usesDecimalComma(values('amount'));
  const table: StatementTable = { file: source.item.path, rows: [] };
  for await (const { line, cells } of stream.rows) {
    const cell = (meaning: Meaning): string => clean(cells[at(meaning)]);
    const order = cell('order');
    const payment = cell('providerId') || cell('payment');
    // Totals below the rows have no order.
    if ((order === '' && payment === '') || cells.length < 3 || table.rows.length >= MOST_STATEMENT_ROWS) continue;
    const amount = parseAmount(cell('amount'), decimalComma);
    if (amount === undefined && Number.isNaN(time.read(cell('time')).time)) continue;
    table.rows.push({
      line,
      time: time.read(cell('time')).time,
      order,
      payment,
      status: cell('status') || cell('transactionType'),
      amount: amount ?? Number.NaN,
    });
  }
  source.item.counts = { ...source.item.counts, rows: table.rows.length };
  return table;
}
