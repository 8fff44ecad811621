import type { TableRow } from '../evidence/tabular.ts';
import { decodeText, encodingOf } from '../evidence/text.ts';
import { readTime } from '../evidence/time.ts';
import type { EvidenceSource } from '../evidence/types.ts';
import { rawMessage } from './iso8583.ts';
import { lineBlocks, type RowStream } from './rows.ts';

/**
 * Logs of ISO 8583 messages as tables: `DE39=57` texts, JSON with field numbers, lines of bare values and raw messages; and of
 * providers' notifications in a shop's own log. They tell response codes where a bundle holds no payment table.
 */

const HEADER = [
  'time',
  'message class',
  'de2',
  'de4',
  'de37',
  'de39',
  'de41',
  'de42',
  'elapsed_ms',
  'transaction type',
  'status',
];
const FIELDS = ['2', '4', '37', '39', '41', '42'];
/** What a row of a request is called that no answer follows; see `response-codes.yaml`. */
const UNANSWERED = 'no answer';
/** Lines of the head that decide. */
const PROBE = 60;

type Message = { time: string; mti: string; elapsed: string; fields: { [number: string]: string } };

// A field may be empty (`DE38= DE39=51`): the name of the next one is no value.
const NUMBERED =
  /\b(?:DE|F|BIT|FLD|field[ _]?)0{0,2}(\d{1,3})\s?[=:](?!\s(?:DE|F|BIT|FLD|field[ _]?)\d{1,3}\s?[=:])\s?"?([^\s",;|\]}]{1,64})/gi;
const RESPONSE = /\b0[1248][135]0\b/;
/** Authorisations and financial transactions; repeats are not asked twice. */
const REQUEST = /\b0[12]00\b/;

/** `... 0200->0210 STAN=087806 DE2=222300******9979 DE39=57 rt=306ms` */
function fromText(line: string): Message | undefined {
  const fields: { [number: string]: string } = {};
  for (const [, number, value] of line.matchAll(NUMBERED)) fields[String(Number(number))] ??= value!;
  if (fields['39'] === undefined) return undefined;
  const mti = RESPONSE.exec(line)?.[0] ?? '';
  return {
    time: timeAt(line),
    mti,
    elapsed: /\b(?:rt|elapsed|took|cost|duration)(?:_?ms)?[=:] ?(\d{1,9})/i.exec(line)?.[1] ?? '',
    fields,
  };
}

/** A raw message in text or hexadecimal: `ISO8583 raw: 0210723A...`. */
function fromRaw(line: string): Message | undefined {
  const message = rawMessage(line);
  return message?.fields['39'] === undefined
    ? undefined
    : { time: timeAt(line), mti: message.mti, elapsed: '', fields: message.fields };
}

/** The time at the start of a line, whatever stands in brackets around it. */
function timeAt(line: string): string {
  const start = line.replace(/^(?:<\d{1,3}>\d? ?)?[[(]?/, '').slice(0, 48);
  const read = readTime(start, { now: Date.UTC(2100, 0) });
  return read ? start.slice(0, read.length) : (/^\d{10,14}\b/.exec(start)?.[0] ?? '');
}

/** `{"ts": ..., "mti": "0210", "f": {"2": "400002******8049", "39": "00"}, "elapsed": 569}` */
function fromJson(line: string): Message | undefined {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof record !== 'object' || record === null) return undefined;
  const message: Message = { time: '', mti: '', elapsed: '', fields: {} };
  const visit = (value: object, depth: number): void => {
    for (const [key, member] of Object.entries(value)) {
      if (typeof member === 'object' && member !== null && depth < 3) visit(member, depth + 1);
      const text = typeof member === 'string' || typeof member === 'number' ? String(member) : undefined;
      if (text === undefined) continue;
      const number = /^(?:de|f|field|bit)?_?0{0,2}(\d{1,3})$/i.exec(key)?.[1];
      if (number) message.fields[String(Number(number))] ??= text;
      else if (/^(?:@?timestamp|ts|time)$/i.test(key)) message.time ||= text;
      else if (/^mti$/i.test(key)) message.mti ||= text;
      else if (/^(?:elapsed|rt|took|cost|duration|latency)(?:_?ms)?$/i.test(key)) message.elapsed ||= text;
    }
  };
  visit(record, 0);
  return message.fields['39'] === undefined ? undefined : message;
}

/** `20251109095049|0210|078798|531302442738|400012xxxxxx0740|000000000199|54|T0551495|M60217|563`: by the shape of each value. */
function fromValues(line: string): Message | undefined {
  const cells = line.split(/[|;,\t]/).map((cell) => cell.trim().replace(/^"|"$/g, ''));
  if (cells.length < 6 || cells.length > 40) return undefined;
  const mtiAt = cells.findIndex((cell) => /^0[1248]\d0$/.test(cell));
  const panAt = cells.findIndex((cell) => /^\d{6,8}[*xX.]{3,10}\d{4}$/.test(cell));
  if (mtiAt === -1 || panAt === -1) return undefined;
  const amountAt = cells.findIndex((cell, at) => at > panAt && /^\d{12}$/.test(cell));
  const codeAt = cells.findIndex((cell, at) => at > Math.max(panAt, amountAt) && /^[0-9A-Z]{2}$/.test(cell));
  if (codeAt === -1) return undefined;
  const after = cells.slice(codeAt + 1);
  const fields: { [number: string]: string } = { '2': cells[panAt]!, '39': cells[codeAt]! };
  if (amountAt !== -1) fields['4'] = cells[amountAt]!;
  const reference = cells.slice(mtiAt + 1, panAt).find((cell) => /^\d{12}$/.test(cell));
  if (reference) fields['37'] = reference;
  if (after[0]) fields['41'] = after[0];
  if (after[1]) fields['42'] = after[1];
  return {
    time: cells[0]!,
    mti: cells[mtiAt]!,
    elapsed: /^\d{1,7}$/.test(after.at(-1) ?? '') ? after.at(-1)! : '',
    fields,
  };
}

/** Cells of a message of a payment in the order of HEADER. */
function messageCells(reader: (line: string) => Message | undefined): (line: string) => string[] | undefined {
  return (line) => {
    const message = reader(line);
    // Requests have no field 39; echo and sign-on messages (08xx) are no payments.
    if (!message || /^08/.test(message.mti)) return undefined;
    return cellsOf(message);
  };
}

/** Processing codes (field 3) 20 to 29 pay the cardholder: returns and refunds. */
const cellsOf = ({ time, mti, elapsed, fields }: Message, status = ''): string[] => [
  time,
  mti,
  ...FIELDS.map((number) => fields[number] ?? ''),
  elapsed,
  /^04/.test(mti) ? 'reversal' : /^2\d{5}$/.test(fields['3'] ?? '') ? 'refund' : '',
  status,
];

/** Requests that may still be open, at most. */
const MOST_OPEN = 20_000;
/** Hosts give up on an answer after a minute at the latest. */
const LONGEST_WAIT = 60_000;

/** Requests of a log (`MTI=0100 DE37=...`, without field 39) that no response follows. */
class OpenRequests {
  readonly #open = new Map<string, { line: number; cells: string[]; time: number }>();
  #answered = 0;
  #latest = 0;
  #lost = false;

  take(line: number, text: string): void {
    const mti = REQUEST.exec(text)?.[0] ?? RESPONSE.exec(text)?.[0];
    if (mti === undefined) return;
    const fields: { [number: string]: string } = {};
    for (const [, number, value] of text.matchAll(NUMBERED)) fields[String(Number(number))] ??= value!;
    const key = fields['37'] ?? (fields['11'] && `${fields['11']} ${fields['41'] ?? ''}`);
    if (key === undefined) return;
    const written = timeAt(text);
    const time = readTime(written, { now: Date.UTC(2100, 0) })?.time ?? Number.NaN;
    if (time > this.#latest) this.#latest = time;
    if (fields['39'] !== undefined) {
      if (this.#open.delete(key)) this.#answered++;
    } else if (fields['4'] !== undefined && REQUEST.test(text)) {
      if (this.#open.size >= MOST_OPEN) this.#lost = true;
      else this.#open.set(key, { line, time, cells: cellsOf({ time: written, mti, elapsed: '', fields }, UNANSWERED) });
    }
  }

  /** Rows of them; none where the log does not show that it writes both down. */
  rows(): TableRow[] {
    if (this.#lost || this.#answered <= this.#open.size) return [];
    return [...this.#open.values()].filter(({ time }) => this.#latest - time > LONGEST_WAIT);
  }
}

const NOTICE_HEADER = ['time', 'order id', 'payment id', 'status', 'response code', 'amount', 'route'];
/** What providers call the outcome in their notifications, and whose they are. */
const NOTICES: readonly {
  route: string;
  status?: string;
  code?: string;
  order: string;
  payment: string;
  amount: string;
}[] = [
  // opendocs.alipay.com: asynchronous notification of a trade
  { route: 'alipay', status: 'trade_status', order: 'out_trade_no', payment: 'trade_no', amount: 'total_amount' },
  // pay.weixin.qq.com: notification of a payment, version 3
  { route: 'wechat', status: 'trade_state', order: 'out_trade_no', payment: 'transaction_id', amount: 'total_fee' },
  // pay.weixin.qq.com: answers and notifications, version 2
  {
    route: 'wechat',
    status: 'result_code',
    code: 'err_code',
    order: 'out_trade_no',
    payment: 'transaction_id',
    amount: 'total_fee',
  },
  // developer.paypal.com: instant payment notification
  { route: 'paypal', status: 'payment_status', order: 'invoice', payment: 'txn_id', amount: 'mc_gross' },
  // The same words in Chinese, as programs write them: 应答码[00] 流水号[42]
  { route: 'unionpay', code: '应答码', order: '流水号', payment: '订单号', amount: '金额' },
  // open.unionpay.com: notification in the background
  { route: 'unionpay', code: 'respCode', order: 'orderId', payment: 'queryId', amount: 'txnAmt' },
];

/** The value of a pair, however it is written: `name=value`, `"name":"value"`, `name: value`. */
function pairOf(line: string, name: string): string {
  for (let at = line.indexOf(name); at !== -1; at = line.indexOf(name, at + 1)) {
    if (at > 0 && /[\w.]/.test(line[at - 1]!)) continue;
    const value = /^"?\s{0,2}(?:[=:：[【]|为)\s{0,2}"?([\w.-]{1,64})/.exec(
      line.slice(at + name.length, at + name.length + 80),
    );
    if (value) return value[1]!;
  }
  return '';
}

/** Notifications that a shop writes to its log: `... out_trade_no=1&trade_status=TRADE_SUCCESS&total_amount=12.00`. */
function fromNotice(line: string): string[] | undefined {
  for (const { route, status, code, order, payment, amount } of NOTICES) {
    const said = { status: status ? pairOf(line, status) : '', code: code ? pairOf(line, code) : '' };
    const reference = said.status === '' && (status || said.code === '') ? '' : pairOf(line, order);
    if (reference === '') continue;
    const time = timeAt(line);
    return [time, reference, pairOf(line, payment), said.status, said.code, pairOf(line, amount), route];
  }
  return undefined;
}

interface LineReader {
  header: string[];
  cells(line: string): string[] | undefined;
}
const READERS: readonly LineReader[] = [
  ...[fromJson, fromText, fromValues, fromRaw].map((reader) => ({ header: HEADER, cells: messageCells(reader) })),
  { header: NOTICE_HEADER, cells: fromNotice },
];

/** The reader that understands most of the probe, when that is most of the probe. */
function readerOf(lines: string[]): LineReader | undefined {
  const scored = READERS.map((reader) => ({ reader, read: lines.filter((line) => reader.cells(line)).length })).sort(
    (a, b) => b.read - a.read,
  );
  const best = scored[0]!;
  return lines.length >= 2 && best.read >= Math.max(2, lines.length * 0.4) ? best.reader : undefined;
}

function* rowsOf(text: string, firstLine: number, reader: LineReader, open?: OpenRequests): Generator<TableRow> {
  let line = firstLine - 1;
  for (const raw of text.split('\n')) {
    line++;
    const cells = raw.length > 0 && raw.length < 8192 ? reader.cells(raw.trimEnd()) : undefined;
    if (open && raw.length < 8192) open.take(line, raw);
    if (cells) yield { line, cells };
  }
}

/** Opens a log of host messages as rows; undefined when it is none. */
export function openHostLog(source: EvidenceSource): RowStream | undefined {
  const encoding = encodingOf(source.head);
  const lines = decodeText(source.head, encoding)
    .text.split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && line.length < 8192)
    .slice(0, PROBE);
  const reader = readerOf(lines);
  if (!reader) return undefined;
  const sample = [...rowsOf(lines.join('\n'), 1, reader)].map(({ cells }) => cells);
  async function* blocks(): AsyncGenerator<Iterable<TableRow>> {
    const open = reader!.header === HEADER ? new OpenRequests() : undefined;
    for await (const { text, firstLine } of lineBlocks(source, encoding)) yield rowsOf(text, firstLine, reader!, open);
    if (open) yield open.rows();
  }
  return { header: reader.header, sample, blocks: blocks() };
}
