/** What stands around a number: whether it is a token of its own, and what its key says it is. */

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

function isWord(byte: number): boolean {
  return isDigit(byte) || (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122) || byte === 95;
}

const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 32) >= 97 && (byte | 32) <= 102);

/** Not part of a longer token: no letter, digit, underscore or decimal point beside it. `%3D` and `\n` end a token. */
export function standsAlone(b: Buffer, from: number, to: number, lineStart: number, lineEnd: number): boolean {
  if (from > lineStart) {
    const byte = b[from - 1]!;
    const percent = from - 3 >= lineStart && b[from - 3] === 37 && isHex(b[from - 2]!) && isHex(byte);
    const track = byte === 66 && b[from - 2] === 37;
    const escaped = (byte === 110 || byte === 116 || byte === 114) && b[from - 2] === 92;
    const unicode = from - 6 >= lineStart && b[from - 6] === 92 && b[from - 5] === 117;
    if (!percent && !track && !escaped && !unicode && (isWord(byte) || byte === 46 || byte === 42 || byte === 43))
      return false;
    if (byte === 45 && from - 2 >= lineStart && isWord(b[from - 2]!)) return false;
  }
  if (to < lineEnd) {
    const byte = b[to]!;
    if (isWord(byte) || byte === 42) return false;
    if ((byte === 46 || byte === 45) && to + 1 < lineEnd && isWord(b[to + 1]!)) return false;
  }
  return true;
}

const CARD_WORDS = new Set([
  'pan',
  'card',
  'cards',
  'cardno',
  'cardnum',
  'cardnumber',
  'acct',
  'account',
  'accountno',
  'accno',
  'cc',
  'ccn',
  'ccnum',
  'ccnumber',
  'creditcard',
  'primary',
  'de2',
  'f2',
  'track',
  'track1',
  'track2',
  'fpan',
  'dpan',
  'bankcard',
  'bankno',
  'cardid',
  'visa',
  'mastercard',
  'amex',
  'unionpay',
  'jcb',
  'plastic',
  '卡号',
  '银行卡',
  '银行卡号',
  '信用卡',
]);
const OTHER_WORDS = new Set([
  'id',
  'ids',
  'uid',
  'time',
  'timestamp',
  'ts',
  'date',
  'epoch',
  'millis',
  'micros',
  'nanos',
  'ms',
  'ns',
  'seq',
  'sequence',
  'trace',
  'traceid',
  'span',
  'spanid',
  'order',
  'orderid',
  'orderno',
  'batch',
  'txn',
  'txnid',
  'transaction',
  'trans',
  'trade',
  'imei',
  'meid',
  'imsi',
  'iccid',
  'sim',
  'amount',
  'amt',
  'total',
  'nonce',
  'serial',
  'sn',
  'ref',
  'reference',
  'rrn',
  'stan',
  'arn',
  'session',
  'sessionid',
  'sid',
  'token',
  'uuid',
  'guid',
  'phone',
  'mobile',
  'tel',
  'telephone',
  'msisdn',
  'tracking',
  'parcel',
  'shipment',
  'waybill',
  'invoice',
  'bytes',
  'size',
  'length',
  'offset',
  'duration',
  'elapsed',
  'latency',
  'key',
  'hash',
  'checksum',
  'crc',
  'sum',
  'random',
  'seed',
  'version',
  'build',
  'sku',
  'isbn',
  'ean',
  'gtin',
  'upc',
  'barcode',
  'request',
  'requestid',
  'rid',
  'req',
  'event',
  'eventid',
  'message',
  'msgid',
  'msg',
  'ticket',
  'case',
  'user',
  'userid',
  'customer',
  'merchant',
  'mid',
  'tid',
  'terminal',
  'device',
  'deviceid',
  'node',
  'host',
  'port',
  'pid',
  'thread',
  'etag',
  'expires',
  'expiry',
  'expire',
  'created',
  'updated',
  'at',
  'no',
  'number',
  'code',
  'num',
  'iban',
  'bic',
  'swift',
  'tax',
  'vat',
  'passport',
  'licence',
  'license',
  'ssn',
  'meter',
  'lat',
  'lon',
  'lng',
  'price',
  'balance',
  'count',
  'index',
  'block',
  'cursor',
  'snowflake',
  'correlation',
  'payment',
  'pay',
  'refund',
  'bill',
  'receipt',
  'voucher',
  'coupon',
  'lot',
  'asset',
  'tracking',
  '单号',
  '订单号',
  '流水号',
  '手机号',
  '流水',
  '订单',
  '手机',
]);
/** Last words that make even a card's key something else: card_id is a row, card_expiry a date. */
const NOT_THE_NUMBER = new Set([
  'id',
  'ids',
  'expiry',
  'expire',
  'expires',
  'token',
  'hash',
  'time',
  'timestamp',
  'ts',
  'date',
  'seq',
  'ref',
  'reference',
  'version',
  'created',
  'updated',
  'at',
  'trace',
  'fingerprint',
  'balance',
  'amount',
]);

export type Context = 'card' | 'other' | 'none';

/** Splits `cardTransaction_id` into words. */
const wordsOf = (key: string): string[] =>
  key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9\u4e00-\u9fff]+/)
    .filter((word) => word !== '');

/**
 * What the text before a number calls it.
 * @param before at most some fifty characters that end where the number begins.
 */
export function contextOf(before: string): Context {
  // key=number, "key":"number", key: number, <key>number, key#number; several words as in "card number: ".
  const keyed =
    /([A-Za-z][\w.-]{0,48}|[\u4e00-\u9fff]{1,8})((?: [A-Za-z]{1,12}){0,2})\\?["'\]]{0,2} {0,3}(?:=>|[=:：>#]|%3[ADad]) {0,3}\\?["'(<[]{0,2}$/.exec(
      before,
    );
  if (keyed) {
    const words = wordsOf(`${keyed[1]}${keyed[2]}`);
    const last = words.at(-1) ?? '';
    const card = words.some((word) => CARD_WORDS.has(word));
    if (card && !NOT_THE_NUMBER.has(last)) return 'card';
    if (words.some((word) => OTHER_WORDS.has(word)) || card) return 'other';
    return 'none';
  }
  // Without a sign between: "card 4111...", "order 4111...", "pan ending".
  const spoken = /([A-Za-z]{2,16}|[\u4e00-\u9fff]{1,6})(?: (?:no|nr|number|num|id|is|was|#))?[.:#]? {1,2}["'(]?$/i.exec(
    before,
  );
  if (spoken) {
    const words = wordsOf(spoken[0]);
    if (words.some((word) => CARD_WORDS.has(word)) && !NOT_THE_NUMBER.has(words.at(-1)!)) return 'card';
    if (words.some((word) => OTHER_WORDS.has(word))) return 'other';
  }
  return 'none';
}
