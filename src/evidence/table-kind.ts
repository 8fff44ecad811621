import { headerMeanings } from './columns.ts';
import { dateColumn, startOfChange } from './facts/changes.ts';
import { epochTime, readTime } from './time.ts';

export type TableKind =
  | 'transactions'
  | 'host-messages'
  | 'statement'
  | 'merchants'
  | 'issuers'
  | 'changes'
  | 'tickets'
  | 'network-flows'
  | 'file-listing'
  | 'certificate-log'
  | 'generic';

/** Words inside longer headers (`Acquirer Response Code`, `Card Last 4`), for payments only; values have to confirm them. */
const WORDS: [string, RegExp][] = [
  ['last4', /last ?4|last four|尾号|后四位/],
  ['bin', /\bbin\b|\biin\b/],
  ['pan', /\bpan\b|card (?:number|no)\b|卡号/],
  ['cardFingerprint', /fingerprint|card hash|card token/],
  ['cardExpiry', /expir|valid (?:to|thru)|有效期/],
  ['client', /\bip\b|ip address/],
  ['httpStatus', /http (?:status|code)/],
  ['latencyMs', /(?:time|duration|elapsed|latency|took)(?: in)? ?ms\b|^took$|response time|耗时/],
  ['currency', /currency|\bccy\b|devise|moneda|waehrung|währung|币种|通貨/],
  ['amount', /amount|\bgross\b|\bbetrag\b|importe|montant|\bvalor\b|金额|金額/],
  [
    'code',
    /(?:resp(?:onse)?|return|result|decline|refusal|reason|error|auth)\b.{0,12}\bcode|decline reason|refusal reason|应答|响应码|返回码/,
  ],
  ['status', /status|\bstate\b|\bresponse\b|verdict|estado|statut|situa|状态/],
  ['order', /\border\b|invoice|merchant reference|basket|pedido|commande|bestell|订单|注文/],
  ['payment', /\b(?:payment|transaction|psp|txn|retrieval)\b.{0,12}\b(?:id|ref(?:erence)?|no|number)\b|流水号|参考号/],
  ['merchant', /merchant|\bshop\b|\bstore\b|comerci|lojista|\bloja\b|haendler|händler|commer[cç]ant|商户|加盟店/],
  ['device', /terminal|device|终端|設備/],
  ['route', /payment method|card brand|\bscheme\b|acquirer|channel|渠道/],
  ['time', /\b(?:date|time|timestamp|datetime|fecha|hora|datum|uhrzeit|horodatage|data)\b|时间|日期|日時/],
];

const STATUS_WORD =
  /^(?:approved|accepted|declined|refused|denied|rejected|paid|unpaid|settled|captured|failed|failure|success|successful|succeeded|ok|error|timeout|pending|processing|cancel+ed|authori[sz]ed|成功|失败|处理中|已支付|拒绝)$/i;
const CLOCK = /^\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?|\.\d{2}\.\d{2})(?:\s?[AP]M)?$/i;

/** What a column can be by its shape alone. */
function shapeOf(values: string[]): string | undefined {
  const filled = values.map((value) => value.trim()).filter((value) => value !== '');
  if (filled.length < 2) return undefined;
  const all = (test: (value: string) => boolean): boolean => filled.every(test);
  if (all((value) => STATUS_WORD.test(value))) return 'status';
  if (all((value) => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(value))) return 'client';
  if (isTimeColumn(filled)) return 'time';
  if (all((value) => /^\d{2}$/.test(value)) && filled.includes('00')) return 'code';
  if (all((value) => /^-?\d{1,9}[.,]\d{2}$/.test(value))) return 'amount';
  return undefined;
}

/**
 * Further meanings of a header of a payment table, by the words in it or by its values; less sure than `headerMeanings`.
 */
export function guessedMeanings(header: string, values: string[]): string[] {
  const words = header
    .toLowerCase()
    .replace(/[_\-./()]+/g, ' ')
    .trim();
  const found = WORDS.filter(([, pattern]) => pattern.test(words)).map(([meaning]) => meaning);
  const shape = shapeOf(values);
  if (shape && !found.includes(shape)) found.push(shape);
  return found;
}

/** A column of times of day, which another column of dates completes. */
export const isClockColumn = (values: string[]): boolean => {
  const filled = values.filter((value) => value.trim() !== '');
  return (
    filled.length > 0 &&
    filled.every((value) => CLOCK.test(value.trim()) || /^[0-2]\d[0-5]\d[0-5]\d$/.test(value.trim()))
  );
};

/** A column of times with their date, or of seconds since 1970. */
export const isTimeColumn = (values: string[]): boolean => {
  const filled = values.filter((value) => value.trim() !== '');
  return (
    filled.length > 0 &&
    filled.every((value) => epochTime(value.trim()) !== undefined || (readTime(value.trim())?.length ?? 0) >= 10)
  );
};

/** A column of bare dates. */
export const isDateColumn = (values: string[]): boolean => {
  const filled = values.filter((value) => value.trim() !== '');
  return (
    filled.length > 0 &&
    filled.every((value) =>
      /^(?:19|20)\d{2}(?:[-/.]\d{1,2}[-/.]\d{1,2}|\d{4})$|^\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}$|^\d{1,2}([./])\d{1,2}\1\d{2}$|^(?:19|20)\d{2}年\d{1,2}月\d{1,2}日$/.test(
        value.trim(),
      ),
    )
  );
};

/** Tells what a table is about from the set of meanings its header has. */
export function tableKind(header: string[], sample: string[][]): TableKind {
  const has = new Set<string>();
  for (const cell of header) for (const meaning of headerMeanings(cell)) has.add(meaning);
  if (!has.has('time') && dateColumn({ header, sample }) !== -1) has.add('time');
  const any = (...meanings: string[]): boolean => meanings.some((meaning) => has.has(meaning));
  // Links between systems have ends and a port too, but nothing that was sent or decided, and no time.
  if (
    has.has('source') &&
    has.has('destination') &&
    (any('bytesOut', 'action') || (any('port', 'protocol') && any('time')))
  )
    return 'network-flows';
  if (has.has('mode') && any('path') && any('modified', 'time', 'size')) return 'file-listing';
  // `Get-ChildItem | Export-Csv`: Windows has no mode that says more.
  if (header.some((cell) => /^LastWriteTime(?:Utc)?$/i.test(cell.trim())) && has.has('path') && has.has('size'))
    return 'file-listing';
  if (has.has('issuer') && has.has('bin') && !any('amount', 'status')) return 'issuers';
  if (has.has('commonName') && has.has('issuer')) return 'certificate-log';
  // One row an ISO 8583 message between hosts, not one a payment.
  if (header.some((cell) => /^(?:mti|message_?type_?indicator)$/i.test(cell.trim()))) return 'host-messages';
  // A log exported as a table says how grave each line is, or which program wrote it.
  if (
    header.some((cell) =>
      /^(?:level|log_?level|severity|logger|thread|pid|process|program|module|级别|日志级别|nivel|stufe)$/i.test(
        cell.trim(),
      ),
    )
  )
    return 'generic';
  // `dnf history`: what was installed and upgraded, and how many packages that altered.
  if (has.has('time') && has.has('text') && header.some((cell) => /^altered$/i.test(cell.trim()))) return 'changes';
  // Desks number their records: every row of an export has one number of one kind.
  const records = numberedRecords(header, sample);
  if (records && has.has('text') && (has.has('time') || startOfChange({ header, sample }) !== -1)) return records;
  // Columns for when work was to begin and began are those of a calendar of changes.
  const calendar = header.some((cell) => /^(?:actual|planned|scheduled)[ _]?start/i.test(cell.trim()));
  if (calendar && has.has('text') && startOfChange({ header, sample }) !== -1) return 'changes';
  const money = has.has('amount');
  const identity = any('order', 'payment', 'providerId');
  const outcome = any('code', 'status', 'httpStatus');
  const attempt = any(
    'code',
    'bin',
    'last4',
    'cardFingerprint',
    'pan',
    'client',
    'latencyMs',
    'node',
    'device',
    'httpStatus',
  );
  if (
    money &&
    identity &&
    any('providerId', 'fee', 'batch') &&
    !any('code', 'bin', 'cardFingerprint', 'last4', 'client', 'latencyMs')
  )
    return 'statement';
  if (money && outcome && any('time') && (identity || attempt)) return 'transactions';
  if (identity && outcome && any('time') && attempt && any('merchant', 'route', 'bin', 'code')) return 'transactions';
  if (money && identity && any('time') && header.length <= 8)
    return attempt && looksLikePayments(header, sample, has) ? 'transactions' : 'statement';
  if (has.has('merchant') && !any('time', 'amount', 'status') && header.length <= 8) return 'merchants';
  if (any('time') && has.has('text')) {
    const tickets = header.findIndex((cell) => headerMeanings(cell).includes('ticket'));
    // A change calendar names the request for change of each row.
    const requests = sample.map((row) => row[tickets]?.trim() ?? '').filter((value) => value !== '');
    if (
      any('team') &&
      requests.length > 0 &&
      requests.every((value) => /^(?:CHG|CHANGE|RFC|CR|CM)[-_ ]?\d/i.test(value))
    )
      return 'changes';
    if (any('ticket') || (has.has('channel') && !any('team'))) return 'tickets';
    const plainMessage = header.some((cell) => /^(?:message|msg|note|comment)$/i.test(cell.trim()));
    if (header.length <= 8 && (any('team') || (header.length <= 4 && !plainMessage))) return 'changes';
  }
  return looksLikePayments(header, sample, has) ? 'transactions' : 'generic';
}

/** `CHG0031201`, `INC0010231` in a column that is called a number: what a service desk exports. */
function numberedRecords(header: string[], sample: string[][]): 'changes' | 'tickets' | undefined {
  const at = header.findIndex((cell) =>
    /^(?:number|(?:change|incident|case|ticket)[ _]?(?:number|id))$/i.test(cell.trim()),
  );
  const numbers = sample.map((row) => row[at]?.trim() ?? '').filter((value) => value !== '');
  if (at === -1 || numbers.length === 0) return undefined;
  if (numbers.every((value) => /^(?:CHG|CTASK|RFC)[-_ ]?\d{3,10}$/i.test(value))) return 'changes';
  return numbers.every((value) => /^(?:INC|CS|PRB|REQ|RITM|SCTASK|TASK)[-_ ]?\d{3,10}$/i.test(value))
    ? 'tickets'
    : undefined;
}

/** A table whose headers nobody lists: money, a time, an outcome, and something that names the attempt. */
function looksLikePayments(header: string[], sample: string[][], known: Set<string>): boolean {
  const has = new Set(known);
  header.forEach((cell, at) => {
    for (const meaning of guessedMeanings(
      cell,
      sample.map((row) => row[at] ?? ''),
    ))
      has.add(meaning);
  });
  const any = (...meanings: string[]): boolean => meanings.some((meaning) => has.has(meaning));
  return (
    has.has('amount') &&
    has.has('time') &&
    any('status', 'code') &&
    any('order', 'payment') &&
    any('currency', 'merchant', 'bin', 'last4', 'pan', 'cardFingerprint', 'client', 'route', 'device')
  );
}
