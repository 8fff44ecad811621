// A third labelled corpus for the card-number detector: lines of many services, card data where services really leave it,
// and look-alikes of logistics, telephony, banking, tracing and file formats:
// node bench/logs/make-pan-corpus-third.mjs OUT.log OUT.truth.jsonl [SEED] [LINES]
// Shares no code with the detector or the other generators. Numbers are random within issuer ranges.
import { writeFileSync } from 'node:fs';

const [out, truthFile, seed = '1', size = '60000'] = process.argv.slice(2);
if (!truthFile) {
  console.error('usage: make-pan-corpus-third.mjs OUT.log OUT.truth.jsonl [SEED] [LINES]');
  process.exit(2);
}
// splitmix32
let state = (Number(seed) + 0x5eed) >>> 0;
const random = () => {
  state = (state + 0x9e3779b9) >>> 0;
  let z = state;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return ((z ^ (z >>> 15)) >>> 0) / 4294967296;
};
const below = (n) => Math.floor(random() * n);
const any = (...list) => list[below(list.length)];
const d = (n) => {
  let text = '';
  while (text.length < n) text += below(10);
  return text;
};
const h = (n) => {
  let text = '';
  while (text.length < n) text += below(16).toString(16);
  return text;
};
const letters = (n) => {
  let text = '';
  while (text.length < n) text += String.fromCharCode(97 + below(26));
  return text;
};
/** Appends the digit that makes the sum of ISO/IEC 7812 annex B come out. */
function checked(body) {
  for (let last = 0; last < 10; last++) {
    let sum = 0;
    const whole = body + last;
    for (let i = 0; i < whole.length; i++) {
      const place = whole.length - 1 - i;
      let value = whole.charCodeAt(i) - 48;
      if (place & 1) value = value > 4 ? value * 2 - 9 : value * 2;
      sum += value;
    }
    if (sum % 10 === 0) return whole;
  }
  throw new Error('unreachable');
}
const issue = (prefix, length) => checked(prefix + d(length - prefix.length - 1));
const visa = () => issue('4', 16);
const mastercard = () => issue(random() < 0.7 ? `5${1 + below(5)}` : String(2221 + below(499)), 16);
const amex = () => issue(any('34', '37'), 15);
const unionpay = () => issue('62', any(16, 16, 17, 18, 19, 19));
const others = () => issue(any('6011', '3530', '3566', '36', '2200', '9792', '6759'), 16);
const card = () => any(visa, visa, visa, mastercard, mastercard, amex, unionpay, others)();
const card16 = () => any(visa, visa, mastercard, mastercard, others)();
const split = (number, by) =>
  number.length === 15
    ? [number.slice(0, 4), number.slice(4, 10), number.slice(10)].join(by)
    : number.replace(/\d{4}(?=\d)/g, `$&${by}`);
const day = () => `2026-${String(1 + below(12)).padStart(2, '0')}-${String(1 + below(28)).padStart(2, '0')}`;
const clock = () =>
  `${String(below(24)).padStart(2, '0')}:${String(below(60)).padStart(2, '0')}:${String(below(60)).padStart(2, '0')}`;
const iso = () => `${day()}T${clock()}.${d(3)}Z`;
const yymm = () => `${27 + below(6)}${String(1 + below(12)).padStart(2, '0')}`;
const mm = () => String(1 + below(12)).padStart(2, '0');
const ip = () => `${1 + below(223)}.${below(256)}.${below(256)}.${1 + below(254)}`;
const uuid = () => `${h(8)}-${h(4)}-4${h(3)}-${any('8', '9', 'a', 'b')}${h(3)}-${h(12)}`;
const node = (text) => `${iso()} ${any('debug', 'info', 'warn')}: ${text}`;
const spring = (text) =>
  `${day()} ${clock()},${d(3)} [nio-8443-exec-${below(40)}] ${any('DEBUG', 'INFO ', 'TRACE')} c.a.${any('acq.Link', 'wallet.Vault', 'shop.Checkout')} - ${text}`;
const syslog = (text) =>
  `Nov ${String(1 + below(28)).padStart(2)} ${clock()} ${any('pos7', 'gw1')} ${any('switch', 'authd')}[${below(9999)}]: ${text}`;
const nginx = (target, method = 'GET') =>
  `${ip()} - - [12/Nov/2026:${clock()} +0100] "${method} ${target} HTTP/1.1" ${any(200, 302, 400)} ${below(9000)} "-" "Mozilla/5.0"`;
const json = (value) => JSON.stringify({ time: iso(), level: any('info', 'debug'), ...value });
const esc = (value) => encodeURIComponent(value);

const CARD = {
  plain: () => spring(`authorising card ${card()} for ${below(900)}.${d(2)} EUR`),
  blanks: () => node(`customer typed ${split(card(), ' ')} into the card field`),
  dashes: () => syslog(`PAN ${split(card16(), '-')} refused by issuer`),
  parens: () => spring(`lookup of card (${card()}) took ${below(90)} ms`),
  brackets: () => spring(`card[${card()}] is not enrolled`),
  hash: () => node(`retry for card#${card()}`),
  curly: () => spring(`PAN{value='${card()}', scheme=x}`),
  goStruct: () => node(`{Number:${card()} ExpMonth:${mm()} ExpYear:2029 Cvc:${d(3)}}`),
  goPointer: () => node(`&card.Card{Number:"${card()}", Holder:"A. B."}`),
  protobufText: () => spring(`payment_card { number: "${card()}" expiry { month: 9 year: 2029 } }`),
  varDump: () => `  ["card_number"]=> string(16) "${card16()}"`,
  printR: () => `    [cc_number] => ${card()}`,
  dotnet: () => spring(`ChargeRequest { CardNumber = ${card()}, Amount = ${below(99)}.00 }`),
  pythonRepr: () => spring(`Card(number='${card()}', exp='${mm()}/29')`),
  sqlDump: () => `INSERT INTO \`cards\` VALUES (${below(9999)},'${card()}','${mm()}/29','A B');`,
  sqlWhere: () => spring(`select * from token_map where pan = '${card()}'`),
  mongo: () => `{"_id":{"$oid":"${h(24)}"},"card_number":{"$numberLong":"${card16()}"}}`,
  stripeLike: () =>
    json({ msg: 'create source', source: { object: 'card', number: card(), exp_month: below(12) + 1 } }),
  adyenLike: () => json({ paymentMethod: { type: 'scheme', number: card(), expiryMonth: '03' } }),
  jsonInJson: () => json({ body: JSON.stringify({ card: { number: card(), cvc: d(3) } }) }),
  jsonInJsonTwice: () => json({ log: JSON.stringify({ body: JSON.stringify({ pan: card() }) }) }),
  jsonNumber: () => `{"cardNumber":${card16()},"amount":${below(9999)}}`,
  xml: () => `<CreditCard><Acct>${card()}</Acct><ExpDt>${yymm()}</ExpDt></CreditCard>`,
  xmlNamespaced: () => `<pay:PAN xmlns:pay="urn:x">${card()}</pay:PAN>`,
  soap: () => spring(`&lt;CardNumber&gt;${card()}&lt;/CardNumber&gt;`),
  query: () => nginx(`/charge?cc=${card()}&m=${mm()}&y=2029`),
  queryEncodedBlanks: () => nginx(`/charge?card_no=${esc(split(card16(), ' '))}&cvv=${d(3)}`),
  encodedJson: () => nginx(`/api?data=${esc(JSON.stringify({ pan: card() }))}`),
  encodedTwice: () => nginx(`/redirect?to=${esc(`/pay?body=${esc(JSON.stringify({ cardNumber: card() }))}`)}`),
  encodedEqualTwice: () => nginx(`/redirect?to=${esc(`/pay?pan%3D${card()}`)}`),
  form: () => spring(`request body: ccNumber=${card()}&ccExp=${mm()}29&ccCode=${d(3)}`),
  multipart: () => `Content-Disposition: form-data; name="card_number" ${card()}`,
  cookie: () => `Cookie: lang=de; saved_card=${card()}; path=/`,
  pipes: () => `${card16()}|${mm()}|2029|${d(3)}`,
  colons: () => `${card16()}:${mm()}:29:${d(3)}`,
  slashDate: () => spring(`card ${card()} ${mm()}/29 declined`),
  excel: () => `="${card16()}",="${mm()}/29",Visa`,
  apostrophe: () => `'${card16()},${mm()}/29,EUR,${below(99)}.00`,
  csv: () => `${day()} ${clock()},${card16()},${below(999)}.${d(2)},EUR,00`,
  tabs: () => `${below(9999)}\t${card16()}\t${yymm()}\tapproved`,
  isoField: () => syslog(`DE002 [LLVAR n ..19] 0${16} [${card16()}]`),
  isoJpos: () => `      <field id="2" value="${card()}"/>`,
  isoDump: () => syslog(`fld 002 = "${card()}" fld 003 = "000000" fld 004 = "${d(12)}"`),
  track2: () => syslog(`swipe ;${card16()}=${yymm()}${any('101', '201', '221')}${d(10)}?`),
  track2Encoded: () => nginx(`/swipe?t2=%3B${card16()}%3D${yymm()}201${d(8)}%3F`, 'POST'),
  track2Key: () => json({ track2: `${card16()}=${yymm()}201${d(9)}` }),
  track1: () => syslog(`%B${card()}^DOE/JANE^${yymm()}201${d(12)}?`),
  emvTrack2: () => syslog(`DE055 57 13 ${card16()}D${yymm()}201${d(13)}F`),
  emvTlvTrack2: () => syslog(`icc=5F2A02${d(4)}82023C005713${card16()}D${yymm()}201${d(13)}F9F1A02${d(4)}`),
  emvTlvPan: () => syslog(`icc=9F2701805A08${card16()}5F3401${d(2)}9F360200${d(2)}`),
  hexAscii: () => syslog(`raw ${Buffer.from(`PAN=${card16()};`).toString('hex')}`),
  xxd: () => {
    const number = card16();
    return `00000010: ${Buffer.from(number)
      .toString('hex')
      .replace(/(.{4})(?=.)/g, '$1 ')}  ${number}`;
  },
  hexdump: () => {
    const number = card16();
    const bytes = [...Buffer.from(number)].map((byte) => byte.toString(16));
    return `00000020  ${bytes.slice(0, 8).join(' ')}  ${bytes.slice(8).join(' ')}  |${number}|`;
  },
  base64Form: () => spring(`body=${Buffer.from(`cardnumber=${card()}&expiry=${yymm()}`).toString('base64')}`),
  base64Json: () => json({ payload: Buffer.from(JSON.stringify({ card: { pan: card() } })).toString('base64') }),
  base64Url: () =>
    node(`state=${Buffer.from(JSON.stringify({ u: letters(5), card_number: card() })).toString('base64url')}`),
  german: () => spring(`Kreditkarte ${split(card16(), ' ')} abgelehnt`),
  spanish: () => spring(`número de tarjeta: ${card()} rechazada`),
  french: () => spring(`carte bancaire n° ${split(card16(), ' ')} refusée`),
  chinese: () => spring(`银行卡：${card()}，扣款失败`),
  japanese: () => spring(`クレジットカード番号「${card()}」`),
  russian: () => spring(`номер карты ${split(card16(), ' ')} отклонен`),
  korean: () => spring(`카드번호: ${card()} 승인거절`),
  chat: () => node(`chat from user ${below(999)}: my visa is ${split(visa(), ' ')} exp ${mm()}/29 cvv ${d(3)}`),
  quotedSingle: () => spring(`number '${card()}' for card payment`),
  environment: () => `export TEST_CARD_PAN=${card()}`,
  yaml: () => `    card-number: ${card()}`,
  toml: () => `pan = "${card()}"`,
  ini: () => `CardNo=${card()}`,
  header: () => `X-Card-Number: ${card()}`,
  stackTrace: () => `Caused by: com.acq.InvalidCard: card ${card()} expired at ${mm()}/24`,
  kafka: () => node(`produced topic=payments key=${uuid()} value={"pan":"${card()}"}`),
  redis: () => `1795321976.794269 [0 127.0.0.1:50122] "SET" "card:${uuid()}" "${card16()}"`,
  cardThenPlus: () => nginx(`/pay?number=${split(card16(), '+')}&type=card`),
  nonBreaking: () => spring(`card ${split(card16(), '\u00a0')}`),
  twoBlanks: () => spring(`card number ${split(card16(), '  ')} on file`),
};

/** Passes the check digit and begins like a card; its name says what it is. */
const twin = () => any(visa, mastercard, unionpay)();
const twin16 = () => any(visa, mastercard)();
/** Any sixteen digits that begin like a card: one in ten passes the check digit. */
const alike = () => any('4', '51', '62') + d(any(14, 15));
const OTHER = {
  orderGerman: () => spring(`Bestellnummer ${twin()} versandt`),
  orderSpanish: () => spring(`pedido ${twin()} creado`),
  orderFrench: () => spring(`commande n° ${twin()} expédiée`),
  orderRussian: () => spring(`заказ ${twin()} создан`),
  orderKorean: () => spring(`주문번호 ${twin()} 생성`),
  orderJapanese: () => spring(`注文番号：${twin()}`),
  orderHash: () => node(`order #${twin()} shipped`),
  orderPath: () => nginx(`/orders/${twin()}/items`),
  orderQuery: () => nginx(`/track?order=${twin()}`),
  invoice: () => spring(`invoice no. ${twin()} paid`),
  reference: () => syslog(`RRN ${twin16()} STAN ${d(6)}`),
  authReference: () => json({ msg: 'captured', acquirerReferenceNumber: twin(), arn: d(23) }),
  traceNumber: () => syslog(`ACH trace number ${twin16()} batch ${d(7)}`),
  uuidMixed: () => json({ request_id: uuid(), correlation: uuid() }),
  uuidDigits: () => node(`job ${d(8)}-${d(4)}-${d(4)}-${d(4)}-${d(12)} done`),
  ulid: () => node(`id 01${d(14)}${letters(4).toUpperCase()}${d(6)}`),
  traceparent: () => json({ traceparent: `00-${h(32)}-${h(16)}-01` }),
  datadog: () => json({ dd: { trace_id: twin(), span_id: twin() } }),
  b3: () => `X-B3-TraceId: ${d(16)} X-B3-SpanId: ${d(16)}`,
  iban: () => json({ iban: `${any('DE', 'ES', 'FR', 'NL', 'PL')}${d(2)}${d(any(18, 20, 22))}` }),
  ibanFours: () => spring(`payout to ${`DE${d(20)}`.replace(/(.{4})(?=.)/g, '$1 ')}`),
  ibanLower: () => spring(`payout to ${`pl${d(26)}`.replace(/(.{4})(?=.)/g, '$1 ')}`),
  sepaReference: () => spring(`structured reference RF${d(2)} ${d(4)} ${d(4)} ${d(4)} ${d(4)} ${d(1)}`),
  belgianReference: () => spring(`+++${d(3)}/${d(4)}/${d(5)}+++`),
  imei: () => json({ imei: checked(`35${d(12)}`), iccid: checked(`8949${d(14)}`) }),
  imeiSpaced: () => spring(`IMEI ${any('35', '86')} ${d(6)} ${d(6)} ${d(1)}`),
  imsi: () => spring(`IMSI ${any('262', '460')}${d(12)} attached`),
  meid: () => spring(`MEID ${d(18)}`),
  nanoseconds: () => json({ startTimeUnixNano: `17${d(17)}`, endTimeUnixNano: `17${d(17)}` }),
  nanosecondsPlain: () => node(`tick 17${d(17)} tock 17${d(17)}`),
  microseconds: () => json({ __REALTIME_TIMESTAMP: `17${d(14)}`, MESSAGE: 'x' }),
  fileTime: () => spring(`FILETIME 1333${d(14)} converted`),
  chromeTime: () => spring(`last_visit_time=133${d(14)}`),
  compactTimes: () => node(`from 20261122043145${d(3)} to 20261122043146${d(3)}`),
  ups: () => spring(`tracking 1Z${d(6)}${d(10)} delivered`),
  usps: () => spring(`USPS ${`94001${d(17)}`.replace(/(.{4})(?=.)/g, '$1 ')}`),
  uspsKey: () => json({ trackingNumber: `9205${d(18)}` }),
  fedex: () => json({ carrier: 'fedex', tracking_number: twin() }),
  dhl: () => spring(`Sendungsnummer ${twin()} zugestellt`),
  chinaPost: () => spring(`快递单号：${twin()} 已签收`),
  sscc: () => spring(`pallet (00)3${d(17)} scanned`),
  gtin: () => json({ gtin: `0${d(13)}`, ean: d(13) }),
  hexDump: () => `0000${h(4)}  ${Array.from({ length: 16 }, () => h(2)).join(' ')}  |................|`,
  hexDumpDigits: () => `0000${d(4)}  ${Array.from({ length: 16 }, () => d(2)).join(' ')}  |................|`,
  xxdWords: () => `00000${h(3)}: ${Array.from({ length: 8 }, () => d(4)).join(' ')}  ................`,
  sha: () => spring(`sha256 ${h(64)}`),
  shaDigits: () => spring(`md5 ${d(20)}${h(12)}`),
  gitHash: () => spring(`commit ${h(40)}`),
  objectId: () => json({ _id: h(24), ref: d(24) }),
  base64Noise: () => json({ signature: Buffer.from(Array.from({ length: 96 }, () => below(256))).toString('base64') }),
  base64Ids: () => node(`cursor=${Buffer.from(`order:${twin()}`).toString('base64')}`),
  jwt: () =>
    `Authorization: Bearer ${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(`{"sub":"${d(16)}","iat":17${d(8)}}`).toString('base64url')}.${letters(43)}`,
  phones: () => spring(`call from +${any('49', '1', '86', '44')}${d(11)} to +${any('49', '1')} ${d(3)} ${d(7)}`),
  phoneGroups: () => spring(`tel +${any('49', '55')} ${d(2)} ${d(4)} ${d(4)}`),
  phoneUs: () => spring(`fax 1-${d(3)}-${d(3)}-${d(4)} ext ${d(4)}`),
  snowflake: () => json({ tweet: `1${d(18)}`, author: `1${d(17)}` }),
  discord: () => nginx(`/channels/${d(18)}/${d(19)}`),
  facebook: () => json({ page_id: alike(), ad_id: alike() }),
  itemPath: () => nginx(`/item/${alike()}`),
  idArray: () => `[${Array.from({ length: 5 }, alike).join(',')}]`,
  metrics: () => `node_network_receive_bytes_total{device="eth0"} ${alike()}`,
  metricsTime: () => `http_requests_total{code="200"} ${d(7)} 17${d(11)}`,
  contentLength: () => spring(`disk free ${alike()} bytes`),
  address: () => spring(`segfault at 0x${d(16)} ip 0x${h(16)}`),
  oracle: () => spring(`SCN ${d(14)} RBA ${d(16)}`),
  kubernetes: () => json({ resourceVersion: d(9), uid: uuid(), generation: below(9) }),
  etag: () => `ETag: "${h(8)}-${d(13)}"`,
  license: () => spring(`license key ${split(twin16(), '-')} activated`),
  voucher: () => spring(`voucher code ${split(twin16(), '-')} redeemed`),
  giftCard: () => spring(`gift card ${split(twin16(), ' ')} activated`),
  meter: () => spring(`meter ${twin()} reading ${d(6)}`),
  member: () => json({ membership_number: twin() }),
  bonus: () => spring(`loyalty card ${twin()} earned ${below(90)} points`),
  masked: () => json({ pan: `${d(6)}******${d(4)}`, last4: d(4) }),
  maskedX: () => spring(`card 4${d(3)} XXXX XXXX ${d(4)}`),
  maskedHead: () => spring(`card ************${d(4)} approved`),
  token: () => json({ card_token: twin(), payment_token: twin() }),
  documentation: () =>
    any(
      `Use the test card 4242 4242 4242 4242 with any future date`,
      `# example: test card number 4111111111111111`,
      `> sandbox test card: 5555555555554444`,
      `Testkarte 4111 1111 1111 1111 nur in der Sandbox`,
    ),
  badCheck: () => {
    const number = card16();
    return spring(`card number check failed for ${number.slice(0, 15)}${(Number(number[15]) + 1 + below(8)) % 10}`);
  },
  zeros: () => spring(`sequence 0000000000000000 to 4444444444444444`),
  coordinates: () => json({ lat: `48.${d(14)}`, lon: `-4.${d(15)}` }),
  floats: () => spring(`score 0.${twin16()} p 4${d(2)}.${d(13)}`),
  svg: () => `<path d="M${d(2)}.${d(4)} ${d(4)} ${d(4)} ${d(4)} ${d(4)} ${d(4)}z"/>`,
  matrix: () => node(`counts ${Array.from({ length: 7 }, () => d(4)).join(' ')}`),
  ranges: () => node(`bytes ${d(8)}-${d(8)}/${d(9)}`),
  money: () => spring(`turnover 4 ${d(3)} ${d(3)} ${d(3)} ${d(3)} KRW`),
  bitcoin: () => spring(`tx ${h(64)} block ${d(6)}`),
  resident: () => json({ cpf: `${d(3)}.${d(3)}.${d(3)}-${d(2)}`, cnpj: `${d(2)}.${d(3)}.${d(3)}/${d(4)}-${d(2)}` }),
  nhs: () => spring(`NHS number ${d(3)} ${d(3)} ${d(4)}`),
  passport: () => spring(`MRZ P<D<<MUSTERMANN<<ERIKA<<<<<< C01X${d(6)}D<<${d(7)}F${d(7)}<<<<<<<${d(2)}`),
  serial: () => spring(`certificate serial ${d(20)} modulus ${d(40)}`),
  ipv6: () => node(`peer 2001:db8:${d(4)}:${d(4)}:${d(4)}:${d(4)}:${d(4)}:${d(4)}`),
  mac: () => node(`lease ${Array.from({ length: 6 }, () => d(2)).join(':')} ${ip()}`),
  fileName: () => nginx(`/img/IMG_${twin16()}_thumb.jpg`),
  cdn: () => nginx(`/assets/app.${h(8)}.${d(16)}.js`),
  analytics: () => nginx(`/c?_ga=2.${d(9)}.${d(10)}.${d(10)}-${d(9)}.${d(10)}&gclid=${letters(20)}`),
  session: () => `Cookie: PHPSESSID=${letters(6)}${d(16)}; JSESSIONID=${h(32).toUpperCase()}`,
  sequence: () => syslog(`seq=${twin16()} ack=${twin16()} win=${d(5)}`),
  customer: () => json({ customer_id: twin(), merchant_id: twin16(), terminal_id: d(8) }),
  wechat: () => json({ transaction_id: `4200${d(24)}`, out_trade_no: twin() }),
  alipay: () => `trade_no=2026${d(24)}&buyer_id=2088${d(12)}`,
  batch: () => syslog(`batch ${twin16()} settled ${d(4)} items`),
  ticket: () => spring(`Ticketnummer ${twin()} geöffnet`),
  contract: () => spring(`contrat n° ${twin()} signé`),
  account: () => spring(`sort code ${d(2)}-${d(2)}-${d(2)} account number ${d(8)}`),
};

const lines = [];
const truth = [];
const yes = Object.entries(CARD);
const no = Object.entries(OTHER);
while (lines.length < Number(size)) {
  const isCard = below(8) === 0;
  const [kind, make] = (isCard ? yes : no)[below(isCard ? yes.length : no.length)];
  lines.push(make());
  if (isCard) truth.push(JSON.stringify({ line: lines.length, kind }));
}
writeFileSync(out, `${lines.join('\n')}\n`);
writeFileSync(truthFile, `${truth.join('\n')}\n`);
