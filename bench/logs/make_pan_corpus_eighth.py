"""An eighth labelled corpus for the card-number detector, sharing no code with it or the other generators.

python3 bench/logs/make_pan_corpus_eighth.py OUT.log OUT.truth.jsonl [SEED] [LINES]

Card numbers as applications of many languages, gateways and terminals write them (attributes, SOAP, forms, EMV data objects, ISO 8583
dumps, xxd and od, digits of other scripts, padded cells, lists of one device), among the numbers of devices, parcels, goods, accounts,
clocks and programs. Half of all look-alikes have a card's first digits and a right check digit: only what stands around tells them apart.
A longer run of digits that begins or ends with a card number is a number of its own, and none of a card.
"""
import base64, json, random, sys, urllib.parse, uuid

if len(sys.argv) < 3:
    sys.exit(__doc__)
OUT, TRUTH = sys.argv[1], sys.argv[2]
R = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
COUNT = int(sys.argv[4]) if len(sys.argv) > 4 else 20000

# Issuer prefix, length, weight.
SCHEMES = [('4', 16, 30), ('52', 16, 5), ('54', 16, 5), ('2300', 16, 2), ('2650', 16, 2), ('37', 15, 6), ('34', 15, 1), ('6011', 16, 3),
           ('6460', 16, 1), ('62170', 19, 4), ('62260', 16, 4), ('62284', 19, 3), ('3540', 16, 3), ('3580', 16, 1), ('6074', 16, 1), ('2201', 16, 2), ('6763', 16, 1)]


def digits(n): return ''.join(str(R.randrange(10)) for _ in range(n))
def digits1(n): return str(R.randrange(1, 10)) + digits(n - 1)
def hexa(n): return ''.join(R.choice('0123456789abcdef') for _ in range(n))
def any_of(*options): return R.choice(options)


def checked(body):
    total = 0
    for i, c in enumerate(body[::-1]):
        d = int(c)
        if i % 2 == 0:
            d = d * 2 - 9 if d > 4 else d * 2
        total += d
    return body + str(-total % 10)


def card():
    prefix, length, _ = R.choices(SCHEMES, weights=[w for *_, w in SCHEMES])[0]
    return checked(prefix + digits(length - len(prefix) - 1))


def card16():
    while len(c := card()) != 16:
        pass
    return c


def fours(c, mark):
    if len(c) == 15:
        return mark.join((c[:4], c[4:10], c[10:]))
    return mark.join(c[i:i + 4] for i in range(0, len(c), 4)) if len(c) == 16 else c


def lookalike(n=16):
    """Half of them a card by prefix and check digit."""
    if n in (15, 16, 19) and R.random() < .5:
        prefix = {15: '37', 16: any_of('4', '53', '6221', '3560', '2202'), 19: '6228'}[n]
        return checked(prefix + digits(n - len(prefix) - 1))
    return digits1(n)


def month(): return f'{R.randrange(1, 13):02d}'
def year(): return str(R.randrange(27, 35))
def amount(): return f'{R.randrange(3, 900)}.{digits(2)}'
def day(): return f'2026-{R.randrange(1, 13):02d}-{R.randrange(1, 29):02d}'
def hour(): return f'{R.randrange(24):02d}:{R.randrange(60):02d}:{R.randrange(60):02d}'
def ip(): return '.'.join(str(R.randrange(1, 255)) for _ in range(4))


def scripted(c, zero): return ''.join(chr(zero + int(d)) for d in c)


def tlv(c):
    value = c + ('F' if len(c) % 2 else '')
    pan = f'5A{len(value) // 2:02X}{value}'
    track = f'{c}D{year()}{month()}201{digits(5)}'
    track += 'F' if len(track) % 2 else ''
    track2 = f'57{len(track) // 2:02X}{track}'
    rest = [f'9F02060000{digits(8)}', f'5F2A02{any_of("0978", "0840", "0156")}', f'9F3704{hexa(8).upper()}', f'9505{hexa(10).upper()}', f'9C0100', '8202' + hexa(4).upper()]
    R.shuffle(rest)
    return ''.join(rest[:3]) + any_of(pan, track2) + ''.join(rest[3:5])


def iso8583(c):
    """Authorisation request, fields 2, 3, 4, 7, 11, 12."""
    return f'{any_of("0100", "0200", "0400")}7230000000000000{len(c):02d}{c}{any_of("000000", "003000")}{digits(12)}{month()}{R.randrange(10, 28)}{R.randrange(10, 24)}{R.randrange(10, 60)}{R.randrange(10, 60)}{digits(6)}{R.randrange(10, 24)}{R.randrange(10, 60)}{R.randrange(10, 60)}'


def xxd(data, width=2):
    raw = data.hex()
    return ' '.join(raw[i:i + 2 * width] for i in range(0, len(raw), 2 * width))


def printable(data): return ''.join(chr(x) if 32 <= x < 127 else '.' for x in data)


KEYS = ['pan', 'cardNumber', 'card_number', 'cardNo', 'card-no', 'CARDNUM', 'ccNumber', 'cc_num', 'creditCardNumber', 'acctNum', 'cardPAN', 'primaryAccountNumber', 'payment.card.number', 'debitCardNumber', 'cardAccountNumber',
        'card.number', 'num_carte', 'numeroTarjeta', 'numero_cartao', 'Kartennummer', 'kaartnummer', 'kortnr', 'nomer_karty', 'kartNumarasi', 'カード番号', '卡号', '银行卡号', 'رقم_البطاقة', '카드번호']
LATIN_KEYS = [k for k in KEYS if k.isascii()]


def positive():
    c, k, lk = card(), R.choice(KEYS), R.choice(LATIN_KEYS)
    tag = lk.replace('.', '_')
    shapes = [
        ('java-toString', 1, f'{day()} {hour()},{digits(3)} WARN  [http-nio-8443-exec-{R.randrange(1, 99)}] c.s.p.AuthService - declined CardDto[{lk}={c}, expiry={month()}/{year()}, holder=J DOE]'),
        ('kotlin', 1, f'PaymentRequest(amount={amount()}, currency=EUR, {lk}={c}, cvv=***)'),
        ('csharp', 1, f'fail: Shop.Payments.Gateway[0] Authorization failed for {{ {lk}: {c}, Amount: {amount()} }}'),
        ('python-repr', 1, f"ERROR:pay.views:bad response for {{'{lk}': '{c}', 'exp': '{month()}{year()}'}}"),
        ('python-dataclass', 1, f"Card(number='{c}', exp_month={int(month())}, exp_year=20{year()})"),
        ('ruby-params', 1, f'  Parameters: {{"utf8"=>"✓", "card"=>{{"number"=>"{fours(c, " ")}", "month"=>"{month()}"}}}}'),
        ('php-dump', 1, f'["{tag}"]=> string({len(c)}) "{c}"'),
        ('go-slog', 1, f'time={day()}T{hour()}Z level=ERROR msg="auth failed" {tag}={c} amount={amount()}'),
        ('node-inspect', 1, f"{{ card: {{ number: '{c}', exp: '{month()}/{year()}' }}, id: {digits1(5)} }}"),
        ('rust-debug', 1, f'CardData {{ {tag}: Some("{c}"), amount: {digits1(4)} }}'),
        ('perl', 1, f"[warn] $card->{{number}} = '{c}'; amount {amount()}"),
        ('cobol', 1, f'{any_of("CARD-NO", "PAN", "CARD-NUMBER")}: {c}   AMT: {digits(9)}'),
        ('xml-attribute', 1, f'<Payment id="{digits1(6)}"><Card {any_of("number", "pan", "cardNumber", "Number")}="{c}" expiry="{month()}{year()}"/></Payment>'),
        ('xml-attribute', 1, f"<card type='VI' no='{c}' exp='{month()}/{year()}'/>"),
        ('xml-element', 1, f'<ns2:{tag} xsi:type="xsd:string">{c}</ns2:{tag}><ns2:amount>{amount()}</ns2:amount>'),
        ('soap', 1, f'<soapenv:Body><pay:AuthRequest><pay:orderId>{lookalike()}</pay:orderId><pay:CardDetails><pay:{any_of("CardNumber", "PAN", "Pan", "number")}>{c}</pay:{any_of("CardNumber", "PAN")}></pay:CardDetails></pay:AuthRequest></soapenv:Body>'),
        ('form', 1, f'POST body: {urllib.parse.urlencode({"order": digits1(8), any_of("cardnumber", "card[number]", "cc-number", "pan"): fours(c, any_of(" ", "-", "")), "exp": month() + "/" + year()})}'),
        ('form-twice', 1, 'redirect=' + urllib.parse.quote(urllib.parse.quote(f'https://s.example/pay?card={c}&exp={month()}{year()}', safe=''), safe='')),
        ('json', 1, json.dumps({'id': str(uuid.UUID(int=R.getrandbits(128))), k: fours(c, any_of('', ' ', '-')), 'amt': amount()}, ensure_ascii=R.random() < .5)),
        ('json-nested', 1, json.dumps({'event': 'auth', 'body': json.dumps({'card': {'number': c, 'cvc': '***'}})})),
        ('json-number', 1, json.dumps({'ts': int('17' + digits(11)), lk: int(c), 'ok': False})),
        ('csv-blanks', 1, f'{digits1(6)} , {any_of("Ann Lee", "J. Poe", "Kim")} , {c} , {month()}/{year()} , {amount()}'),
        ('csv-quoted', 1, f'"{digits1(5)}";"{fours(c, " ")}";"{month()}/{year()}";"{amount()}"'),
        ('tsv', 1, f'{day()}\t{c}\t{month()}/{year()}\t{amount()}'),
        ('fixed-screen', 1, f'   CARD      {c}      EXP  {month()}/{year()}   AUTH {digits(6)}'),
        ('emv', 1, f'emv data: {tlv(c)}'),
        ('emv-lower', 1, f'DE55={tlv(c).lower()}'),
        ('emv-spaced', 1, 'tlv ' + ' '.join((lambda t: [t[i:i + 2] for i in range(0, len(t), 2)])(tlv(c)))),
        ('iso8583', 1, f'>> {iso8583(c)}'),
        ('iso8583-fields', 1, f'{any_of("F002", "DE2", "DE002", "[002]", "field 2")}{any_of(": ", "=", " = ")}{c}  {any_of("F004", "DE4")}: {digits(12)}'),
        ('iso8583-hex', 1, f'send {len(iso8583(c))} bytes: ' + iso8583(c).encode().hex()),
        # In digits of the dump and in the text beside it.
        ('xxd', 2, (lambda data: f'0000{hexa(2)}{R.randrange(10)}0: {xxd(data)}  {printable(data)}')(f'PAN={c};'.encode())),
        ('xxd', 1, 'payload ' + xxd(f'{any_of("card=", "pan:", "cardno=")}{c}&x=1'.encode())),
        ('od', 1, 'recv ' + ' '.join(f'{x:02x}' for x in f'card={c}'.encode())),
        ('base64', 1, 'body=' + base64.b64encode(json.dumps({'cardNumber': c, 'exp': month() + year()}).encode()).decode()),
        ('fullwidth', 1, f'{any_of("カード番号", "卡号", "card")}：{scripted(c, 0xFF10)}'),
        ('fullwidth', 1, f'{any_of("card", "pan")}={fours(scripted(c, 0xFF10), any_of("", "－", "　"))}' if len(c) == 16 else f'card={scripted(c, 0xFF10)}'),
        ('arabic-indic', 1, f'{any_of("رقم البطاقة: ", "card=", "بطاقة ", "pan: ")}{scripted(c, 0x660)}'),
        ('arabic-indic', 1, f'{any_of("card ", "رقم البطاقة ")}{fours(scripted(c, 0x660), any_of(" ", "-"))}'),
        ('persian', 1, f'{any_of("شماره کارت: ", "card=", "pan: ")}{scripted(c, 0x6F0)}'),
        ('devanagari', 1, f'{any_of("कार्ड नंबर: ", "card=", "pan ")}{scripted(c, 0x966)}'),
        ('bengali', 1, f'{any_of("কার্ড: ", "card=")}{scripted(c, 0x9E6)}'),
        ('device-list', 3, None), ('device-list', 2, None),
        ('sentence', 1, f'{any_of("charge of", "auth for", "retrying")} {amount()} EUR {any_of("on card", "to card", "with card")} {fours(c, any_of("", " ", "-"))} {any_of("failed", "declined by issuer", "timed out")}'),
        ('sentence-other', 1, f'{any_of("Zahlung mit Karte", "paiement par carte", "pago con tarjeta", "pagamento con carta", "betaling met kaart", "оплата картой", "płatność kartą", "kart ile ödeme")} {fours(c, any_of("", " "))} {any_of("fehlgeschlagen", "KO", "rechazado", "51")}'),
        ('key-value', 1, f'{k}{any_of("=", ": ", " = ", ":")}{fours(c, any_of("", " ", "-"))}'),
        ('key-value', 1, f'{lk}="{fours(c, any_of("", " "))}" order={lookalike()} rrn={digits(12)}'),
        ('track', 1, f'mag=;{c}={year()}{month()}101{digits(9)}?'),
        ('track', 1, f'%B{c}^DOE/JANE^{year()}{month()}201{digits(12)}?'),
        ('logstash', 1, json.dumps({'@timestamp': f'{day()}T{hour()}.000Z', 'message': f'{tag}={c} rejected', 'thread': f'pool-{digits(2)}'})),
        ('xml-escaped', 1, f'msg="&lt;{tag}&gt;{c}&lt;/{tag}&gt;"'),
        ('html', 1, f'<tr><td>Card number</td><td>{fours(c, any_of("", " "))}</td></tr>'),
        ('html', 1, f'<input type="text" name="{any_of("cardnumber", "cc-number", "card_no")}" value="{c}">'),
        ('sql', 1, f"INSERT INTO cards (id, {tag.replace('-', '_')}, exp) VALUES ({digits1(5)}, '{c}', '{month()}{year()}')"),
        ('sql', 1, f"WHERE {tag.replace('-', '_')} = '{c}' AND merchant = {digits1(9)}"),
        ('yaml', 1, f'  {tag}: "{c}"'), ('proto', 1, f'card {{ number: "{c}" exp_month: {int(month())} }}'),
        ('graphql', 1, f'mutation {{ pay(card: {{number: \\"{c}\\", expiry: \\"{month()}{year()}\\"}}) {{ id }} }}'),
        ('header', 1, f'X-Card-Number: {c}'), ('cookie', 1, f'Cookie: lang=de; card={c}; s={hexa(16)}'),
        ('ini', 1, f'{tag} = {c} ; terminal {digits1(8)}'), ('windows', 1, f'Event 4001 Data: CardNumber={c}|Amount={amount()}'),
        ('batch', 1, f'{any_of("settle", "clearing")} row {digits(4)}: {c}|{month()}{year()}|{digits(12)}|{any_of("00", "51", "05")}'),
    ]
    kind, n, text = R.choice(shapes)
    if kind == 'device-list':
        cards = [card() for _ in range(n)]
        mark = any_of(', ', ',', '; ', ' ')
        said = any_of(f'cards linked to one device: {mark.join(cards)}', f'cards linked to one device {hexa(16)}: {mark.join(cards)}', f'device {hexa(12)} used cards: [{mark.join(cards)}]', f'cards seen from {ip()}: {mark.join(cards)}',
                      f'fraud: device fingerprint {hexa(32)} cards={mark.join(cards)}', json.dumps({'device': hexa(16), 'cards': cards}), f'PANs on the same device -> {mark.join(cards)}', f'card numbers tried by this session: {mark.join(cards)}')
        return kind, n, said
    return kind, n, text


def sscc(): return checked(any_of('0', '3') + digits(16))


def iban():
    country, n = any_of(('DE', 18), ('NL', 0), ('ES', 20), ('FR', 23), ('AT', 16), ('PL', 24))
    body = f'{country}{R.randrange(10, 99)}' + ('ABNA' + digits(10) if country == 'NL' else digits(n))
    return body if R.random() < .5 else ' '.join(body[i:i + 4] for i in range(0, len(body), 4))


def negative():
    c = card()
    n16, n15, n19 = lookalike(), lookalike(15), lookalike(19)
    u = str(uuid.UUID(int=R.getrandbits(128)))
    ud = '-'.join(digits1(n) for n in (8, 4, 4, 4, 12))
    return R.choice([
        lambda: f'imei={n15} model=A50', lambda: f'IMEI: {n15[:2]}-{n15[2:8]}-{n15[8:14]}-{n15[14]}', lambda: f'device attached imei {n15}, imsi {digits1(15)}', lambda: f'IMEI/SV {lookalike()}',
        lambda: f'iccid=89{lookalike(17)} msisdn=+4917{digits(9)}', lambda: f'AT+CCID: 8949{digits(15)}', lambda: f'eid: 89049032{digits(24)}',
        lambda: f'UPS 1Z{hexa(6).upper()}{digits(10)} out for delivery', lambda: f'tracking number {any_of("", "#")}{any_of(lookalike(), "9400" + digits(18), digits1(12), lookalike(15))}', lambda: f'FedEx {lookalike(15)} delivered',
        lambda: f'parcel {n16} scanned at hub', lambda: f'USPS 9205 5{digits(3)} {digits(4)} {digits(4)} {digits(4)} {digits(2)}', lambda: f'DHL shipment {lookalike(any_of(15, 16))} customs', lambda: f'sendungsnummer: {n16}',
        lambda: f'(01)0{digits(13)}(21){lookalike()}', lambda: f'GS1-128 00{sscc()}', lambda: f'scan ]C1010{digits(13)}10{lookalike()}', lambda: f'SSCC {sscc()} pallet', lambda: f'ean={digits(13)} gtin={digits(14)} qty=2', lambda: f'barcode {n16} not found',
        lambda: f'request {u} done', lambda: f'corr={ud}', lambda: f'urn:uuid:{ud} ok', lambda: f'uuid {u.replace("-", "")}', lambda: f'{{"id":"{u}","parent":"{ud}"}}',
        lambda: 'call list: ' + ', '.join(f'+{digits1(12)}' for _ in range(4)), lambda: 'numbers: ' + '; '.join(digits1(11) for _ in range(4)), lambda: 'sms to ' + ','.join(f'00{digits1(12)}' for _ in range(3)), lambda: f'phones: {digits1(12)} {digits1(12)} {digits1(12)}',
        lambda: f'IBAN {iban()}', lambda: f'iban={iban()} bic=ABNANL2A', lambda: f'transfer from {iban()} to {iban()}', lambda: f'<IBAN>{iban()}</IBAN>',
        lambda: f'ts={"17" + digits(17)} level=info', lambda: f'start_ns={"17" + digits(17)} end_ns={"17" + digits(17)}', lambda: f'"time_us":{"17" + digits(14)}', lambda: f'nanos {"17" + digits(17)}', lambda: f'{"17" + digits(14)} event ok',
        lambda: f'sha256:{hexa(64)}', lambda: f'md5 {hexa(32)}', lambda: f'etag "{hexa(16)}"', lambda: f'commit {hexa(40)}', lambda: f'hash={digits1(19)}', lambda: f'murmur3: {digits1(19)}', lambda: f'crc {digits1(10)}', lambda: f'decimal digest {digits1(38)}',
        lambda: 'token ' + ''.join(R.choice('0123456789abcdefghijklmnopqrstuvwxyz') for _ in range(25)), lambda: 'ref ' + ''.join(R.choice('0123456789ABCDEFGHJKMNPQRSTVWXYZ') for _ in range(26)), lambda: f'id=cus_{digits(16)}', lambda: f'tx_{c}',
        # A longer run that begins or ends with a card number.
        lambda: f'{any_of("order", "orderNo=", "ref:", "trade_no=")} {c}{digits(any_of(4, 6, 8))}', lambda: f'{any_of("order", "out_trade_no=", "reference")} {digits1(any_of(4, 6, 8))}{c}', lambda: f'merchant order {c}-{digits(4)}', lambda: f'order 2026{month()}{R.randrange(10, 28)}{c}',
        lambda: f'id {c}{hexa(1)}x', lambda: f'job {digits(4)}-{c}', lambda: f'"orderNo":"{c}{digits(5)}"', lambda: f'{c}{digits(7)} queued', lambda: f'batch {digits1(3)}{c} closed',
        # Numbers that a name calls otherwise though they are right as cards.
        lambda: f'order={c} amount={amount()}', lambda: f'orderId: {n16}', lambda: f'"transactionId":"{n16}"', lambda: f'invoice {n16} paid', lambda: f'rrn={digits(12)} stan={digits(6)} trace_id={n16}', lambda: f'session {n19} closed', lambda: f'<OrderNo>{c}</OrderNo>',
        lambda: f'<Order number="{c}" total="{amount()}"/>', lambda: f'<parcel no="{n16}"/>', lambda: f'<ns:transactionReference>{c}</ns:transactionReference>', lambda: f'GET /orders/{c}/status HTTP/1.1', lambda: f'?order_id={c}&page=2', lambda: f'POST body: order={c}&qty=1',
        lambda: f'gift card {n16} balance {amount()}', lambda: f'loyalty card no {n16}', lambda: f'library card {n15}', lambda: f'meter {n16} reading {digits1(6)}', lambda: f'contract no. {n16}', lambda: f'voucher code {n16} redeemed',
        lambda: f'订单号：{c}', lambda: f'快递单号 {n15}', lambda: f'注文番号: {n16}', lambda: f'номер заказа {n16}', lambda: f'numéro de commande {n16}', lambda: f'pedido {n16}', lambda: f'Bestellnummer: {c}',
        lambda: f'订单号：{scripted(c, 0xFF10)}', lambda: f'رقم الطلب: {scripted(c, 0x660)}', lambda: f'order={scripted(c, 0x660)}', lambda: f'हाथ {scripted(digits(7), 0x966)}', lambda: f'{scripted(day().replace("-", ""), 0x660)} {scripted(digits(6), 0x660)}', lambda: f'order {scripted(c, 0x966)}',
        lambda: f'card {c[:6]}******{c[-4:]}', lambda: f'card ending {c[-4:]} order {n16}', lambda: f'pan={c[:6]}XXXXXX{c[-4:]}', lambda: f'bin {c[:8]} token {u}', lambda: f'card=tok_{digits(16)}', lambda: f'{{"card":{{"last4":"{c[-4:]}","id":{n16}}}}}',
        lambda: f'xxd 0000{hexa(4)}: ' + xxd(bytes(R.randrange(256) for _ in range(16))), lambda: '00000010: ' + xxd(f'order={c}'.encode()), lambda: '00000020: ' + xxd(f'id {digits(13)}'.encode()), lambda: f'groups {" ".join(digits(4) for _ in range(8))}',
        lambda: 'od ' + ' '.join(f'{R.randrange(256):02x}' for _ in range(16)), lambda: f'emv {tlv(digits1(16))[:24]}', lambda: f'9F0206{digits(12)}9F0306{digits(12)}5F2A020978', lambda: f'F011: {digits(6)} F037: {digits(12)} F041: {digits(8)} F042: {lookalike(15)}',
        lambda: f'DE42={n15} DE41={digits(8)}', lambda: f'0800822000000000000004000000000000{month()}{R.randrange(10, 28)}{digits(12)}301', lambda: f'pos lat {R.uniform(-80, 80):.15f} lon {R.uniform(-170, 170):.16f}', lambda: f'0.{digits(16)}', lambda: f'v{digits(2)}.{digits1(16)}',
        lambda: f'matrix {digits(4)} {digits(4)} {digits(4)} {digits(4)} {digits(4)} {digits(4)}', lambda: f'ip {ip()} port {R.randrange(1024, 65535)} seq {digits1(10)}', lambda: f'bytes={digits1(4)}-{digits1(12)}', lambda: f'0x{hexa(16)} {digits1(20)}', lambda: f'twitter status {digits1(19)}',
        lambda: f'snowflake={digits1(18)}', lambda: f'kafka offset {digits1(15)} partition 3', lambda: f'lsn {digits1(16)}', lambda: f'account {iban()} balance {amount()}', lambda: f'EORI GB{digits(12)}', lambda: f'vin {hexa(17).upper()}', lambda: f'license key {digits(5)}-{digits(5)}-{digits(5)}-{digits(5)}',
        lambda: f'serial number {digits(4)}-{digits(4)}-{digits(4)}-{digits(4)}-{digits(4)}', lambda: f'isbn 978{digits(10)}', lambda: f'orders linked to one device: {lookalike()}, {lookalike()}, {lookalike()}', lambda: f'devices of one customer: {lookalike(15)}, {lookalike(15)}',
        lambda: f'parcels: {lookalike()}, {lookalike()}', lambda: f'{day()}T{hour()}.{digits(9)}Z ok', lambda: f'{day().replace("-", "")}{hour().replace(":", "")}{digits(6)} done', lambda: f'duration {digits1(13)}ns',
    ])()


with open(OUT, 'w', encoding='utf-8') as log, open(TRUTH, 'w', encoding='utf-8') as truth:
    for line in range(1, COUNT + 1):
        if R.random() < .4:
            kind, count, text = positive()
            truth.write(json.dumps({'line': line, 'kind': kind, 'count': count}) + '\n')
        else:
            text = negative()
        if R.random() < .5:
            text = any_of(f'{day()} {hour()} INFO  ', f'[{day()}T{hour()}Z] ', f'{day()}T{hour()}.{digits(3)}+02:00 pay-{R.randrange(9)} ', f'app[{digits(4)}]: ') + text
        log.write(text.replace('\n', ' ') + '\n')
