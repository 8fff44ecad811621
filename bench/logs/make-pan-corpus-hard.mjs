// A second labelled corpus for the card-number detector, with spellings and look-alikes that the first one lacks:
// node bench/logs/make-pan-corpus-hard.mjs OUT.log OUT.truth.jsonl [SEED] [LINES]
// Shares no code with the detector or with the first generator. Numbers are random within issuer ranges.
import { writeFileSync } from 'node:fs';

const [out, truthFile, seed = '1', size = '60000'] = process.argv.slice(2);
if (!truthFile) {
  console.error('usage: make-pan-corpus-hard.mjs OUT.log OUT.truth.jsonl [SEED] [LINES]');
  process.exit(2);
}
// xorshift32
let x = (Number(seed) * 2_654_435_761) >>> 0 || 1;
const rnd = (n) => {
  x ^= x << 13;
  x >>>= 0;
  x ^= x >>> 17;
  x ^= x << 5;
  x >>>= 0;
  return x % n;
};
const one = (list) => list[rnd(list.length)];
const num = (n) => Array.from({ length: n }, () => rnd(10)).join('');
const alnum = (n) => Array.from({ length: n }, () => one([...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'])).join('');
const mod10 = (text) => {
  let total = 0;
  for (let i = text.length - 1, twice = false; i >= 0; i--, twice = !twice) {
    const d = Number(text[i]) * (twice ? 2 : 1);
    total += d > 9 ? d - 9 : d;
  }
  return total % 10;
};
const close = (body) => body + String((10 - mod10(`${body}0`)) % 10);
const BINS = [
  ['visa', () => '4', 16],
  ['visa', () => '4', 16],
  ['mc', () => `5${1 + rnd(5)}`, 16],
  ['mc2', () => String(2221 + rnd(500)), 16],
  ['amex', () => one(['34', '37']), 15],
  ['discover', () => one(['6011', '65', '644']), 16],
  ['unionpay', () => `62${num(2)}`, 16],
  ['unionpay19', () => `62${num(4)}`, 19],
  ['jcb', () => String(3528 + rnd(62)), 16],
];
const pan = () => {
  const [, prefix, length] = one(BINS);
  const head = prefix();
  return close(head + num(length - head.length - 1));
};
const pan16 = () => {
  for (;;) {
    const p = pan();
    if (p.length === 16) return p;
  }
};
const fours = (p, s) => p.replace(/(.{4})(?=.)/g, `$1${s}`);
const wide = (text) => text.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d)));
const ts = () => new Date(1_770_000_000_000 + rnd(1e9)).toISOString();
const clf = () => `12/Sep/2026:10:0${rnd(10)}:1${rnd(10)} +0800`;
const b64 = (text) => Buffer.from(text).toString('base64');
const exp = () => `2${7 + rnd(3)}${String(1 + rnd(12)).padStart(2, '0')}`;
const java = (text) =>
  `${ts().replace('T', ' ').replace('Z', '')} [http-nio-8080-exec-${rnd(20)}] DEBUG c.p.gateway.Codec - ${text}`;

const CARDS = {
  nbsp: () => fours(pan16(), '\u00a0'),
  narrowNbsp: () => fours(pan16(), '\u202f'),
  dots: () => fours(pan16(), '.'),
  enDash: () => fours(pan16(), '\u2013'),
  ideographicBlank: () => fours(pan16(), '\u3000'),
  fullWidth: () => wide(pan()),
  fullWidthGroups: () => wide(fours(pan16(), ' ')),
  percentBlank: () => fours(pan16(), '%20'),
  plusBlank: () => fours(pan16(), '+'),
  percentDash: () => fours(pan16(), '%2D'),
};
const POSITIVE = {
  ...Object.fromEntries(
    Object.entries(CARDS).map(([kind, make]) => [
      kind,
      () =>
        kind.startsWith('percent') || kind.startsWith('plus')
          ? `203.0.113.9 - - [${clf()}] "GET /charge?number=${make()}&amount=${rnd(900)} HTTP/1.1" 200 17`
          : java(`${one(['payer card', 'card no', 'Card number', 'pan', '卡号'])}: ${make()} accepted`),
    ]),
  ),
  jsonNested: () =>
    `{"@timestamp":"${ts()}","payment":{"method":{"type":"card","card":{"number":"${pan()}","exp_month":${1 + rnd(12)}}}},"amount":${rnd(99999)}}`,
  jsonNumber: () => `{"t":${1_770_000_000_000 + rnd(1e9)},"pan":${pan16()},"ok":true}`,
  xmlAttribute: () => `<card number="${pan()}" expiry="12/28"/>`,
  xmlSpaced: () => `<ns:CardNum> ${pan()} </ns:CardNum>`,
  cdata: () => `<cardNumber><![CDATA[${pan()}]]></cardNumber>`,
  urlJson: () => `body=%7B%22cardNumber%22%3A%22${pan()}%22%2C%22cvv%22%3A%22${num(3)}%22%7D`,
  base64Json: () => java(`payload=${b64(`{"cardNo":"${pan()}","amount":"${rnd(999)}"}`)}`),
  base64Odd: () => java(`payload=${b64(`${one(['x', 'xy', 'xyz'])}{"pan":"${pan()}"}`)}`),
  hexText: () => java(`field 2 hex card=${Buffer.from(pan16()).toString('hex')}`),
  track2: () => java(`reader said ;${pan16()}=${exp()}101${num(9)}?`),
  track2Bare: () => java(`DE35=${pan16()}=${exp()}201${num(7)}`),
  track2Chip: () => java(`tag 57 value ${pan16()}D${exp()}201${num(7)}F`),
  track1: () => java(`%B${pan()}^MUSTER/ERIKA^${exp()}101${num(9)}?`),
  isoField: () => java(`[002] ${pan()}`),
  toString: () => java(`CardRequest(cardNumber=${pan()}, holder=A B, expiry=0928)`),
  phpArray: () => `Array ( [card_number] => ${pan()} [expiry] => 09/28 )`,
  python: () => `{'card_number': '${pan()}', 'cvc': '${num(3)}'}`,
  ruby: () => `Parameters: {"card"=>{"number"=>"${pan()}", "name"=>"x"}}`,
  sql: () => java(`insert into payments (id, pan, amount) values (${rnd(9999)}, '${pan()}', 12.50)`),
  csvQuoted: () => `"${ts()}","${pan16()}","${rnd(999)}.00","EUR","APPROVED"`,
  tsv: () => `${ts()}\t${pan16()}\t${rnd(999)}\tCNY`,
  semicolon: () => `${ts()};${pan16()};${rnd(999)};USD`,
  mail: () => `Hallo, meine Kartennummer ist ${fours(pan16(), ' ')}, bitte stornieren`,
  amexGroups: () => {
    for (;;) {
      const p = pan();
      if (p.length === 15) return java(`card ${p.slice(0, 4)} ${p.slice(4, 10)} ${p.slice(10)} used`);
    }
  },
  chinese: () => java(`支付失败，卡号${pan()}，原因：余额不足`),
  form: () => `POST /pay cardnumber=${pan()}&expmonth=09&expyear=2028&securitycode=${num(3)}`,
  logfmt: () => `ts=${ts()} level=info msg="charge" card_number="${pan()}" amount=${rnd(999)}`,
  escapedTwice: () => java(`{\\\\\\"pan\\\\\\":\\\\\\"${pan()}\\\\\\"}`),
  unicodeQuote: () => `{"raw":"{\\u0022card\\u0022:\\u0022${pan()}\\u0022}"}`,
};
/** Passes the check digit like a card but is none, under a name that says so. */
const lookalike = () => pan16();
const withCheck = (length) => close(num(length - 1));
const iban = (country, digits) => `${country}${10 + rnd(89)}${digits}`;
const chineseId = () => {
  const body = `${one(['620102', '622301', '511322', '370102', '410105'])}19${50 + rnd(49)}${String(1 + rnd(12)).padStart(2, '0')}${String(1 + rnd(28)).padStart(2, '0')}${num(3)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  return body + '10X98765432'[[...body].reduce((sum, d, i) => sum + Number(d) * weights[i], 0) % 11];
};
const NEGATIVE = {
  orderLuhn: () => java(`order no ${lookalike()} created`),
  orderKey: () => `{"merchant_order_id":"${lookalike()}","state":"PAID"}`,
  orderChinese: () => java(`订单号：${lookalike()} 已支付`),
  flowChinese: () => java(`交易流水号=${lookalike()}`),
  tradeNo: () => `out_trade_no=${lookalike()}&total_fee=100`,
  ibanSpaced: () =>
    java(
      `IBAN ${iban('DE', num(18))
        .replace(/(.{4})/g, '$1 ')
        .trim()} debited`,
    ),
  ibanFr: () =>
    java(
      `payout to ${iban('FR', `${num(10)}${num(11)}${num(2)}`)
        .replace(/(.{4})/g, '$1 ')
        .trim()}`,
    ),
  ibanPlain: () => `{"iban":"${iban('DE', num(18))}"}`,
  ibanGb: () => java(`to ${`GB${num(2)} NWBK ${num(4)} ${num(4)} ${num(4)} ${num(2)}`}`),
  phone: () => `tel: +${one(['49', '86', '1', '44'])} ${num(3)} ${num(4)} ${num(4)}`,
  phones: () => `contacts=${num(11)},${num(11)},${num(11)}`,
  epoch: () =>
    `ts=${1_770_000_000 + rnd(1e8)} ns=${1_770_000_000 + rnd(1e8)}${num(9)} us=${1_770_000_000 + rnd(1e8)}${num(6)}`,
  dateTimes: () =>
    `${ts().slice(0, 10)} ${ts().slice(11, 19)} ${ts().slice(0, 10)} ${ts().slice(11, 19)} 2026-09-12-10-20-30-444`,
  compactStamp: () => `batch 20260912${num(6)}${num(3)} done`,
  uuid: () => `id=${num(8)}-${num(4)}-4${num(3)}-8${num(3)}-${num(12)}`,
  uuidHex: () => `id=${one(['4', '5', '6'])}${num(7)}-${num(4)}-${num(4)}-${num(4)}-${num(6)}abcdef`,
  hexDigest: () => `sha1 ${'4'}${num(15)}${one(['a', 'b', 'f'])}${num(20)}cde`,
  hexTrace: () => `traceparent=00-${num(16)}${one(['a', 'b'])}${num(15)}-${num(16)}-01`,
  imei: () => `imei:${close(`35${num(12)}`)}`,
  imeiTable: () => `${ts()} device ${close(`86${num(12)}`)} online, msisdn 86138${num(8)}`,
  iccid: () => `iccid=8986${num(15)} sim ready`,
  chineseId: () => `{"id_card":"${chineseId()}"}`,
  chineseIdWords: () => java(`身份证：${chineseId()} 校验通过`),
  isbn: () => `isbn 978-${num(1)}-${num(4)}-${num(4)}-${num(1)} ean ${num(13)}`,
  money: () => `totals 4${num(3)},${num(3)},${num(3)}.${num(2)} and ${num(4)} ${num(4)} units`,
  decimals: () => `ratio=0.${lookalike()} lat=4${num(1)}.${num(14)}`,
  versions: () => `upgraded from ${num(4)}.${num(2)}.${num(4)}.${num(5)} to 4.${num(4)}.${num(4)}.${num(4)}`,
  ips: () => `peer ${rnd(255)}.${rnd(255)}.${rnd(255)}.${rnd(255)} -> 4111.1111`,
  masked: () => `pan=${lookalike().slice(0, 6)}******${num(4)} first6=${num(6)} last4=${num(4)}`,
  maskedDots: () => java(`card ${lookalike().slice(0, 4)} **** **** ${num(4)}`),
  tokenised: () => `card_token=${lookalike()} fingerprint=${lookalike()}`,
  badCheck: () => {
    const p = lookalike();
    return java(`card number ${p.slice(0, 15)}${(Number(p[15]) + 1 + rnd(8)) % 10} is invalid`);
  },
  parcel: () => `waybill ${one(['4', '6'])}${num(15)} tracking-number: ${withCheck(16)}`,
  meter: () => `serial no. ${withCheck(16)} firmware 4.1`,
  giftCard: () => `gift card ${lookalike()} redeemed`,
  loyalty: () => `{"loyalty_card":"${lookalike()}"}`,
  simCard: () => `sim_card=${withCheck(19)}`,
  sessions: () => `sid=${alnum(6)}${num(16)} cart=${num(20)} nonce=${num(24)}`,
  fileName: () => `GET /files/scan_${lookalike()}.pdf and /img/${lookalike()}_thumb.png`,
  path: () => `GET /orders/${num(4)}/${num(4)}/${num(4)}/${num(4)} 200`,
  matrix: () => `weights ${Array.from({ length: 6 }, () => num(4)).join(' ')}`,
  counters: () => `rx=${num(4)} ${num(4)} ${num(4)} ${num(4)} ${num(4)} ${num(4)}`,
  zeroes: () => `seq=0000000000000000 ack=4444444444444444 pad=1111111111111111`,
  base64Noise: () =>
    java(
      `sig=${Buffer.from(alnum(60)).toString('base64')} img=${Buffer.from(Array.from({ length: 80 }, () => rnd(256))).toString('base64')}`,
    ),
  base64Order: () => java(`payload=${b64(`{"order_id":"${lookalike()}","ts":${1_770_000_000 + rnd(1e8)}}`)}`),
  base64Json: () =>
    java(`jwt=${b64('{"alg":"none"}')}.${b64(`{"iat":17${num(8)},"exp":17${num(8)},"sub":"${num(12)}"}`)}`),
  aws: () => `arn:aws:iam::${num(12)}:role/x request ${num(16)}`,
  cookie: () => `Cookie: _ga=GA1.2.${num(9)}.${num(10)}; __utma=${num(9)}.${num(10)}.${num(10)}.${num(10)}`,
  certificate: () => `serial=${num(19)} modulus=${num(30)}`,
  cardIds: () => `card_id=${lookalike()} cardholder_id=${lookalike()}`,
  bankAccount: () => `sort code ${num(2)}-${num(2)}-${num(2)} account ${num(8)}`,
  coordinates: () => `[${num(2)}.${num(13)}, -${num(2)}.${num(14)}]`,
};

const lines = [];
const truth = [];
const yes = Object.entries(POSITIVE);
const no = Object.entries(NEGATIVE);
for (let line = 1; line <= Number(size); line++) {
  if (rnd(8) === 0) {
    const [kind, make] = one(yes);
    lines.push(make());
    truth.push(JSON.stringify({ line, kind }));
  } else {
    const [kind, make] = one(no);
    lines.push(make());
    void kind;
  }
}
writeFileSync(out, `${lines.join('\n')}\n`);
writeFileSync(truthFile, `${truth.join('\n')}\n`);
