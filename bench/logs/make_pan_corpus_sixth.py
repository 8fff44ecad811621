"""A sixth labelled corpus for the card-number detector, sharing no code with it or the other generators.

python3 bench/logs/make_pan_corpus_sixth.py OUT_FOLDER [SEED] [RECORDS]

Written as systems write: each record is what one program leaves of one event, several lines long where that program's is, with the
numbers that stand beside a card there (orders, references, devices, times, accounts). Besides `mixed.log` there is one file for each
system whose whole file has a layout: a statement export, a dump of a database, a batch of fixed columns, an inventory without cards.
Each FILE has FILE.truth.jsonl. Numbers are random within issuer ranges or published test numbers.
"""
import base64, json, os, random, sys, urllib.parse, uuid

if len(sys.argv) < 2:
    sys.exit(__doc__)
folder = sys.argv[1]
R = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 6)
RECORDS = int(sys.argv[3]) if len(sys.argv) > 3 else 12000
os.makedirs(folder, exist_ok=True)


# Numbers ------------------------------------------------------------------------------------------------------------
def num(n, first='123456789'):
    return R.choice(first) + ''.join(R.choice('0123456789') for _ in range(n - 1))


def check(body):
    s = 0
    for k, ch in enumerate(body[::-1]):
        v = int(ch) * (2 if k % 2 == 0 else 1)
        s += v - 9 if v > 9 else v
    return str(-s % 10)


def with_check(prefix, n):
    b = prefix + ''.join(R.choice('0123456789') for _ in range(n - len(prefix) - 1))
    return b + check(b)


def spoilt(prefix, n):
    good = with_check(prefix, n)
    at = R.randrange(len(prefix), n)
    return good[:at] + str((int(good[at]) + R.choice([1, 2, 3, 6, 7])) % 10) + good[at + 1:] if good else good


def spoilt_sure(prefix, n):
    while True:
        s = spoilt(prefix, n)
        if check(s[:-1]) != s[-1]:
            return s


PUBLISHED = ['4111111111111111', '4012888888881881', '4242424242424242', '5555555555554444', '5105105105105100', '378282246310005',
             '371449635398431', '6011111111111117', '6011000990139424', '30569309025904', '38520000023237', '3530111333300000',
             '3566002020360505', '6200000000000005', '2223003122003222', '5200828282828210', '4000056655665556']
SCHEMES = [
    (34, ['4'], 16), (1, ['4'], 19), (18, ['51', '52', '53', '54', '55'], 16), (7, ['2221', '2305', '2489', '2601', '2720'], 16),
    (7, ['34', '37'], 15), (9, ['622202', '621661', '625965', '622575', '628288'], 16), (9, ['621700', '622848', '621226', '623052'], 19),
    (5, ['3528', '3533', '3569', '3589'], 16), (5, ['6011', '645', '65'], 16), (3, ['300', '305', '36', '38', '39'], 14),
    (3, ['5018', '5020', '6304', '6759', '6761'], 16), (1, ['5018', '6304', '6763'], 18), (1, ['5020', '6759'], 19),
    (1, ['5018', '6304', '6759'], 13), (2, ['5018', '5020', '6304', '6761'], 12), (3, ['6521', '6522', '608001', '508512', '817201'], 16),
    (3, ['2200', '2201', '2204'], 16), (3, ['401178', '431274', '506699', '509001', '636297', '650031'], 16), (2, ['979200', '979240'], 16),
    (2, ['506105', '506150', '650010'], 16), (1, ['506105'], 19)]


def pan(groups=False, short=True):
    if R.random() < .07:
        p = R.choice(PUBLISHED)
        return p
    while True:
        _, prefixes, n = R.choices(SCHEMES, [s[0] for s in SCHEMES])[0]
        if n < 14 and not short:
            continue
        if groups and n not in (14, 15, 16, 19):
            continue
        return with_check(R.choice(prefixes), n)


def lookalike(n=16):
    """An identifier that begins like a card; every second has a right check digit."""
    prefix = R.choice(['4', '51', '53', '2221', '62', '35', '37', '6011', '6759', '2200'])
    return with_check(prefix, n) if R.random() < .5 else prefix + num(n - len(prefix), '0123456789')


def parts(p, sep):
    cut = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4), 19: R.choice([(4, 4, 4, 4, 3), (6, 13)])}[len(p)]
    out, at = [], 0
    for c in cut:
        out.append(p[at:at + c])
        at += c
    return sep.join(out)


def masked(p):
    return R.choice([p[:6] + '*' * (len(p) - 10) + p[-4:], '*' * (len(p) - 4) + p[-4:], p[:6] + 'XXXXXX' + p[-4:], '**** **** **** ' + p[-4:],
                     p[:4] + ' ' + p[4:6] + '** **** ' + p[-4:], p[:6] + '…' + p[-4:], p[:8] + '####' + p[-4:], 'xxxx-xxxx-xxxx-' + p[-4:]])


def hexa(n): return ''.join(R.choice('0123456789abcdef') for _ in range(n))
def uid(): return str(uuid.UUID(int=R.getrandbits(128), version=4))


EPOCH = 1789000000 + R.randrange(400000)
moment = [EPOCH]


def tick():
    moment[0] += R.choice([0, 0, 1, 1, 2, 5])
    return moment[0]


def stamp(kind='iso'):
    import datetime
    t = datetime.datetime.fromtimestamp(tick(), datetime.timezone.utc)
    ms = R.randrange(1000)
    if kind == 'iso': return t.strftime('%Y-%m-%dT%H:%M:%S.') + f'{ms:03d}Z'
    if kind == 'plain': return t.strftime('%Y-%m-%d %H:%M:%S,') + f'{ms:03d}'
    if kind == 'clf': return t.strftime('%d/%b/%Y:%H:%M:%S +0000')
    if kind == 'sys': return t.strftime('%b %e %H:%M:%S')
    if kind == 'digits': return t.strftime('%Y%m%d%H%M%S') + f'{ms:03d}'
    if kind == 'iso8': return t.strftime('%m%d%H%M%S')
    return t.strftime('%Y-%m-%d')


def ip(): return f'{R.randrange(1, 223)}.{R.randrange(256)}.{R.randrange(256)}.{R.randrange(1, 255)}'
def ns(): return str(moment[0]) + num(9, '0123456789')
def us(): return str(moment[0]) + num(6, '0123456789')
def ms(): return str(moment[0]) + num(3, '0123456789')
def expiry(): return f'{R.randrange(1, 13):02d}', f'{R.randrange(27, 33)}'
def amount(): return f'{R.randrange(1, 900)}.{R.randrange(100):02d}'
def order(): return R.choice([lookalike(16), stamp('digits') + num(6), 'SO' + num(14), num(18), lookalike(19), '20260912' + num(8), num(16)])
def imei(): return with_check(R.choice(['35', '86', '01', '99']) + num(6), 15)
def phone(): return R.choice(['+86 138' + num(8), '138' + num(8), '+49 151 ' + num(8), '+44 7' + num(9), '0049' + num(11), '(555) 555-' + num(4)])


def iban():
    country, n = R.choice([('DE', 18), ('NL', 10), ('FR', 23), ('ES', 20), ('GB', 14)])
    body = ('ABNA' if country in ('NL', 'GB') else '') + num(n)
    rest = ''.join(str(int(c, 36)) for c in body + country + '00')
    return f'{country}{98 - int(rest) % 97:02d}{body}'


def ean13():
    b = R.choice(['40', '978', '690', '501', '37', '54']) + num(9)
    b = b[:12]
    s = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(b))
    return b + str(-s % 10)


def resident():
    body = R.choice(['110101', '310115', '440305', '510107']) + f'{R.randrange(1960, 2005)}{R.randrange(1, 13):02d}{R.randrange(1, 29):02d}' + num(3)
    s = sum(int(c) * w for c, w in zip(body, (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)))
    return body + '10X98765432'[s % 11]


NAMES = ['Erika Muster', 'John Q Public', 'LI WEI', '王小明', 'José Álvarez', 'Zoë Brontë', 'O. Nwosu']


# Systems: each gives lines of (text, how many card numbers, kind) ---------------------------------------------------------------
def spring_stack():
    p = pan()
    head = f'{stamp("plain")} ERROR [http-nio-8080-exec-{R.randrange(1, 200)}] c.s.p.card.AuthorizeService [trace={hexa(32)},span={hexa(16)}] - '
    cause = R.choice([f'Declined by issuer for card number {p}', f'cardNumber={p}, expiry={"/".join(expiry())}', f'PAN {parts(p, " ")} rejected' if len(p) in (14, 15, 16, 19) else f'PAN {p} rejected'])
    out = [(f'{head}Authorization failed for order {order()}', 0, ''),
           (f'com.shop.pay.CardDeclinedException: {cause}', 1, 'stack-message')]
    for _ in range(R.randrange(2, 7)):
        out.append((f'\tat com.shop.pay.{R.choice(["Gateway", "Router", "Vault"])}.{R.choice(["call", "send", "map"])}({R.choice(["Gateway", "Router"])}.java:{R.randrange(20, 900)}) ~[pay-{R.randrange(1, 9)}.{R.randrange(30)}.jar!/:{stamp("digits")}]', 0, ''))
    if R.random() < .3:
        q = pan(short=False)
        out.append((f'Caused by: java.lang.IllegalArgumentException: Invalid token: Card{{number=\'{q}\', holder=\'{R.choice(NAMES)}\', hash={R.randrange(10 ** 9)}}}', 1, 'stack-cause'))
    return out


def python_trace():
    p = pan()
    return [(f'[{stamp("plain")}] ERROR in checkout: Exception on /api/v2/pay [POST]', 0, ''), ('Traceback (most recent call last):', 0, ''),
            (f'  File "/srv/app/pay/service.py", line {R.randrange(10, 999)}, in charge', 0, ''),
            (f"    client.charges.create(amount={R.randrange(100, 99999)}, source={{'object': 'card', 'number': '{p}', 'exp_month': {R.randrange(1, 13)}, 'exp_year': 2029, 'cvc': '***'}})", 1, 'python-dict'),
            (f'stripe.error.CardError: Request req_{hexa(14)}: Your card was declined. (charge ch_{num(16)})', 0, '')]


def json_event():
    p, m = pan(), expiry()
    body = {'ts': stamp(), 'level': R.choice(['info', 'warn']), 'traceId': hexa(32), 'orderId': order(), 'durationNs': int(num(R.choice([7, 9, 15, 16]))), 'deviceId': imei(),
            'user': {'id': int(lookalike(16)), 'phone': phone(), 'iban': iban()}, 'requestTimeUs': int(us()), 'sku': ean13()}
    has = R.random() < .4
    if has:
        name = R.choice(['pan', 'cardNumber', 'card_no', 'number', 'accountNumber', 'acctNum', 'primaryAccountNumber', 'cardNo', 'fpan', 'CardNum'])
        body['payment'] = {'method': 'card', name: R.choice([p, p, int(p)]), 'expMonth': m[0], 'expYear': '20' + m[1], 'brand': 'x'}
    else:
        body['payment'] = {'method': 'card', 'cardNumber': masked(p), 'token': lookalike(16) if R.random() < .2 else 'tok_' + num(16), 'networkTransactionId': num(15)}
        if body['payment']['token'].isdigit():
            del body['payment']['token']
    return [(json.dumps(body, ensure_ascii=R.random() < .5, separators=R.choice([(',', ':'), (', ', ': ')])), int(has), 'json')]


def json_in_string():
    p = pan()
    inner = json.dumps({'card': {'number': p if R.random() < .7 or len(p) not in (14, 15, 16, 19) else parts(p, ' '), 'expiry': '/'.join(expiry())}, 'amount': R.randrange(99999)})
    if R.random() < .4:
        inner = json.dumps({'body': inner})
    return [(json.dumps({'time': ms(), 'msg': 'outgoing request', 'reqId': uid(), 'body': inner}), 1, 'json-in-json')]


def slash_json():
    p = pan(groups=True, short=False)
    return [('{"time":"' + stamp().replace('/', '\\/') + '","url":"https:\\/\\/pay.example\\/v1\\/cards","card":"' + parts(p, R.choice(['\\u0020', '\\u002d', '\\u00a0', '\\u2011'])) + '"}', 1, 'json-escapes')]


def xml_event():
    p, m = pan(), expiry()
    tag = R.choice(['PAN', 'CardNumber', 'ns2:cardNumber', 'AccountNumber', 'acct:PrimaryAcctNum', 'CcNumber', 'kartennummer'])
    kind = R.randrange(4)
    if kind == 0:
        return [(f'<?xml version="1.0"?><Payment id="{order()}" at="{stamp()}"><{tag}>{p}</{tag}><Exp>{m[0]}{m[1]}</Exp><Amt cur="EUR">{amount()}</Amt><Ref>{lookalike(16)}</Ref></Payment>', 1, 'xml')]
    if kind == 1:
        return [(f'<Order number="{lookalike(16)}" created="{stamp()}">', 0, ''), (f'  <Card {R.choice(["number", "pan", "cardNo"])}="{p}" expMonth="{m[0]}" expYear="20{m[1]}"/>', 1, 'xml-attribute'),
                (f'  <Shipping tracking="1Z{hexa(16).upper()}" ean="{ean13()}" gtin14="{num(14)}"/>', 0, ''), ('</Order>', 0, '')]
    if kind == 2:
        return [('&lt;soap:Body&gt;&lt;auth&gt;&lt;pan&gt;' + p + '&lt;/pan&gt;&lt;stan&gt;' + num(6) + '&lt;/stan&gt;&lt;/auth&gt;', 1, 'xml-escaped')]
    return [(f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:caaa.001"><Tx><TxRef>{lookalike(16)}</TxRef><CrdData><PlainCrdData><{"PAN"}>{p}</PAN><XpryDt>20{m[1]}-{m[0]}</XpryDt></PlainCrdData></CrdData></Tx></Document>', 1, 'iso20022')]


def access_line():
    has = R.random() < .3
    p = pan(short=False)
    if has:
        target = R.choice([f'/pay?order={order()}&card={p}&exp={"".join(expiry())}', f'/cards/{p}/balance', f'/cb?d={urllib.parse.quote(json.dumps({"cardNo": p, "n": 1}))}',
                           f'/check?cc_number={parts(p, R.choice(["+", "%20", "-"])) if len(p) in (14, 15, 16, 19) else p}', f'/q?acct={p}&amt={amount()}'])
    else:
        target = R.choice([f'/orders/{lookalike(16)}', f'/img/{num(16)}_{num(4)}.jpg', f'/track?no={num(12)}&ts={ms()}', f'/p/{ean13()}?utm_id={lookalike(16)}', f'/api/v1/users/{lookalike(16)}/feed',
                           f'/s?gclid=Cj0{hexa(30)}&_ga=2.{num(9)}.{num(10)}.{num(10)}', f'/device/{imei()}', f'/v2/trace/{hexa(32)}?parent={num(19)}', f'/f?fbclid=IwAR{hexa(40)}&id={lookalike(15)}'])
    return [(f'{ip()} - - [{stamp("clf")}] "{R.choice(["GET", "POST"])} {target} HTTP/1.1" {R.choice([200, 200, 302, 404, 502])} {R.randrange(99999)} "-" "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36" rt=0.{num(3)} ust={us()[:10]}.{num(3)}', int(has), 'access')]


def form_body():
    p, m = pan(), expiry()
    text = urllib.parse.urlencode({'merchant': num(15), 'ordernumber': order(), R.choice(['ccno', 'cardnumber', 'card[number]', 'PAN', 'x_card_num', 'KARTE']): p if R.random() < .6 or len(p) not in (14, 15, 16, 19) else parts(p, R.choice([' ', '-'])), 'expdate': m[0] + m[1], 'amount': amount(), 'time': ms()})
    if R.random() < .25:
        text = urllib.parse.quote(text)
    return [(f'{stamp("plain")} DEBUG o.a.http.wire >> "{text}[\\r][\\n]"', 1, 'form')]


def base64_body():
    p = pan(short=False)
    raw = R.choice([json.dumps({'card': p, 'exp': '/'.join(expiry()), 'o': order()}), f'<pan>{p}</pan><exp>1228</exp>', f'cardNumber={p}&cvv='])
    return [(f'{stamp("plain")} TRACE wire body64={base64.b64encode(raw.encode()).decode()} len={len(raw)}', 1, 'base64')]


def base64_other():
    raw = bytes(R.getrandbits(8) for _ in range(R.randrange(16, 90)))
    text = json.dumps({'order': lookalike(16), 'at': ms()}).encode() if R.random() < .3 else raw
    return [(f'{stamp("plain")} TRACE token={base64.b64encode(text).decode()} kid={hexa(40)}', 0, '')]


def hex_dump():
    p = pan(short=False)
    raw = f'{R.choice(["pan=", "card:", "cardNumber=", "acct_no="])}{p};amt={R.randrange(99999)}'.encode()
    if R.random() < .5:
        return [(f'{stamp("plain")} DEBUG HSM request [{raw.hex()}]', 1, 'hex')]
    out, at = [], 0
    data = f'POST /auth\r\n\r\npan='.encode()[:16].ljust(16, b' ') + raw
    return [(f'{stamp("plain")} DEBUG bytes {" ".join(f"{b:02x}" for b in raw)}', 1, 'hex-bytes')]


def iso_raw():
    p = pan(short=False)
    fields = {2: f'{len(p):02d}{p}', 3: '000000', 4: f'{R.randrange(10 ** 6):012d}', 7: stamp('iso8'), 11: num(6), 12: num(6)[:6], 13: '0912', 14: ''.join(reversed(expiry())), 22: '051', 25: '00', 37: num(12), 41: num(8), 42: num(15), 49: '978'}
    bits = 0
    for f in fields:
        bits |= 1 << (64 - f)
    return [(f'{stamp("plain")} {R.choice(["SEND", "RECV", "<<", ">>"])} [{R.choice(["0100", "0200", "0400"])}{bits:016X}{"".join(fields.values())}]', 1, 'iso-raw')]


def iso_parsed():
    p, m = pan(), expiry()
    style = R.randrange(4)
    line = {0: lambda: f'<field id="2" value="{p}"/>', 1: lambda: f'    F002 : [{p}]', 2: lambda: f'  Field   2  LLVAR  ({len(p)})  {p}', 3: lambda: f'DE2={p} DE3=003000 DE4={R.randrange(10 ** 6):012d} DE11={num(6)} DE37={num(12)} DE41=T{num(7)} DE42={num(15)}'}[style]()
    others = [(f'<field id="37" value="{num(12)}"/>', 0, ''), (f'<field id="42" value="{num(15)}"/>', 0, ''), (f'<field id="11" value="{num(6)}"/>', 0, '')] if style == 0 else \
        [(f'    F037 : [{num(12)}]', 0, ''), (f'    F042 : [{num(15)}]', 0, ''), (f'    F032 : [{num(8)}]', 0, ''), (f'    F102 : [{num(16, "013789")}]', 0, '')] if style == 1 else []
    return [(f'{stamp("plain")} INFO  Q2 channel/bank-mux <isomsg mti 0200 session {uid()}>', 0, ''), (line, 1, f'iso-parsed-{style}')] + others


def tracks():
    p = pan(groups=True, short=False)
    m = expiry()
    if R.random() < .5:
        return [(f'{stamp("plain")} DEBUG pinpad swipe %B{p}^{R.choice(["MUSTER/ERIKA", "PUBLIC/JOHN Q", "LI/WEI", " /"])}^{m[1]}{m[0]}{R.choice(["101", "201", "220"])}{num(13)}?', 1, 'track1')]
    return [(f'{stamp("plain")} DEBUG pinpad swipe ;{p}={m[1]}{m[0]}{R.choice(["101", "201"])}{num(9)}? rc=00', 1, 'track2') if R.random() < .6 else
            (f'{stamp("plain")} DEBUG emv 57{(len(p) + 20) // 2:02X}{p}D{m[1]}{m[0]}201{num(11)}{"F" if (len(p) + 19) % 2 else ""} 5F34 0101', 1, 'track2-emv')]


def chinese():
    p, q = pan(), pan(short=False)
    return [R.choice([
        (f'{stamp("plain")} 信息 支付网关 用户{R.choice(["王小明", "李雷"])} 卡号：{p}，有效期{"/".join(expiry())}，金额{amount()}元，订单号{order()}', 1, 'chinese'),
        (f'{stamp("plain")} 错误 快捷支付绑卡失败 银行卡号={q} 手机号={phone()} 证件号={resident()} 原因=卡状态异常', 1, 'chinese'),
        (f'{stamp("plain")} 信息 订单号：{order()}，流水号：{lookalike(16)}，商户号：{num(15)}，终端号：{num(8)}', 0, ''),
        (f'{stamp("plain")} 信息 实名认证 身份证号{resident()} 手机{phone()} 结果通过', 0, ''),
        (f'{stamp("plain")} 警告 卡号{masked(q)} 余额不足，交易流水{lookalike(19)}', 0, ''),
        (f'{stamp("plain")} 信息 快递单号 {num(15)} 已揽收，运单号{lookalike(16)}，发票号码{num(8)}，发票代码{num(12)}', 0, ''),
        (f'{stamp("plain")} 信息 借记卡 {"".join(chr(0xFF10 + int(c)) for c in q)} 扣款成功', 1, 'full-width')])]


def mail_html():
    p = pan(groups=True, short=False)
    sep = R.choice([' ', '-', '&nbsp;', '\u00a0', '\u2009', '\u2011', '.'])
    return [(f'<tr><td style="width:{num(3)}px">Order</td><td>#{order()}</td></tr>', 0, ''), (f'<tr><td>{R.choice(["Credit card", "Card no.", "Kreditkarte", "N° de carte", "Número de tarjeta", "Карта"])}:</td><td><b>{parts(p, sep)}</b> ({"/".join(expiry())})</td></tr>', 1, f'html-{"nbsp" if sep == "&nbsp;" else hex(ord(sep))}'),
            (f'<tr><td>IBAN</td><td>{iban()}</td></tr><tr><td>Tel</td><td>{phone()}</td></tr>', 0, ''), (f'<img src="https://t.example/o.gif?u={hexa(24)}&m={num(16)}">', 0, '')]


def chat():
    p = pan(groups=True, short=False)
    return [R.choice([
        (f'[{stamp("plain")}] <customer-{num(5)}> hi my card {parts(p, " ")} exp {"/".join(expiry())} was charged twice', 1, 'chat'),
        (f'[{stamp("plain")}] <agent> please never send the number. ending {p[-4:]} right?', 0, ''),
        (f'[{stamp("plain")}] <customer-{num(5)}> order {lookalike(16)} tracking {num(20)} where is it', 0, ''),
        (f'[{stamp("plain")}] <customer-{num(5)}> mi tarjeta es {p} y no funciona', 1, 'chat'),
        (f'[{stamp("plain")}] <customer-{num(5)}> meine Karte ist die {parts(p, "-")}, gültig bis {"/".join(expiry())}', 1, 'chat')])]


def receipt():
    p = pan(groups=True, short=False)
    clear = R.random() < .35
    return [('   *** KUNDENBELEG ***   ', 0, ''), (f'TERMINAL-ID {num(8)}  TA-NR {num(6)}  BELEG {num(4)}', 0, ''), (f'VU-NR {num(15)}', 0, ''),
            (f'{R.choice(["Karte", "CARD", "PAN", "Kreditkarte"])}: {parts(p, R.choice([" ", ""])) if clear else masked(p)}', int(clear), 'receipt'),
            (f'AID A000000003{num(4)} TVR 0000008000 TSI E800 EMV-DATEN {num(24)}', 0, ''), (f'AUTH {num(6)}  RRN {num(12)}  ARN {num(23, "27")}', 0, ''), (f'EUR {amount()}', 0, '')]


def order_with_card():
    p = pan(groups=True, short=False)
    return [R.choice([
        (f'{stamp("plain")} INFO merchant={num(15)} orderNo={p}-{stamp("digits")[:8]}-{num(3)} card={masked(p)}', 0, ''),
        (f'{stamp("plain")} INFO retry card {p} for order {p[:6]}{num(10)}', 1, 'beside-order')] if False else [
        (f'{stamp("plain")} INFO card {p} for order {order()} ref {lookalike(16)}', 1, 'beside-order'),
        (f'{stamp("plain")} INFO order {order()} paid with card no {p}, shipment {num(18)}', 1, 'beside-order'),
        (f'{stamp("plain")} INFO acct={p} order={lookalike(16)} rrn={num(12)} stan={num(6)} ts={us()}', 1, 'beside-order')])]


def look_alikes():
    line = R.choice([
        lambda: f'INFO  shipped DHL {num(20)} UPS 1Z{hexa(16).upper()} FedEx {with_check("6129", 12)} USPS 9400{num(18)} DPD {num(14)}',
        lambda: f'DEBUG snowflake={lookalike(19)} shard={num(3)} worker={num(5)}',
        lambda: f'INFO  imei={imei()} imsi={R.choice(["460", "262", "310"])}{num(12)} iccid=89{num(17)} serial={lookalike(16)}',
        lambda: f'DEBUG gc heap {num(13)} -> {num(12)} bytes in {num(16)} ns, total {lookalike(16)}',
        lambda: f'INFO  invoice {lookalike(16)} due 2026-10-12 vat DE{num(9)} contract {lookalike(14)}',
        lambda: f'INFO  isbn {ean13()} ean {ean13()} gtin 0{ean13()} asin B0{hexa(8).upper()}',
        lambda: f'DEBUG span={num(19)} parent={lookalike(19)} start={ns()} end={ns()}',
        lambda: f'INFO  sepa mandate {num(16)} iban {iban()} bic COBADEFFXXX e2e {lookalike(18)}',
        lambda: f'WARN  checksum {num(20)} expected {num(20)} offset {lookalike(16)} segment {num(20)}.log',
        lambda: f'INFO  user_id={lookalike(16)} session={hexa(32)} fb={with_check("1000", 15)} twitter={num(19)} discord={num(18)}',
        lambda: f'DEBUG kafka partition=3 offset={num(12)} ts={ms()} key={uid()} crc={num(10)}',
        lambda: f'INFO  lat=48.{num(14)} lon=11.{num(15)} acc=0.{lookalike(16)} alt={num(3)}.{num(16)}',
        lambda: f'ERROR ORA-{num(5)} sql_id={hexa(13)} scn={num(14)} rowid {lookalike(16)}',
        lambda: f'INFO  gift card {with_check("6006", 19)} loyalty {with_check("9", 16)} voucher {num(16)}' if False else f'INFO  voucher {lookalike(16)} coupon {num(12)} ticket {lookalike(14)}',
        lambda: f'INFO  pid={num(5)} tid={num(15)} addr=0x{num(16, "0123456789")} ptr=0x{hexa(12)} inode={lookalike(16)}',
        lambda: f'INFO  merchant_id={lookalike(15)} terminal={num(8)} batch={num(6)} settlement_id={lookalike(16)}',
        lambda: f'INFO  request_id={lookalike(16)} took={num(2)}ms version=4.{num(4)}.{num(4)}.{num(4)} build={num(14)}',
        lambda: f'DEBUG phone numbers: {phone()}, {phone()}; fax +1-{num(3)}-{num(3)}-{num(4)}',
        lambda: f'INFO  amounts {num(4)} {num(4)} {num(4)} {num(4)} {num(4)} {num(4)} total {num(6)}',
        lambda: f'INFO  card declined: number has wrong check digit {spoilt_sure("4", 16)}',
        lambda: f'INFO  bitcoin tx {hexa(64)} block {num(6)} satoshi {num(14)}',
        lambda: f'INFO  payment_intent=pi_{num(16)} charge=ch_{lookalike(16)} transfer=tr_{lookalike(16)} pspReference={lookalike(16)}',
        lambda: f'INFO  alipay trade_no=20260912{num(20)} out_trade_no={lookalike(16)} wx transaction_id=420000{num(22)}',
        lambda: f'INFO  paypal txn {hexa(17).upper()} ebay item {num(12)} listing {with_check("4", 12)}'])
    return [(f'{stamp("plain")} {line()}', 0, '')]


def syslog_line():
    has = R.random() < .3
    p = pan(short=False)
    text = R.choice([f'card={p} result=declined', f'PAN: {p}', f'cc {parts(p, "-")} added' if len(p) in (14, 15, 16, 19) else f'cc {p} added']) if has else R.choice([f'session {lookalike(16)} closed', f'disk WD-{num(16)} ok', f'usb serial {lookalike(16)}', f'audit({us()[:10]}.{num(3)}:{num(6)})'])
    return [(f'{stamp("sys")} pos-{num(3)} posd[{num(4)}]: {text}', int(has), 'syslog')]


def redis_line():
    p = pan(short=False)
    return [R.choice([(f'{moment[0]}.{num(6)} [0 {ip()}:{num(5)}] "HSET" "card:{uid()}" "number" "{p}" "exp" "{"/".join(expiry())}"', 1, 'redis'),
                      (f'{moment[0]}.{num(6)} [0 {ip()}:{num(5)}] "SET" "order:{lookalike(16)}" "{num(10)}" "EX" "86400"', 0, ''),
                      (f'{moment[0]}.{num(6)} [0 {ip()}:{num(5)}] "INCR" "rate:{ip()}:{ms()}"', 0, '')])]


def protobuf_text():
    p = pan()
    return [('payment {', 0, ''), (f'  card_number: "{p}"', 1, 'protobuf'), (f'  order_id: {lookalike(16)}', 0, ''), (f'  created_at_micros: {us()}', 0, ''), ('}', 0, '')]


def yaml_block():
    p = pan()
    return [(f'- order: {lookalike(16)}', 0, ''), (f'  {R.choice(["card_number", "pan", "creditCard", "cc-number"])}: {R.choice([p, repr(p)])}', 1, 'yaml'), (f'  ean: {ean13()}', 0, ''), (f'  device: {imei()}', 0, '')]


def several():
    a, b = pan(short=False), pan(short=False)
    return [R.choice([(f'{stamp("plain")} WARN cards linked to one device: {a}, {b}', 2, 'several'), (f'{stamp("plain")} INFO card replaced old={a} new={b}', 2, 'several'),
                      (f'{stamp("plain")} DEBUG cards=[{a},{b}]', 2, 'several'), (f'{stamp("plain")} DEBUG {{"cards":["{a}","{b}"]}}', 2, 'several')])]


def thieves():
    p, m = pan(groups=True, short=False), expiry()
    return [(R.choice([f'{p}|{m[0]}|20{m[1]}|{num(3)}|{R.choice(NAMES)}|{num(5)}', f'{p}:{m[0]}:{m[1]}:{num(3)}', f'{p} {m[0]}/{m[1]} {num(3)}', f'{R.choice(NAMES)};{p};{m[0]}{m[1]};{num(3)};US']), 1, 'thieves')]


SYSTEMS = [(spring_stack, 4), (python_trace, 3), (json_event, 14), (json_in_string, 4), (slash_json, 1), (xml_event, 7), (access_line, 14), (form_body, 5), (base64_body, 2), (base64_other, 3), (hex_dump, 2), (iso_raw, 3),
           (iso_parsed, 3), (tracks, 4), (chinese, 9), (mail_html, 3), (chat, 5), (receipt, 4), (order_with_card, 4), (look_alikes, 34), (syslog_line, 7), (redis_line, 4), (protobuf_text, 2), (yaml_block, 2), (several, 2), (thieves, 2)]


def write(name, lines):
    with open(os.path.join(folder, name), 'w', newline='\n') as out, open(os.path.join(folder, name + '.truth.jsonl'), 'w') as truth:
        for n, (text, count, kind) in enumerate(lines, 1):
            out.write(text + '\n')
            if count:
                truth.write(json.dumps({'line': n, 'count': count, 'kind': kind}) + '\n')
    print(f'{name}: {len(lines)} lines, {sum(c for _, c, _ in lines)} numbers')


mixed = []
for system in R.choices([s for s, _ in SYSTEMS], [w for _, w in SYSTEMS], k=RECORDS):
    mixed.extend(system())
write('mixed.log', mixed)

# A statement export: the names of the columns are in its first line alone, in several languages.
for name, sep, head in (('statement-en.csv', ',', ['Transaction ID', 'Date', 'Card Number', 'Order Reference', 'Amount', 'ARN', 'Phone']),
                        ('statement-de.csv', ';', ['Vorgangs-Nr.', 'Datum', 'Kartennummer', 'Bestellnummer', 'Betrag', 'ARN', 'Telefon']),
                        ('statement-zh.tsv', '\t', ['交易流水号', '日期', '卡号', '商户订单号', '金额', '参考号', '手机号'])):
    rows = [(sep.join(head), 0, '')]
    for _ in range(RECORDS // 12):
        p = pan()
        clear = R.random() < .6
        cells = [lookalike(16), stamp('day'), p if clear else masked(p), order(), amount(), num(23, '27'), phone()]
        rows.append((sep.join(f'"{c}"' if sep == ',' else c for c in cells), int(clear), name))
    write(name, rows)

# A dump of a database.
rows = [('-- MySQL dump 10.13  Distrib 8.0.36', 0, ''), ('CREATE TABLE `orders` (`id` bigint NOT NULL, `ext_ref` varchar(32), `created` bigint);', 0, '')]
for _ in range(RECORDS // 40):
    rows.append(('INSERT INTO `orders` VALUES ' + ','.join(f"({num(16)},'{R.choice(['4', '51', '62', '']) + num(16)[:16]}',{us()})" for _ in range(R.randrange(1, 9))) + ';', 0, ''))
rows.append(('CREATE TABLE `cards` (`id` bigint NOT NULL, `customer_id` bigint, `card_number` varchar(19), `exp` char(4), `added` bigint);', 0, ''))
for _ in range(RECORDS // 30):
    k = R.randrange(1, 9)
    rows.append(('INSERT INTO `cards` (`id`,`customer_id`,`card_number`,`exp`,`added`) VALUES ' + ','.join(f"({lookalike(16)},{num(16)},'{pan()}','{''.join(expiry())}',{us()})" for _ in range(k)) + ';', k, 'sql'))
write('dump.sql', rows)

# A batch of fixed columns: record type, number left-justified in 19, expiry, amount of twelve digits, date, terminal, merchant, reference.
rows = [(f'00ACQ{num(10)}{stamp("digits")[:14]}BATCH{num(6)}', 0, '')]
for _ in range(RECORDS // 12):
    p = pan(short=False)
    rows.append((f'10{p:<19}{"".join(expiry())}{R.randrange(10 ** 7):012d}978 20260912 T{num(7)} M{num(14)} R{num(12)}', 1, 'fixed'))
rows.append((f'99{RECORDS // 12:08d}{num(15)}', 0, ''))
write('batch.txt', rows)

# Half a million things of a warehouse and its devices: no card at all.
rows = [(f'{stamp("plain")} INFO wms item={ean13()} serial={lookalike(16)} bin={num(5)} sscc=00{num(18)} imei={imei()} lot={lookalike(14)} moved={ns()} order={order()}', 0, '') for _ in range(RECORDS // 2)]
write('warehouse.log', rows)
