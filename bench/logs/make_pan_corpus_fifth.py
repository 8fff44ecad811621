"""A fifth labelled corpus for the card-number detector, sharing no code with it or the other generators.

python3 bench/logs/make_pan_corpus_fifth.py OUT.log OUT.truth.jsonl [SEED] [LINES]

One line in four holds a number (50 shapes: messages of ISO 8583 raw, packed, in hexadecimal and parsed; chip data; tracks; JSON,
XML, SOAP, SQL, stack traces, forms, mails, dumps of thieves), the others look-alikes of 36 classes, most of them with a right
check digit. Beside OUT.log stands a folder of tables (OUT.log.csv), each with its own truth. Numbers are random within issuer ranges.
"""
import base64, datetime, hashlib, json, os, random, sys, urllib.parse, uuid

if len(sys.argv) < 3:
    sys.exit(__doc__)
out, truth_path = sys.argv[1], sys.argv[2]
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 5
want = int(sys.argv[4]) if len(sys.argv) > 4 else 60000
R = random.Random(seed)

def digits(n): return ''.join(R.choice('0123456789') for _ in range(n))
def luhn_digit(body):
    total = 0
    for i, c in enumerate(reversed(body)):
        d = int(c)
        if i % 2 == 0:
            d *= 2
            if d > 9: d -= 9
        total += d
    return str((10 - total % 10) % 10)
def luhn(prefix, n):
    body = prefix + digits(n - 1 - len(prefix))
    return body + luhn_digit(body)
def unluhn(prefix, n):
    s = luhn(prefix, n)
    return s[:-1] + str((int(s[-1]) + R.randint(1, 9)) % 10)

BRANDS = [  # (weight, name, prefixes, lengths)
    (30, 'visa', ['4'], [16]), (2, 'visa19', ['4'], [19]), (1, 'visa13', ['4'], [13]),
    (20, 'mastercard', ['51', '52', '53', '54', '55', '2221', '2300', '2500', '2699', '2720'], [16]),
    (9, 'amex', ['34', '37'], [15]),
    (6, 'discover', ['6011', '644', '649', '65'], [16]),
    (4, 'diners', ['36', '38', '300', '305', '3095'], [14]), (1, 'diners16', ['36'], [16]),
    (6, 'jcb', ['3528', '3540', '3566', '3589'], [16]),
    (12, 'unionpay', ['62', '622848', '622588', '621700', '6258'], [16, 17, 18, 19, 19]), (2, 'unionpay81', ['8100', '8130', '8171'], [16, 19]),
    (5, 'maestro', ['5018', '5020', '5038', '5893', '6304', '6759', '6761', '6763'], [16, 16, 18, 19]),
    (2, 'maestro-short', ['5018', '5020', '6304', '6759'], [12, 13, 14, 15]),
    (4, 'mir', ['2200', '2202', '2204'], [16]), (1, 'mir19', ['2200'], [19]),
    (4, 'rupay', ['6521', '6070', '6081', '5085', '8172', '8201', '3561'], [16]),
    (4, 'elo', ['401178', '438935', '457393', '504175', '506699', '509040', '627780', '636297', '636368', '650485', '651652', '655021'], [16]),
    (2, 'hipercard', ['606282'], [16]), (2, 'uatp', ['1'], [15]),
    (2, 'verve', ['506099', '506198', '650002'], [16, 18, 19]), (2, 'troy', ['9792'], [16]), (2, 'dankort', ['5019', '4571'], [16]),
]
WEIGHTS = [b[0] for b in BRANDS]
def card(groupable=False, strong=True):
    while True:
        _, name, prefixes, lengths = R.choices(BRANDS, WEIGHTS)[0]
        if not strong and name in ('maestro-short', 'uatp', 'visa13', 'diners', 'mir19', 'verve'): continue
        n = R.choice(lengths)
        if groupable and n not in (14, 15, 16, 19): continue
        return luhn(R.choice(prefixes), n)
def grouped(pan, sep):
    n = len(pan)
    if n == 15: cuts = [4, 6, 5]
    elif n == 14: cuts = [4, 6, 4]
    elif n == 19: cuts = R.choice([[4, 4, 4, 4, 3], [6, 13]])
    else: cuts = [4, 4, 4, 4]
    parts, at = [], 0
    for c in cuts: parts.append(pan[at:at + c]); at += c
    return sep.join(parts)

T0 = 1760000000
def epoch(): return T0 + R.randint(0, 30000000)
def iso(): return datetime.datetime.fromtimestamp(epoch(), datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.') + digits(3) + 'Z'
def hexs(n): return ''.join(R.choice('0123456789abcdef') for _ in range(n))
def uid(): return str(uuid.UUID(int=R.getrandbits(128), version=4))
def mm(): return '%02d' % R.randint(1, 12)
def yy(): return '%02d' % R.randint(26, 32)
def cvv(): return digits(3)
NAMES = ['ANNA SCHMIDT', 'J DOE', 'WANG LI', 'MARIA GARCIA', 'IVAN PETROV', 'O.HARA', 'YAMADA TARO']
def name(): return R.choice(NAMES)
def amount(): return '%d.%02d' % (R.randint(1, 2000), R.randint(0, 99))
def ip(): return '.'.join(str(R.randint(1, 250)) for _ in range(4))
LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR']
def head():
    t = iso()
    return R.choice([f'{t} {R.choice(LEVELS)} [{R.choice(["exec-","http-nio-8080-exec-","pool-1-thread-"])}{R.randint(1,90)}] com.shop.pay.{R.choice(["Gateway","CardService","IsoChannel"])} - ',
        f'{t[:10]} {t[11:19]},{digits(3)} {R.choice(LEVELS)} ', f'[{t}] app.{R.choice(LEVELS)}: ', f'time="{t}" level={R.choice(LEVELS).lower()} msg=', f'{epoch()} ',
        f'Nov {R.randint(1,30):2d} {t[11:19]} pay{R.randint(1,9)} gateway[{R.randint(100,30000)}]: '])

KEYS = ['pan', 'PAN', 'cardNumber', 'card_number', 'cardNo', 'card_no', 'ccnum', 'cc_number', 'creditCardNumber', 'acctNumber', 'primaryAccountNumber',
        'payCardNo', 'bankCardNo', 'CardNum', 'debitCard', 'card.number', 'cardnumber', 'ccNumber', 'CC', 'Kartennummer', 'numero_tarjeta', 'numeroCarte', 'numero_cartao', '卡号', 'カード番号', 'номер_карты', 'numero_carta', 'kart_no']
def key(): return R.choice(KEYS)
ASCII_KEYS = [k for k in KEYS if k.isascii()]
def akey(): return R.choice(ASCII_KEYS)

# ---- lines that hold numbers: each returns (line, how many)
def p_json():
    p = card()
    v = R.choice([p, p, p, grouped(p, ' ') if len(p) in (14, 15, 16) else p])
    d = {'ts': iso(), 'traceId': hexs(32), key(): v, 'exp': f'{mm()}/{yy()}', 'amount': amount(), 'orderId': digits(R.randint(10, 16))}
    if R.random() < .4: d['cvv'] = cvv()
    items = list(d.items()); R.shuffle(items)
    return json.dumps(dict(items), ensure_ascii=R.random() < .5, separators=R.choice([(',', ':'), (', ', ': ')])), 1
def p_json_number(): return '{"event":"auth","%s":%s,"mcc":5411,"stan":"%s"}' % (akey(), card(), digits(6)), 1
def p_json_nested():
    return head() + 'request ' + json.dumps({'payment': {'method': {'type': 'scheme', 'number': card(), 'expiryMonth': mm(), 'expiryYear': '20' + yy(), 'holderName': name(), 'cvc': cvv()}, 'amount': {'value': R.randint(100, 99999), 'currency': 'EUR'}, 'reference': 'R-' + digits(9)}}), 1
def p_json_escaped(): return json.dumps({'time': iso(), 'level': 'debug', 'body': json.dumps({akey(): card(), 'amt': amount()})}), 1
def p_json_twice(): return json.dumps({'m': json.dumps({'x': json.dumps({'cardNumber': card(), 'id': uid()})})}), 1
def p_xml(): t = R.choice(['PAN', 'CardNumber', 'cardNo', 'AccountNumber', 'ns2:cardNumber', 'CARD_NUM', 'ccNumber']); return f'{R.choice(["", head()])}<Auth><MerchantId>{digits(9)}</MerchantId><{t}>{card()}</{t}><ExpDate>{yy()}{mm()}</ExpDate><Amt>{amount()}</Amt></Auth>', 1
def p_xml_attr(): return f'<card number="{card()}" expiry="{mm()}{yy()}" holder="{name()}"/>', 1
def p_jpos(): return R.choice([f'    <field id="2" value="{card()}"/>', f'    <field id="35" value="{luhn("4", 16)}={yy()}{mm()}201{digits(9)}"/>']), 1
def p_soap(): return f'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><pay:Authorize><pay:Card><pay:Number>{card()}</pay:Number><pay:Expiry>{mm()}-20{yy()}</pay:Expiry></pay:Card></pay:Authorize></soapenv:Body></soapenv:Envelope>', 1
def p_nexo(): return f'<PmtTx><Card><PlainCardData><PAN>{card()}</PAN><XpryDt>20{yy()}-{mm()}</XpryDt></PlainCardData></Card><TxDtls><TtlAmt>{amount()}</TtlAmt></TxDtls></PmtTx>', 1
def iso8583(p):
    bitmap = R.choice(['7238448108A18000', '7220000000C08000', '723C44810EE19000', 'F23C46D129E0900000000000000000AA'.upper()[:32]])
    bitmap = '7220000000C08000'
    return ('0200' + bitmap + '%02d' % len(p) + p + '000000' + '%012d' % R.randint(100, 999999) + f'{mm()}{R.randint(1,28):02d}{R.randint(0,23):02d}{digits(2)}{digits(2)}' + digits(6) + 'TERM%04d' % R.randint(1, 9999) + 'MERCHANT%07d' % R.randint(1, 999999))
def p_iso_ascii(): return head() + R.choice(['ISO8583 out: ', 'send: ', '>> ', 'raw msg=[']) + iso8583(card(strong=False)), 1
def p_iso_hex(): s = iso8583(card(strong=False)).encode().hex(); return head() + R.choice(['tx ', 'dump=', 'request hex: ']) + (s.upper() if R.random() < .5 else s), 1
def p_iso_hex_spaced(): s = iso8583(card(strong=False)).encode().hex(' '); return head() + 'TX ' + s.upper(), 1
def p_iso_bcd():
    p = card(strong=False); n = '%02d' % len(p)
    return head() + 'ISO msg (BCD): 0200' + '7220000000C08000' + n + (p if len(p) % 2 == 0 else ('0' + p if R.random() < .5 else p + 'F')) + '000000' + '%012d' % R.randint(100, 999999) + f'{mm()}{R.randint(1,28):02d}{digits(6)}' + digits(6), 1
def p_iso_parsed(): return R.choice(['  DE002 [n..19  016] {p}', '  [002] {p}', '  F002 PAN                : {p}', 'DE2={p} DE3=000000 DE4=000000012000', '  Field 2 (Primary account number): {p}', 'P-002 = [{p}]', 'bit 2: {p}', '002:{p}|003:000000|004:000000012000|011:123456']).format(p=card(strong=False)), 1
def p_urlenc(): return f'{head()}body: amount={amount()}&{urllib.parse.quote(R.choice(["card[number]", "payment.card.number", "cardNumber", "pan", "cc"]), safe="")}={urllib.parse.quote_plus(R.choice([lambda: card(), lambda: grouped(card(True), " "), lambda: grouped(luhn("4",16), "-")])())}&exp_month={mm()}', 1
def p_query(): return f'{ip()} - - [22/Nov/2026:10:{digits(2)}:11 +0000] "GET /pay?{R.choice(["cc","pan","card","cardno","card_number","number"])}={card()}&exp={mm()}{yy()}&sid={hexs(16)} HTTP/1.1" 200 {R.randint(100,9000)} "-" "curl/8.1"', 1
def p_path(): return f'{ip()} - - [22/Nov/2026:10:11:12 +0000] "GET /api/v1/cards/{card(strong=False)}/transactions?limit=10 HTTP/1.1" 200 512', 1
def p_sql_insert(): return f"INSERT INTO payments (id, {R.choice(['card_no','pan','card_number','cc_num'])}, amount, created) VALUES ({R.randint(1,99999)}, '{card()}', {amount()}, '{iso()[:10]}');", 1
def p_sql_where(): return head() + f"executing: SELECT * FROM cards WHERE {R.choice(['pan','card_number','c.card_no','cardNumber'])} {R.choice(['= ', '=', 'LIKE '])}'{card()}' LIMIT 1", 1
def p_pg_detail(): return f'{iso()[:10]} 10:11:12.123 UTC [{digits(5)}] DETAIL:  Key ({R.choice(["card_number","pan"])})=({card()}) already exists.', 1
def p_sql_multi():
    n = R.randint(2, 4)
    return 'INSERT INTO `card` (`pan`,`exp`) VALUES ' + ','.join(f"('{card()}','{mm()}{yy()}')" for _ in range(n)) + ';', n
def p_stack(): return R.choice(['java.lang.IllegalArgumentException: Invalid card number: {p}', 'Caused by: com.bank.CardException: card {p} declined by issuer', 'ValueError: card_number {p} failed validation', 'System.FormatException: PAN {p} was not in a correct format.', "PHP Fatal error:  Uncaught InvalidCardException: Card '{p}' expired in /var/www/pay.php:31", '\tat Card[number={p}, exp=12/29]', 'panic: bad pan "{p}"']).format(p=card(strong=False)), 1
def p_tostring(): return head() + R.choice(['Card{{number={p}, expiry={m}/{y}, cvv={c}}}', 'CardRequest(cardNumber={p}, expMonth={m}, expYear=20{y}, cvv={c})', "{{'number': '{p}', 'exp': '{m}/{y}'}}", '&{{Number:{p} ExpMonth:{m} ExpYear:20{y} CVC:{c}}}', 'Card [pan={p}, seq=01]', '#<Card number: "{p}", verification_value: "{c}">', 'Card {{ Number = {p}, Cvv = {c} }}']).format(p=card(strong=False), m=mm(), y=yy(), c=cvv()), 1
def p_php(): return f'    [{akey()}] => {card()}', 1
def p_ruby(): return f'Parameters: {{"utf8"=>"✓", "payment"=>{{"card_number"=>"{card()}", "cvv"=>"{cvv()}"}}, "commit"=>"Pay"}}', 1
def p_kv(): return head() + f'{akey()}{R.choice(["=", ": ", ":", " = "])}{card()} amt={amount()} rc=0{digits(1)}', 1
def p_kv_grouped(): return head() + f'{akey()}={grouped(card(True), R.choice([" ", "-", ".", chr(160), chr(0x2009)]))}; auth={digits(6)}', 1
def p_hl7(): return f'PMT|{digits(4)}|{iso()[:10].replace("-","")}|VISA^CC|{luhn("4",16)}|{mm()}{yy()}|{name().replace(" ","^")}|{amount()}', 1
def p_email(): return R.choice(['Hi, my card {g} exp {m}/{y} was charged twice, please help.', 'Hallo, die Kreditkarte {g} (gültig bis {m}/{y}) wurde abgelehnt.', 'Bonjour, ma carte {g} ne fonctionne pas', 'Mi tarjeta {g} fue rechazada ayer', '我的银行卡{p}被扣了两次款', '> Card no. {g}', 'please use my visa {p} cvv {c}', 'カード {g} が使えません', 'Customer paid by phone, MC {g} {m}/{y} {c}']).format(g=grouped(luhn(R.choice(['4', '51', '54']), 16), R.choice([' ', '-'])), p=luhn(R.choice(['4', '55', '622848']), 16), m=mm(), y=yy(), c=cvv()), 1
def p_html(): return R.choice(['<input type="text" name="cardnumber" value="{p}" autocomplete="cc-number">', '<td class="card">{g}</td><td>{m}/{y}</td>', '<p>Card: <b>{g}</b></p>', '<span data-pan="{p}"></span>', '<dt>Card number</dt><dd>{p}</dd>', 'Card&nbsp;number:&nbsp;{n}']).format(p=card(strong=False), g=grouped(luhn('4', 16), ' '), m=mm(), y=yy(), n=grouped(luhn('5100', 16), '&nbsp;')), 1
def p_b64(): return head() + R.choice(['payload=', 'body64: ', '{"data":"']) + base64.b64encode(json.dumps({'merchant': digits(6), 'card': {'number': card(), 'exp': mm() + yy()}, 'amount': amount()}).encode()).decode() + R.choice(['', ' len=120']), 1
def p_b64url(): return 'GET /3ds?creq=' + base64.urlsafe_b64encode(json.dumps({'acctNumber': card(), 'acsTransID': uid(), 'messageType': 'AReq'}).encode()).decode().rstrip('=') + ' HTTP/1.1', 1
def p_track1(): return head() + R.choice(['t1=', 'swipe: ', 'track1Data="']) + f'%B{card(strong=False)}^{name().replace(" ","/")}^{yy()}{mm()}201{digits(10)}?', 1
def p_track2(): return head() + R.choice(['track2=', 'T2 ', 'DE35: ']) + R.choice([';', '']) + f'{card(strong=False)}={yy()}{mm()}{R.choice(["101","201","220"])}{digits(8)}' + R.choice(['?', '']), 1
def p_track2_d(): return head() + 'track2EquivalentData=' + f'{luhn("5413",16)}D{yy()}{mm()}201{digits(9)}F', 1
def p_emv():
    p = card(strong=False); v = p + 'F' * (len(p) % 2)
    s = '9F2608' + hexs(16).upper() + '9F2701809F100706010A03A0A0009F3704' + hexs(8).upper()
    if R.random() < .5: t = '5A%02X' % (len(v) // 2) + v
    else:
        d = p + 'D' + yy() + mm() + '201' + digits(8); d += 'F' * (len(d) % 2); t = '57%02X' % (len(d) // 2) + d
    sep = R.random()
    whole = R.choice([t + s, s + t + '5F3401009F360200A1', '820238008407A0000000031010' + t + '9F0206000000001000'])
    return head() + R.choice(['emv=', 'DE55: ', 'ICC data [', 'field55=', 'tlv: ']) + (whole if sep < .6 else whole.lower()), 1
def p_emv_parsed(): 
    p = luhn(R.choice(['4', '5413']), 16)
    return R.choice([f'  5A 08 {" ".join(p[i:i+2] for i in range(0,16,2))} [Application PAN]', f'  Tag 5A (PAN): {p}', f'  5A: {p}', f'TLV 5A len=8 value={p}', f'  57 -> {p}D{yy()}{mm()}201{digits(7)}']), 1
def p_dump_row(): return R.choice(['{p}|{m}|20{y}|{c}', '{p}:{m}{y}:{c}', '{p}|{m}/{y}|{c}|{n}|12345', '{p} {m}/{y} {c}', '{p};{m};{y};{c}', '{p},{m}/{y},{c},{n}']).format(p=card(strong=False), m=mm(), y=yy(), c=cvv(), n=name()), 1
def p_yaml(): return R.choice(['  number: "{p}"  # card', '    card_number: {p}', '  pan: \'{p}\'', 'cardNumber: {p}']).format(p=card(strong=False)), 1
def p_proto(): return head() + f'card {{ pan: "{card()}" expiry: "{yy()}{mm()}" }} amount_minor: {R.randint(100,99999)}', 1
def p_form(): return f'------WebKitFormBoundary{hexs(16)} Content-Disposition: form-data; name="card_number" {card()}', 1
def p_graphql(): return head() + f'mutation {{ pay(card: {{number: "{card()}", cvc: "{cvv()}"}}, amount: {R.randint(1,999)}) {{ id }} }}', 1
def p_unionpay(): return f'accNo={luhn(R.choice(["622848","621700","6226"]), R.choice([16,19]))}&accType=01&bizType=000201&certId={digits(11)}&merId=777{digits(12)}&orderId={digits(14)}&txnAmt={R.randint(100,99999)}&txnTime=20261122{digits(6)}', 1
def p_chat(): return f'[{iso()[11:19]}] <agent{R.randint(1,9)}> customer says the card is {grouped(luhn("4",16), " ")} and zip {digits(5)}', 1
def p_two(): a, b = card(strong=False), card(strong=False); return head() + f'replace card {a} with card {b}', 2
def p_fullwidth(): return 'カード番号：' + ''.join(chr(0xFF10 + int(c)) for c in luhn('3540', 16)), 1
def p_csv_noheader(): return f'{R.randint(1,9999)};"{name()}";"{grouped(luhn(R.choice(["4","52"]),16)," ")}";{mm()}/{yy()};{amount()}', 1
def p_log_arrow(): return head() + R.choice(['Authorizing {p} for {a} EUR', 'tokenize({p}) -> tok_{h}', 'charge card={p} -> APPROVED', 'Luhn ok for {p}', 'card {p} not enrolled in 3DS', 'masking failed, raw pan {p}', 'blacklist hit: {p}']).format(p=luhn(R.choice(['4', '51', '55', '6011']), 16), a=amount(), h=hexs(16)), 1
def p_unicode_esc(): return '{"msg":"\\u5361\\u53f7 %s","lvl":20}' % card(strong=False), 1
def p_long(): return head() + ' '.join(f'{R.choice(["a","b","cfg","opt"])}{i}={hexs(8)}' for i in range(60)) + f' pan={card()} tail={hexs(64)}', 1

POSITIVE = [v for k, v in list(globals().items()) if k.startswith('p_')]

# ---- lines that only look like it
def lv(prefix, n): return luhn(prefix, n) if R.random() < .7 else digits(n)
def like(): return luhn(R.choice(['4', '51', '62', '37', '6011', '36', '3540', '2221', '5018']), R.choice([16, 16, 16, 15, 14, 19, 18]))
def n_order(): return head() + R.choice(['orderId={v}', 'order_no: {v}', '"order_id":"{v}"', 'Order {v} shipped', 'order number {v} confirmed', 'out_trade_no={v}', 'Bestellnummer {v}', 'commande n° {v}', 'pedido {v}', '订单号：{v}', '注文番号 {v}', 'po_number={v}']).format(v=like()), 0
def n_txn(): return head() + R.choice(['transactionId={v}', 'txn_id={v}', '"transaction_id":"{v}"', 'tid={v}', 'paymentId={v}', '"refund_id":{v}', 'pspReference={v}', 'queryId={v}', 'prepay_id={v}', 'rrn={v}', 'networkTransactionId={v}', 'arn={v}']).format(v=like()), 0
def n_trace(): return head() + R.choice(['traceId={v} spanId={w}', 'dd.trace_id={v} dd.span_id={w}', '"trace_id":{v},"span_id":{w}', 'x-b3-traceid: {v}', 'correlation-id={v}', 'request_id={v}', 'requestId: {v}', 'session={v}']).format(v=luhn('4', 19), w=luhn('62', 19)), 0
def n_snowflake(): return json.dumps({R.choice(['id', 'messageId', 'tweet_id', 'user_id', 'eventId', 'snowflake', 'userId', 'parent_id', 'channel_id']): R.choice([luhn('4', 19), luhn('6', 18), luhn('62', 19), int(luhn('5', 18)), luhn('1', 19)]), 'at': iso(), 'ok': True}), 0
def n_imei(): return head() + R.choice(['imei={v}', 'IMEI: {v}', '"imei":"{v}"', 'device {v} registered (imei)', 'IMEI {a}-{b}-{c}-{d}']).format(v=luhn(R.choice(['35', '86', '01', '34', '37']), 15), a=digits(2), b=digits(6), c=digits(6), d=digits(1)), 0
def n_iccid(): return head() + R.choice(['iccid={v}', 'ICCID: {v}', 'sim {v} activated', '"sim":"{v}"']).format(v=luhn('89', 19)), 0
def n_iban():
    b = R.choice(['DE', 'FR', 'NL', 'ES', 'NO', 'CH', 'SE', 'AT', 'PL'])
    d = digits(2) + luhn(R.choice(['37', '4', '51', '6011']), 16) + digits(4)
    s = b + d
    return head() + R.choice(['iban=', 'IBAN ', 'to account ', '"iban":"', '']) + (s if R.random() < .5 else ' '.join(s[i:i + 4] for i in range(0, len(s), 4))), 0
def n_tracking(): return head() + R.choice(['tracking={v}', 'UPS 1Z{h} {v}', 'FedEx tracking number {v}', 'parcel {v} delivered', 'Sendungsnummer {v}', 'USPS 9400 1000 0000 {g}', '运单号 {v}', 'waybill: {v}', '"trackingNumber":"{v}"', 'colis {v}']).format(v=luhn(R.choice(['6129', '4', '3', '62', '51']), R.choice([12, 14, 15, 16])), h=hexs(8).upper(), g='%s %s %s' % (digits(4), digits(4), digits(2))), 0
def n_epoch(): return R.choice([f'{{"timestamp":{epoch()}{digits(3)},"v":1}}', f'ts={epoch()}{digits(6)} ev=1', f'{epoch()}{digits(9)} metric 1', f'start=4{digits(12)} end={epoch()}{digits(3)}', f'time_ns={luhn("17",19)}', f'uptime_us={luhn("4",16)}', f'created_at={luhn("51",16)}', f'nonce={luhn("4",16)}', f'"expires":{luhn("4",13)}', f'duration_ns={luhn("4",16)}']), 0
def n_stamp(): return head() + R.choice(['file=report_{v}.csv', 'batch {v}', 'txnTime={v}', 'seq {v}00']).format(v=f'20{R.randint(20,27)}{mm()}{R.randint(1,28):02d}{R.randint(0,23):02d}{digits(4)}'), 0
def n_uuid():
    s = luhn(R.choice(['4', '51', '62']), 16) + digits(16)
    return head() + R.choice(['id=', 'uuid:', 'correlation ', '/orders/']) + '-'.join([s[:8], s[8:12], s[12:16], s[16:20], s[20:]]), 0
def n_uuid2(): 
    s = luhn('4', 16); t = digits(4)
    return head() + 'X-Request-Id: ' + hexs(8) + '-' + '-'.join([s[:4], s[4:8], s[8:12]]) + '-' + s[12:] + hexs(8), 0
def n_hash(): s = hexs(20) + 'a' + luhn('4', 16) + 'f' + hexs(10); return head() + R.choice(['sha1=', 'etag: "', 'commit ', 'md5 ', 'digest=sha256:']) + s[:R.choice([40, 48])], 0
def n_hashsep(): return 'ETag: W/"' + hexs(4) + '-' + luhn('4', 16) + '"', 0
def n_phone(): return head() + R.choice(['phone=+49 1512 {a} {b}', 'tel +44 7911 {a}{b}', 'callback +{v}', 'msisdn={v}', '"mobile":"{v}"', 'WhatsApp: +55 11 9{a} {b}', 'fax 00 49 {a} {b} {a}', 'Phone: {v}']).format(a=digits(4), b=digits(4), v=luhn(R.choice(['49', '44', '52', '55', '62']), R.choice([12, 13, 14]))), 0
def n_ean(): return head() + R.choice(['ean={v}', 'EAN-13 {v}', 'gtin={w}', 'barcode {v} scanned', '"gtin14":"{w}"', 'sku={v}', 'isbn 978-{a}', 'ISBN: 978{x}', 'upc {u}', 'GTIN {w}', 'article {v}', 'Artikelnummer {v}']).format(v=luhn('40', 13), w=luhn(R.choice(['36', '38', '30']), 14), a='3-16-1484' + digits(2) + '-0', x=digits(10), u=digits(12)), 0
def n_tax(): return head() + R.choice(['CNPJ 36.{a}.{b}/0001-{c}', 'cnpj={d}', 'GSTIN 27{e}1Z5', 'Steuernummer {f}', 'vat=DE{g}', 'tax_id={d}', 'SIREN/SIRET {h}', 'siret={h}', 'RFC GODE{i}']).format(a=digits(3), b=digits(3), c=digits(2), d=luhn('36', 14), e=digits(9), f=digits(13), g=digits(9), h=luhn(R.choice(['36', '38', '4']), 14), i=digits(6)), 0
def n_cnid(): return head() + R.choice(['身份证 {v}', 'id_card={v}', 'idCardNo: {v}', '"certNo":"{v}"', '"idNo":"{v}"', 'certificate_no={v}', 'identity {v}']).format(v=luhn('62' + digits(4) + '19%02d%s%02d' % (R.randint(60, 99), mm(), R.randint(1, 28)), 18)), 0
def n_gps(): return R.choice(['lat={a} lon={b}', '{{"lat":{a},"lng":{b}}}', 'POINT({b} {a})', 'geo:{a},{b}', '{a},{b},12.5']).format(a='%d.%s' % (R.randint(0, 80), luhn('4', R.choice([13, 14, 15, 16]))), b='-%d.%s' % (R.randint(0, 180), luhn('51', 16))), 0
def n_float(): return head() + R.choice(['score=0.{v}', 'ratio 1.{v}', 'p99={w}', 'rate={v}.{a}', 'loss: {w}e-05', 'width:{v}.5px']).format(v=luhn('4', 16), w='4.' + digits(15), a=digits(2)), 0
def n_price(): return head() + R.choice(['amount={v}', 'balance {v} IDR', 'total: {a} EUR', 'turnover 4,111,{b},{b},{b}', 'notional={v}.00', 'bytes={v}', 'size {v}', 'offset={v}', 'Content-Length: {v}', 'lag={v}']).format(v=luhn('4', 16), a='4.111.' + digits(3) + '.' + digits(3) + ',00', b=digits(3)), 0
def n_account(): return head() + R.choice(['bank_account={v} ifsc=HDFC0{d}', 'beneficiaryAccount={v}', 'Kontonummer {w}', '"accountNumber":"{v}","sortCode":"20-00-00"', '"bankAccount":"{v}","routingNumber":"021000021"', 'clabe={c}', 'BSB 062-000 acct {w}', 'compte bancaire {v}', 'ledger_account={v}', 'wallet={v}', 'BIC DEUTDEFF account {v}']).format(v=luhn(R.choice(['4', '50', '62', '51']), R.choice([12, 14, 16])), d=digits(6), w=digits(10), c=digits(18)), 0
def n_masked(): p = luhn('4', 16); return head() + R.choice(['card={a}', 'pan={b}', 'PAN {c}', 'card ending {d}', '"pan":"{e}"', 'card={f}', 'cardNumber={g}', 'pan: {h}', 'card {i}', 'last4={d} bin={j}', 'pan={k}', 'card_hash={s}', 'first6={j}&last4={d}']).format(a=p[:6] + '*' * 6 + p[-4:], b='XXXXXXXXXXXX' + p[-4:], c=p[:4] + ' ' + p[4:6] + 'XX XXXX ' + p[-4:], d=p[-4:], e=p[:6] + '......' + p[-4:], f='**** **** **** ' + p[-4:], g=p[:6] + '000000' + p[-4:] if False else p[:6] + 'xxxxxx' + p[-4:], h=p[:8] + '####' + p[-4:], i=p[:6] + '[...]' + p[-4:], j=p[:6], k='•••• •••• •••• ' + p[-4:], s=hashlib.sha256(p.encode()).hexdigest()), 0
def n_token(): return head() + R.choice(['token={v}', 'cardToken={v}', '"card_token":"{v}"', 'tok_{h}', 'multi-use token {v}', 'paymentToken: {v}', '"recurringDetailReference":"{v}"', 'vault_id={v}', 'alias={v}', 'surrogate={v}']).format(v=R.choice([unluhn('4', 16), unluhn('9', 16), luhn('8', 16)]), h=hexs(24)), 0
def n_bad(): return head() + R.choice(['pan={v}', 'cardNumber={v}', '"card":"{v}"', 'Invalid card number: {v}', 'card {v} failed luhn']).format(v=R.choice([unluhn('4', 16), unluhn('51', 16), unluhn('37', 15), luhn('0', 16), luhn('7', 16), luhn('4', 17), luhn('4', 14)])), 0
TESTS = ['4111111111111111', '4242424242424242', '5555555555554444', '378282246310005', '6011111111111117', '30569309025904', '3530111333300000', '4000056655665556', '5105105105105100', '4012888888881881']
def n_doc(): t = R.choice(TESTS); return R.choice(['Use the test card {v} with any expiry.', '# Test cards: {g}', '| Visa (test) | {v} | any CVC |', 'In sandbox mode pay with {g}', '// test card number {v}', 'testCard = "{v}"', 'Testkarte: {g}', 'numéro de carte de test {g}', '测试卡号 {v}', 'Example: card number {g} (test)', 'TEST_CARD_NUMBER={v}', 'it("declines the test card {v}")', 'テストカード番号 {v}', 'tarjeta de prueba {g}']).format(v=t, g=grouped(t, ' ')), 0
def n_loyalty(): return head() + R.choice(['loyalty_no={v}', 'membership {v}', 'gift_card={v}', 'giftcard {v} redeemed', 'voucher={v}', 'coupon {v}', 'bonusCard={v}', 'Payback {v}', 'library card {v}', 'frequent flyer {v}', 'member_id={v}', 'policy_number={v}', 'meter {v}', 'serial={v}', 'S/N {v}', 'invoice {v}', 'Rechnung {v}', 'facture {v}', 'factura {v}', 'ticket {v}', 'case {v}', 'booking {v}', '发票号 {v}', 'eTicket {v}']).format(v=like()), 0
def n_metrics(): return R.choice(['http_requests_total{{code="200"}} {v}', 'node_memory_MemTotal_bytes {v}', 'jvm_gc_ns_sum {v} {t}', 'rx_bytes:{v} tx_bytes:{w}', 'counter {v}', 'kafka_offset{{topic="pay",partition="3"}} {v}', 'go_memstats_alloc_bytes_total {v}', 'process_start_time_ns {v}', 'cpu  {v} {w} 0 0']).format(v=luhn('4', 16), w=luhn('51', 16), t=epoch()), 0
def n_groups(): return head() + R.choice(['{a} {b} {c} {d} {e} {f}', 'matrix: {a} {b} {c} {d} {e}', 'ports {a} {b} {c} {d} {e} {f} {a}', 'pids: {a}, {b}, {c}, {d}', '{a}-{b}-{c}-{d}-{e}', 'years 1994 1995 1996 1997', 'license {a}-{b}-{c}-{d}-{e}', 'serial key {h}-{b}-{c}-{d}']).format(a=luhn('4', 16)[:4], b=digits(4), c=digits(4), d=digits(4), e=digits(4), f=digits(4), h='4' + hexs(2).upper() + 'X'), 0
def n_cookie(): return f'{ip()} - - [22/Nov/2026:10:11:12 +0000] "GET /?_ga=GA1.2.{digits(10)}.{epoch()}&_fbp=fb.1.{epoch()}{digits(3)}.{digits(10)}&fbclid=IwAR{luhn("4",16)}x HTTP/1.1" 200 {R.randint(9,9999)} "https://x.example/p/{luhn("4",16)}.html" "Mozilla/5.0"', 0
def n_ids(): return head() + R.choice(['merchant_id={m}', 'mid={m}', 'terminal={t}', 'merId=777{x}', 'stan={s} rrn={t}', 'acquirer={s} merchant={m}', 'userId={u}', 'customer {u}', 'cust_no={u}', 'Kundennummer {u}', 'client_id={u}', 'device_id={u}', 'msg_id={u}', 'seqno={u}', 'batch={u}', 'job {u} done', 'ref {u}', 'reference={u}', 'Verwendungszweck {u}', 'endToEndId={u}', 'object {u}', 'bucket/{u}/x.gz', 'pk={u}', 'rowid={u}', 'key={u}']).format(m=luhn('37', 15), t=luhn('5018', 12), x=digits(12), s=digits(6), u=like()), 0
def n_binrange(): b = R.choice(['41111', '55321', '62284']); return f'{{"bin":"{b}1","low":{b}10000000000,"high":{b}19999999999,"brand":"x"}}', 0
def n_noise(): return R.choice([head() + 'payment accepted in %d ms' % R.randint(5, 900), f'{ip()} - - [22/Nov/2026:10:11:12 +0000] "POST /checkout HTTP/2.0" 200 {R.randint(1,9999)} "-" "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"', head() + 'connection pool size %d' % R.randint(1, 99), '\tat com.shop.pay.Gateway.send(Gateway.java:%d)' % R.randint(1, 999), head() + 'heartbeat ok', f'<row id="{R.randint(1,99999)}"><status>OK</status></row>', '', f'{head()}sha256 {hexs(64)}', f'eyJhbGciOiJIUzI1NiJ9.{base64.urlsafe_b64encode(json.dumps({"sub":digits(12),"iat":epoch(),"jti":uid()}).encode()).decode().rstrip("=")}.{hexs(43)}', base64.b64encode(R.randbytes(60)).decode(), head() + f'emv=9F2608{hexs(16).upper()}9F2701809F3704{hexs(8).upper()}9F360200A1', 'ISO msg: 0810' + '8220000002000000' + digits(10) + digits(6) + '00' + '301', head() + 'hex ' + hexs(120)]), 0
NEGATIVE = [v for k, v in list(globals().items()) if k.startswith('n_')]

def csv_section(positive, rows):
    sep = R.choice([',', ';', '\t', '|'])
    if positive:
        h = R.choice(['card_number', 'PAN', 'Kartennummer', 'CardNo', '卡号', 'numéro de carte', 'número de tarjeta', 'Credit Card', 'cc'])
        cols = ['id', 'date', h, 'amount', 'status']; R.shuffle(cols)
    else:
        h = R.choice(['order_no', 'tracking_number', 'session', 'Auftragsnummer', 'reference', 'device', '订单号', 'barcode', 'transaction', 'invoice', 'numéro de commande'])
        cols = ['id', 'date', h, 'amount', 'status']; R.shuffle(cols)
    yield sep.join(cols), 0
    quote = R.random() < .3
    for i in range(rows):
        v = card() if positive else like() if R.random() < .15 else R.choice(['4', '51', '62', '37']) + digits(R.choice([13, 14, 15]))
        row = {'id': str(1000 + i), 'date': iso()[:10], h: v, 'amount': amount(), 'status': R.choice(['OK', 'DECLINED', '00', '51'])}
        yield sep.join('"%s"' % row[c] if quote else row[c] for c in cols), 1 if positive else 0

lines, truth = 0, []
with open(out, 'w', encoding='utf-8', newline='\n') as f:
    def put(line, count, kind):
        global lines
        assert '\n' not in line
        lines += 1
        f.write(line + '\n')
        if count: truth.append({'line': lines, 'count': count, 'kind': kind})
    while lines < want:
        r = R.random()
        if r < .3:  # a stretch of one shape, as one program writes
            fn = R.choice(POSITIVE) if R.random() < .25 else R.choice(NEGATIVE)
            for _ in range(R.randint(10, 40)):
                line, count = fn(); put(line, count, fn.__name__)
        else:
            for _ in range(40):
                fn = R.choice(POSITIVE) if R.random() < .25 else R.choice(NEGATIVE)
                line, count = fn(); put(line, count, fn.__name__)
with open(truth_path, 'w') as f:
    for t in truth: f.write(json.dumps(t) + '\n')
print(lines, 'lines', sum(t['count'] for t in truth), 'numbers')

csvdir = out + '.csv'
os.makedirs(csvdir, exist_ok=True)
for n in range(40):
    with open(f'{csvdir}/{n}.csv', 'w') as f, open(f'{csvdir}/{n}.truth', 'w') as t:
        for i, (line, count) in enumerate(csv_section(n % 2 == 0, R.randint(40, 200))):
            f.write(line + '\n')
            if count: t.write(json.dumps({'line': i + 1}) + '\n')
