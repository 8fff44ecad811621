"""A ninth labelled corpus for the card-number detector, sharing no code with it or the other generators.

python3 bench/logs/make_pan_corpus_ninth.py OUT.log OUT.truth.jsonl [SEED] [LINES]

Positives: what debug output of languages, data formats and shells makes of a card (records and reprs, attributes, queries within queries,
base64 of JSON, names of files, receipts), what switches and terminals dump (ISO 8583 in ASCII and EBCDIC hex, EMV objects, APDUs, tracks)
and digits with what editors and keyboards put between them. Negatives: the numbers of accounts, SIM cards, devices, parcels, clocks,
acquirers and programs, masked numbers and payment tokens, half of them with a card's first digits and a right check digit.
"""
import base64
import json
import random
import sys
import urllib.parse

if len(sys.argv) < 3:
    sys.exit(__doc__)
OUT, TRUTH = sys.argv[1:3]
rnd = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
LINES = int(sys.argv[4]) if len(sys.argv) > 4 else 20000

BRANDS = {'4': (16, 40), '51': (16, 6), '55': (16, 6), '2221': (16, 2), '2720': (16, 1), '34': (15, 2), '37': (15, 6), '6011': (16, 3), '645': (16, 1),
          '6225': (16, 3), '621': (19, 4), '6236': (19, 2), '3528': (16, 2), '3589': (16, 1), '6521': (16, 2), '2204': (16, 2), '36': (14, 2)}


def num(n):
    return ''.join(rnd.choices('0123456789', k=n))


def hexs(n, up=False):
    s = ''.join(rnd.choices('0123456789abcdef', k=n))
    return s.upper() if up else s


def with_check(body):
    """Appends the digit that makes the weighted sum a multiple of ten."""
    weighted = [int(d) for d in body]
    for i in range(len(weighted) - 1, -1, -2):
        weighted[i] = sum(divmod(weighted[i] * 2, 10))
    return body + str((10 - sum(weighted) % 10) % 10)


def pan(length=None):
    """A number that somebody could have issued."""
    while True:
        prefix = rnd.choices(list(BRANDS), weights=[w for _, w in BRANDS.values()])[0]
        size = BRANDS[prefix][0]
        if length in (None, size):
            return with_check(prefix + num(size - len(prefix) - 1))


def like(n=16):
    """Digits of something else; half look like a card."""
    if n in (15, 16, 19) and rnd.random() < .5:
        return pan(n)
    return str(rnd.randint(1, 9)) + num(n - 1)


def pick(*xs):
    return rnd.choice(xs)


def expiry():
    return f'{rnd.randint(26, 31)}{rnd.randint(1, 12):02d}'


def money():
    return f'{rnd.randint(1, 900)}.{num(2)}'


def name():
    return pick('Ana Ruiz', 'J SMITH', 'Li Wei', 'O. Meyer')


def split(p, by):
    """4-4-4-4, 4-6-5 or 4-6-4, as the card shows it."""
    if len(p) == 16:
        sizes = [4, 4, 4, 4]
    elif len(p) == 15:
        sizes = [4, 6, 5]
    elif len(p) == 14:
        sizes = [4, 6, 4]
    else:
        sizes = [6, 13] if rnd.random() < .3 else [4, 4, 4, 4, 3]
    parts, at = [], 0
    for size in sizes:
        parts.append(p[at:at + size])
        at += size
    return by.join(parts)


def wide(p):
    return ''.join(chr(0xFF10 + int(d)) for d in p)


def percent(text):
    return urllib.parse.quote(text, safe='')


def b64(text):
    return base64.b64encode(text.encode()).decode()


def field2(p):
    """Field 2 with its length in two digits."""
    return f'{len(p):02d}{p}'


def request_message(p):
    """0100 with fields 2, 3, 4, 7, 11, 14, 22, 41."""
    bitmap = '7224040000800000'
    return '0100' + bitmap, field2(p) + '000000' + num(12).rjust(12, '0') + f'{rnd.randint(1, 12):02d}{rnd.randint(10, 28)}{rnd.randint(10, 23)}{rnd.randint(10, 59)}{rnd.randint(10, 59)}' + num(6) + expiry() + '051' + num(8)


def ascii_hex(p):
    head, body = request_message(p)
    return ''.join(f'{ord(c):02X}' for c in head + body)


def ebcdic_hex(p):
    head, body = request_message(p)
    return ''.join(f'{0xF0 + int(c, 16):02X}' if c.isdigit() else 'C1' for c in head[:4]) + head[4:] + ''.join(f'F{c}' for c in body)


def tag(t, value):
    return f'{t}{len(value) // 2:02X}{value}'


def bcd(p, fill='F'):
    return p if len(p) % 2 == 0 else p + fill


def emv(p):
    track = bcd(f'{p}D{expiry()}201{num(9)}')
    objects = [tag('9F26', hexs(16, True)), tag('9F27', '80'), tag('5A', bcd(p)), tag('5F24', expiry() + '30'), tag('9F10', hexs(14, True))]
    if rnd.random() < .4:
        objects[2] = tag('57', track)
    return ''.join(objects)


def spaced(text):
    return ' '.join(text[i:i + 2] for i in range(0, len(text), 2))


def track2(p):
    return f';{p}={expiry()}201{num(10)}?'


def positive():
    p, q = pan(), pan()
    g = split(p, pick(' ', '-'))
    forms = {
        'repr': lambda: pick(f'Card(number={p!r}, holder={name()!r}, exp="{expiry()}")', f'PaymentCard{{pan={p}, brand=VISA}}', f'Card {{ pan: "{p}", cvv: None }}',
                             f'{{:card_number=>"{p}", :month=>{rnd.randint(1, 12)}}}', f'&{{Number:{p} Holder:{name()}}}', f'[card_number] => {p}', f'CardDto[cardNumber={p},holder={name()}]',
                             f'%{{card: "{p}", amount: {money()}}}', f'#<Card pan: {p!r}>', f'Some(Pan("{p}"))', f'array(2) {{ ["pan"]=> string({len(p)}) "{p}" }}'),
        'config': lambda: pick(f'card_number: "{p}"', f'pan = {p}', f'test.card.pan={p}', f'- pan: {p}', f'CARD_NUMBER={p} ./charge.sh', f"card-no: '{g}'"),
        'xml': lambda: pick(f'<Card PAN="{p}" Expiry="{expiry()}"/>', f'<ns2:PrimaryAccountNumber>{p}</ns2:PrimaryAccountNumber>', f"<payment card='{g}' amount='{money()}'/>", f'<PlainCardData><PAN>{p}</PAN><XpryDt>20{expiry()[:2]}-{expiry()[2:]}</XpryDt></PlainCardData>',
                            f'<field id="2" value="{p}"/>', f'<acc:CardNumber xsi:type="xsd:string">{p}</acc:CardNumber>', f'&lt;cardNumber&gt;{p}&lt;/cardNumber&gt;'),
        'json': lambda: pick(json.dumps({'card': {'number': p, 'exp': expiry()}}), json.dumps({'payload': json.dumps({'pan': p})}), json.dumps({'pan': int(p)}), json.dumps({'paymentMethod': {'cardNumber': g}}), json.dumps([{'accountNumber': p, 'brand': 'visa'}])),
        'url': lambda: pick(f'POST /charge?card_number={p}&exp={expiry()} HTTP/1.1', f'GET /pay?next={percent(f"/c?pan={p}&x=1")} HTTP/1.1', f'body=card%5Bnumber%5D={p}&card%5Bcvc%5D=***', f'pan={percent(split(p, " "))}&amount={money()}',
                            f'data={percent(json.dumps({"cardNumber": p}))}', f'GET /cards/{p}/limits HTTP/1.1', f'ccnum={split(p, "+")}&name=x', f'data={percent(percent(json.dumps({"pan": p})))}'),
        'b64': lambda: pick(f'body={b64(json.dumps({"pan": p, "exp": expiry()}))}', f'payload: {b64(json.dumps({"card": {"number": p}}))}', f'"data":"{b64(f"<PAN>{p}</PAN>")}"', f'msg {b64(f"cardNumber={p}&exp={expiry()}")}'),
        'file': lambda: pick(f'open /data/receipts/card_{p}.pdf: no such file', f'wrote card-statement-{p}.csv', f'/uploads/cards/{p}.jpg 2048 bytes', f'sending card-{p}.xml to bank', f'rm: cannot remove "pan_{p}.txt"'),
        'unicode': lambda: pick(f'card {split(p, chr(0xA0))} declined', f'PAN: {split(p, chr(0x2009))}', f'card {wide(p)} ok', f'pan {chr(0x200B).join(p[i:i + 4] for i in range(0, len(p), 4))}', f'card number {split(p, chr(0x2011))}', f'card {split(p, chr(0x2013))} expired',
                                f'カード番号：{wide(p)}', f'银行卡号：{p}', f'卡号 {split(p, " ")}', f'card: {chr(0xFEFF)}{p}', f'card {chr(0x202D)}{p}{chr(0x202C)} refused', f'номер карты {split(p, chr(0x202F))}'),
        'iso-hex': lambda: pick(f'send {ascii_hex(p)}', f'<< {ascii_hex(p)}', f'ISO8583 OUT: {"".join(request_message(p))}', f'raw={"".join(request_message(p))}', f'F2={p} F3=000000 F4={num(12)}', f'field[2]: {p}', f'DE002 {p}', f'[002] {p}', f'P002 = {p}', f'bit 2 [{p}]'),
        'ebcdic': lambda: pick(f'recv ebcdic {ebcdic_hex(p)}', f'VISA in: {ebcdic_hex(p)}', f'{spaced("".join(f"F{c}" for c in field2(p)))} C1C2'),
        'emv': lambda: pick(f'DE55 {emv(p)}', f'ICC data: {emv(p)}', f'emv={emv(p)}', f'R-APDU 70{len(emv(p)) // 2:02X}{emv(p)}9000', f'<- {spaced(tag("5A", bcd(p)))} {spaced(tag("5F34", "01"))}', f'5A: {bcd(p)}', f'tag 57 = {bcd(f"{p}D{expiry()}201{num(9)}")}', f'TLV [5A]={bcd(p)} [9F02]={num(12)}', f'57{len(bcd(p + "D" + expiry() + "201" + "0" * 9)) // 2:02X}{bcd(p + "D" + expiry() + "201" + "0" * 9)}'),
        'track': lambda: pick(f'swipe {track2(p)}', f'track2={p}={expiry()}201{num(9)}', f'T1 %B{p}^{name().upper().replace(" ", "/")}^{expiry()}201{num(12)}?', f'atm {track2(p)}', f'trk2:{p}D{expiry()}2010000{num(5)}'),
        'sql': lambda: pick(f"INSERT INTO cards (pan, exp) VALUES ('{p}', '{expiry()}')", f"UPDATE wallet SET card_no='{p}' WHERE id={num(5)}", f'DETAIL:  Key (card_number)=({p}) already exists.', f"Duplicate entry '{p}' for key 'uk_card_no'", f'{{ "_id": 17, "cardNo": "{p}" }}',
                            f'"SET" "card:{p}" "1"', f"parameters: $1 = '{p}', $2 = '{money()}' card lookup", f'==> Parameters: {p}(String), 17(Integer) cardNo=?'),
        'text': lambda: pick(f'Please charge card {g} exp {expiry()[2:]}/{expiry()[:2]}', f'customer wrote: my card is {g}', f'card {p} declined (05)', f'CC: {g}', f'Kartennummer {g}', f'numéro de carte : {g}', f'tarjeta {g} rechazada', f'VISA {g}', f'card no. {p}, cvv ***', f'{p}|{expiry()[2:]}|{expiry()[:2]}|***', f'cardno[{p}]', f'amex {split(pan(15), " ")} ok', f'Mastercard: {p}' if p[0] == '5' else f'card: {p}'),
        'list': lambda: pick(f'cards=[{p}, {q}]', f'blocked cards: {p}; {q}', json.dumps({'pans': [p, q]}), f'pan_from={p} pan_to={q}'),
    }
    kind = pick(*forms)
    text = forms[kind]()
    return kind, 2 if kind == 'list' else 1, text


def iban():
    return pick('DE', 'GB', 'ES', 'NL', 'FR') + num(2) + pick('', 'ABNA', 'NWBK') + num(18)


def token():
    """What stands for a card in a wallet or a vault."""
    return pick('489537', '443044', '520473', '204012') + num(10)


def negative():
    n, m, p = like(), like(15), pan(16)
    return pick(
        lambda: f'{pick("iban", "IBAN", "debtorAccount")}{pick("=", ": ")}{iban()}', lambda: f'creditor {split(iban()[4:20], " ")} IBAN {iban()[:4]}', lambda: f'iccid {"8944" + num(15)}', lambda: f'SIM 89{num(18)} active', lambda: f'imei={m} imsi=26201{num(10)}', lambda: f'IMEI: {m[:2]}-{m[2:8]}-{m[8:14]}-{m[14]}',
        lambda: f'tracking={pick(n, "1Z" + num(16), "JJD" + num(18))}', lambda: f'FedEx {num(4)} {num(4)} {num(4)} label', lambda: f'waybill {n} delivered', lambda: f'snowflake id {num(18)}', lambda: f'tweet/{"1" + num(18)}', lambda: f'guild_id={"7" + num(17)} channel_id={"8" + num(17)}',
        lambda: f'epoch_ns={"17" + num(17)}', lambda: f'"@timestamp":{"17" + num(11)},"nanos":{"17" + num(17)}', lambda: f'[{"17" + num(14)}] tick', lambda: f'ARN {pick("7", "2")}{num(22)}', lambda: f'acquirer_reference_number={"24" + num(21)}', lambda: f'rrn={num(12)} stan={num(6)} auth={num(6)}', lambda: f'RRN: {num(12)} trace {n}',
        lambda: f'order_id={p}', lambda: f'"orderNumber":"{p}"', lambda: f'Order #{p} shipped', lambda: f'out_trade_no={like(19)}', lambda: f'invoiceNo: {p}', lambda: f'transaction_id={p} ok', lambda: f'"paymentId": {p}', lambda: f'txnRef[{p}]', lambda: f'batch_no={like(15)}', lambda: f'refund {p} of order {n}', lambda: f'GET /api/orders/{p} HTTP/1.1', lambda: f'merchant_order_id: "{p}"',
        lambda: f'requestId={p}', lambda: f'"traceId":"{p}"', lambda: f'correlation-id: {like(19)}', lambda: f'session={p}', lambda: f'span {n} parent {like()}', lambda: f'thread {n}', lambda: f'msgid={p} queue=pay', lambda: f'x-request-id: {p}', lambda: f'userId={p}', lambda: f'customer_no {n}', lambda: f'device_id={p}', lambda: f'serial={p}', lambda: f'terminal {num(8)} merchant {m}', lambda: f'merchantId={m}', lambda: f'DE42={m}',
        lambda: 'phones: ' + ', '.join('+' + str(rnd.randint(1, 9)) + num(11) for _ in range(3)), lambda: f'call +49 {num(3)} {num(4)} {num(4)}', lambda: f'sms to 00{num(13)}', lambda: f'tel {num(4)} {num(4)} {num(4)}',
        lambda: f'sha1 {hexs(40)}', lambda: f'sha256={hexs(64)}', lambda: f'etag "{hexs(32)}"', lambda: f'digest {num(32)}', lambda: f'crc {hexs(8)} md5 {hexs(32, True)}', lambda: f'0x{hexs(16)}', lambda: f'uuid {hexs(8)}-{hexs(4)}-4{hexs(3)}-a{hexs(3)}-{num(12)}', lambda: f'{num(8)}-{num(4)}-{num(4)}-{num(4)}-{num(12)}',
        lambda: f'lat={rnd.uniform(-90, 90):.14f}', lambda: f'ratio 0.{p}', lambda: f'took {num(1)}.{num(16)} s', lambda: f'{rnd.random():.17f}e-05', lambda: f'rate={money()}{num(13)}', lambda: f'version 4.{num(4)}.{num(4)}.{num(4)}', lambda: f'score=-{num(1)}.{num(15)}',
        lambda: f'card {p[:6]}******{p[-4:]} ok', lambda: f'pan={p[:6]}xxxxxx{p[-4:]}', lambda: f'card ****{p[-4:]} order {n}', lambda: f'**** **** **** {p[-4:]}', lambda: f'bin={p[:8]} last4={p[-4:]}', lambda: f'{p[:4]} {p[4:6]}** **** {p[-4:]}', lambda: f'card_hash={hexs(64)} bin {p[:6]}',
        lambda: f'networkToken={token()}', lambda: f'"network_token":"{with_check(token()[:15])}"', lambda: f'vault token {with_check(token()[:15])}', lambda: f'tokenPan: {with_check(token()[:15])}', lambda: f'token_ref={p}', lambda: f'"tokenRequestorId":"{num(11)}"',
        lambda: f'amount={num(12)} currency=978', lambda: f'field4={num(12)} field7={num(10)}', lambda: f'0800{hexs(16, True)}{num(30)}', lambda: f'9F26{"08"}{hexs(16, True)} 9F10 {hexs(14, True)}', lambda: f'95 05 {spaced(num(10))} 9A 03 {spaced("25" + num(4))}', lambda: f'mac {hexs(16, True)} kcv {hexs(6, True)}', lambda: f'ARQC {num(16)}', lambda: f'pinblock {num(16)}',
        lambda: f'offset {num(16)} partition 3', lambda: f'lsn {num(16)}', lambda: f'bytes={num(15)}', lambda: f'mem {num(4)} {num(4)} {num(4)} {num(4)}', lambda: f'row {num(4)},{num(4)},{num(4)},{num(4)}', lambda: f'10.{rnd.randint(0, 255)}.{rnd.randint(0, 255)}.{rnd.randint(0, 255)} {num(5)}', lambda: f'isbn 978-{num(1)}-{num(4)}-{num(4)}-{num(1)}', lambda: f'ean {num(13)}', lambda: f'GTIN 0{num(13)} lot {n}',
        lambda: f'data:image/png;base64,{b64(num(60))[:80]}', lambda: f'etag W/"{b64(hexs(24))}"', lambda: f'cookie _ga=GA1.2.{num(9)}.{num(10)}; _fbp=fb.1.{"17" + num(11)}.{num(10)}', lambda: f'file export_{pick("2025", "2026")}{num(4)}{num(6)}{num(2)}.csv', lambda: f'backup-{num(14)}-{num(6)}.tar.gz', lambda: f'order_{p}.pdf written', lambda: f'invoice-{n}.pdf', lambda: f'<order id="{p}" total="{money()}"/>', lambda: f'<MsgId>{p}</MsgId>',
        lambda: f'订单号：{p}', lambda: f'交易流水号 {like(19)}', lambda: f'注文番号：{wide(p)}', lambda: f'Auftragsnummer {p}', lambda: f'commande n° {p}', lambda: f'gift card {n}', lambda: f'insurance no {n}', lambda: f'policy number: {p}', lambda: f'account {num(8)} sort code {num(2)}-{num(2)}-{num(2)}', lambda: f'VAT ID DE{num(9)} EORI DE{num(15)}', lambda: f'UATP? no: meter {n}', lambda: f'dispute {p} opened', lambda: f'mandate ref {p}', lambda: f'idempotency_key={p}',
    )()


def stamp():
    d, h = f'2026-0{rnd.randint(1, 9)}-{rnd.randint(10, 28)}', f'{rnd.randint(10, 23)}:{rnd.randint(10, 59)}:{rnd.randint(10, 59)}'
    return pick('', '', f'{d}T{h}.{num(3)}Z INFO ', f'{d} {h},{num(3)} DEBUG [pool-{num(1)}] c.b.Pay - ', f'[{h}] ', f'<13>1 {d}T{h}Z pay{num(1)} app {num(4)} - - ')


with open(OUT, 'w', encoding='utf-8') as log, open(TRUTH, 'w', encoding='utf-8') as truth:
    for line in range(1, LINES + 1):
        if rnd.random() < .4:
            kind, count, text = positive()
            truth.write(json.dumps({'line': line, 'kind': kind, 'count': count}) + '\n')
        else:
            text = negative()
        log.write(stamp() + text + '\n')
