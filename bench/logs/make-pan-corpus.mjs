// Makes a labelled corpus for the card-number detector: node bench/logs/make-pan-corpus.mjs OUT.log OUT.truth.jsonl [SEED] [LINES]
// Shares no code with the detector: its own issuer table, its own Luhn, its own idea of what looks like a card and is none.
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const [out, truthFile, seed = '7', size = '100000'] = process.argv.slice(2);
if (!truthFile) {
  console.error('usage: make-pan-corpus.mjs OUT.log OUT.truth.jsonl [SEED] [LINES]');
  process.exit(2);
}
let state = Number(seed) >>> 0;
const next = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const int = (n) => Math.floor(next() * n);
const pick = (list) => list[int(list.length)];
const digits = (n) => Array.from({ length: n }, () => int(10)).join('');
const hex = (n) => Array.from({ length: n }, () => pick([...'0123456789abcdef'])).join('');
const checkDigit = (body) => {
  const total = [...body].reverse().reduce((sum, c, i) => {
    let value = Number(c);
    if (i % 2 === 0) {
      value *= 2;
      if (value > 9) value -= 9;
    }
    return sum + value;
  }, 0);
  return String((10 - (total % 10)) % 10);
};
const ISSUERS = [
  ['4', 16],
  ['4', 16],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['65', 16],
  ['62', 16],
  ['62', 18],
  ['62', 19],
  ['3530', 16],
  ['36', 14],
  ['6759', 16],
  ['2200', 16],
];
const card = () => {
  const [prefix, length] = pick(ISSUERS);
  const body = prefix + digits(length - prefix.length - 1);
  return body + checkDigit(body);
};
const grouped = (pan, separator) =>
  pan.length === 15
    ? [pan.slice(0, 4), pan.slice(4, 10), pan.slice(10)].join(separator)
    : pan.length === 14
      ? [pan.slice(0, 4), pan.slice(4, 10), pan.slice(10)].join(separator)
      : pan.length === 19
        ? [pan.slice(0, 6), pan.slice(6)].join(separator)
        : pan.length === 16
          ? pan.match(/.{4}/g).join(separator)
          : pan;
const stamp = () => new Date(1_780_000_000_000 + int(1e9)).toISOString();

const POSITIVE = {
  jsonPan: () => [(p) => `{"ts":"${stamp()}","pan":"${p}","amount":${int(9999)}}`],
  jsonCard: () => [(p) => `{"time":${1_780_000_000_000 + int(1e9)},"cardNumber":"${p}","exp":"12/29"}`],
  equals: () => [(p) => `${stamp()} INFO authorising card_no=${p} amount=${int(9999)} mid=M${int(99999)}`],
  query: () => [(p) => `10.0.0.${int(250)} - - "GET /pay?cc=${p}&cvv=${digits(3)} HTTP/1.1" 200 12`],
  urlencoded: () => [(p) => `POST body=card%3D${p}%26exp%3D1229`],
  track2: () => [(p) => `swipe ;${p}=2912101${digits(8)}? ok`],
  track1: () => [(p) => `swipe %B${p}^DOE/JANE^2912101${digits(8)}? ok`],
  dashed: () => [(p) => `customer wrote: my card is ${grouped(p, '-')} thanks`],
  spaced: () => [(p) => `Card: ${grouped(p, ' ')} exp 12/29`],
  xml: () => [(p) => `<Payment><AccountNumber>${p}</AccountNumber><Amt>${int(999)}</Amt></Payment>`],
  soap: () => [(p) => `<ns2:pan>${p}</ns2:pan>`],
  chinese: () => [(p) => `${stamp()} 支付请求 银行卡号：${p} 金额=${int(999)}`],
  csv: () => [(p) => `${stamp()},${p},${int(9999)},CNY,00`],
  de2: () => [(p) => `0200 DE2=${p} DE3=000000 DE4=${digits(12)}`],
  escaped: () => [(p) => `msg="{\\"card\\":\\"${p}\\",\\"name\\":\\"x\\"}"`],
  plain: () => [(p) => `charge of ${int(999)} on ${p} declined`],
};
const orderLike = () => pick(['4', '5', '62', '37']) + digits(15);
const NEGATIVE = {
  epochMs: () => `${stamp()} t=${1_700_000_000_000 + int(1e11)} done`,
  epochNs: () => `span start=${1_700_000_000 + int(1e8)}${digits(9)} end`,
  orderId: () => `order_id=${orderLike()} accepted`,
  orderJson: () => `{"orderNo":"${orderLike()}","status":"PAID"}`,
  txn: () => `txn_id: ${orderLike()}`,
  imei: () => `device imei=${pick(['35', '86', '37'])}${digits(13)} registered`,
  uuid: () => `request ${hex(8)}-${digits(4)}-${digits(4)}-${digits(4)}-${hex(12)} took ${int(99)}ms`,
  hexId: () => `trace ${hex(6)}4${digits(15)}${hex(6)}`,
  float: () => `lat=48.${digits(15)} score=0.${digits(16)}`,
  masked: () => `pan=${card().slice(0, 6)}******${digits(4)} ok`,
  maskedX: () => `card ${card().slice(0, 6)}xxxxxx${digits(4)}`,
  badLuhn: () => {
    const p = card();
    return `pan=${p.slice(0, -1)}${(Number(p.at(-1)) + 1 + int(8)) % 10} rejected by check`;
  },
  phone: () => `tel: +${pick(['86', '49', '1'])} ${digits(3)} ${digits(4)} ${digits(4)}`,
  iban: () => `iban DE${digits(20)} booked`,
  snowflake: () => `{"user_id":${pick(['1', '6', '4'])}${digits(17)}}`,
  timestamp17: () => `seq 2026${digits(13)} written`,
  tracking: () => `tracking number: ${pick(['9400', '6212', '4203'])}${digits(16)}`,
  zeros: () => `amount=${'0'.repeat(16)} ref=${'4'.repeat(16)}`,
  version: () => `lib 4.${digits(3)}.${digits(4)}.${digits(4)} loaded`,
  ipPort: () => `peer 10.${int(250)}.${int(250)}.${int(250)}:${int(65000)} ${stamp()}`,
  sha: () => `etag "${hex(40)}"`,
  counter: () => `bytes=${digits(14)} packets=${digits(13)}`,
  dateRuns: () => `2026-09-12 20:54:35 2026-09-12 20:55:35 4111 rows 2222 cols`,
  filename: () => `wrote /data/export_4${digits(15)}.csv`,
  cookie: () => `Cookie: _ga=GA1.2.${digits(9)}.${digits(10)}; sid=4${digits(15)}`,
  gtin: () => `gtin 0${digits(13)} ean=${digits(13)}`,
  serial: () => `certificate serial=${digits(19)}`,
};
const log = createWriteStream(out);
const truth = createWriteStream(truthFile);
const positives = Object.entries(POSITIVE);
const negatives = Object.entries(NEGATIVE);
for (let line = 1; line <= Number(size); line++) {
  if (next() < 0.1) {
    const [kind, make] = pick(positives);
    const pan = card();
    log.write(`${make()[0](pan)}\n`);
    truth.write(`${JSON.stringify({ line, kind, last4: pan.slice(-4) })}\n`);
  } else log.write(`${pick(negatives)[1]()}\n`);
}
log.end();
truth.end();
await Promise.all([finished(log), finished(truth)]);
