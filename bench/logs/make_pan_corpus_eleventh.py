"""Eleventh labelled corpus of card numbers: make_pan_corpus_eleventh.py FILE TRUTH [--lines N] [--seed S]

Written from the formats alone, without the detector or the other generators at hand: 60,000 lines of a card processor's estate.
TRUTH: JSON lines of {line, count, kind}. Identifiers that carry a check digit of their own (IMEI, ICCID, EAN, SSCC) carry the
right one; every other number passes the card's check digit as often as chance has it.
"""
import argparse
import base64
import json
import random
import urllib.parse

parser = argparse.ArgumentParser()
parser.add_argument("file")
parser.add_argument("truth")
parser.add_argument("--lines", type=int, default=60_000)
parser.add_argument("--seed", type=int, default=1101)
options = parser.parse_args()
rng = random.Random(options.seed)


def check_digit(body):
    """Luhn's check digit of `body` (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def digits(count):
    return "".join(rng.choice("0123456789") for _ in range(count))


def whole(count):
    """A number of `count` digits that does not begin with zero."""
    return rng.choice("123456789") + digits(count - 1)


# prefix, lengths, share: what acquirers see, with the rest of the world at the end.
BRANDS = [
    (lambda: "4", [16], 34),
    (lambda: "4", [19], 1),
    (lambda: str(rng.randint(51, 55)), [16], 20),
    (lambda: str(rng.randint(222100, 272099)), [16], 8),
    (lambda: rng.choice(["34", "37"]), [15], 8),
    (lambda: rng.choice(["6011", "644", "645", "648", "649", "65"]), [16], 4),
    (lambda: rng.choice(["62", "621", "6225", "6258"]), [16, 17, 18, 19], 8),
    (lambda: str(rng.randint(8110, 8171)), [16], 1),
    (lambda: str(rng.randint(3528, 3589)), [16], 4),
    (lambda: rng.choice(["36", "38", "300", "305"]), [14], 2),
    (lambda: rng.choice(["5018", "5020", "5038", "5893", "6304", "6759", "6761", "6762", "6763"]), [16, 18, 19], 3),
    (lambda: rng.choice(["401178", "438935", "504175", "506699", "509040", "636297", "650485", "655012"]), [16], 2),
    (lambda: str(rng.randint(2200, 2204)), [16], 3),
    (lambda: rng.choice(["6521", "6522", "60812", "60821", "508512"]), [16], 2),
    (lambda: rng.choice(["979201", "979215", "979240"]), [16], 1),
    (lambda: rng.choice(["506101", "506145", "650012"]), [16], 1),
]
WEIGHTS = [share for _, _, share in BRANDS]


def card():
    prefix, lengths, _ = rng.choices(BRANDS, WEIGHTS)[0]
    start = prefix()
    body = start + digits(rng.choice(lengths) - len(start) - 1)
    return body + check_digit(body)


def groups(number, separator):
    if len(number) == 15:
        cut = [4, 6, 5]
    elif len(number) == 14:
        cut = [4, 6, 4]
    else:
        cut = [4] * (len(number) // 4) + ([len(number) % 4] if len(number) % 4 else [])
    parts, at = [], 0
    for size in cut:
        parts.append(number[at : at + size])
        at += size
    return separator.join(parts)


def masked(number):
    hidden = rng.choice("*xX#")
    return rng.choice(
        [
            number[:6] + hidden * (len(number) - 10) + number[-4:],
            hidden * (len(number) - 4) + number[-4:],
            f"{number[:4]} {number[4:6]}{hidden * 2} {hidden * 4} {number[-4:]}",
            number[:6] + "..." + number[-4:],
        ]
    )


NAMES = "Olga Marek|Tom Byrne|Sina Vogt|Luis Prado|Mei Tan|Aylin Demir|Ravi Nair|Ada Obi|Jan de Wit|Ewa Lis".split("|")
HOSTS = ["auth-1", "auth-2", "pos-gw", "ecom-3", "settle", "crm", "ivr"]
clock = [1_790_000_000_000]


def now():
    clock[0] += rng.randint(5, 900)
    return clock[0]


def stamp():
    import datetime

    moment = datetime.datetime.fromtimestamp(now() / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def name():
    return rng.choice(NAMES)


def expiry(form="%m/%y"):
    month, year = rng.randint(1, 12), rng.randint(27, 32)
    return form.replace("%m", f"{month:02d}").replace("%y", f"{year}")


def price():
    return f"{rng.randint(1, 900)}.{rng.randint(0, 99):02d}"


def amount12():
    return f"{rng.randint(100, 90000):012d}"


def address():
    return f"10.{rng.randint(0, 9)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}"


def uuid():
    h = "%032x" % rng.getrandbits(128)
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"


# Positives. Each returns the line and how many numbers it shows.
def json_nested():
    key = rng.choice(["number", "pan", "cardNumber", "card_no", "primaryAccountNumber", "accountNumber", "acctNum"])
    holder = rng.choice(["card", "paymentInstrument", "source", "fundingSource", "tender"])
    inner = {key: card(), "expiry": expiry(), "holder": name()}
    for level in rng.sample(["request", "body", "payment", "data", "payload"], rng.randint(0, 4)):
        holder, inner = level, {holder: inner}
    return json.dumps({"ts": stamp(), "level": "debug", "orderId": whole(16), holder: inner}), 1


def json_in_json():
    body = json.dumps({"amount": int(whole(4)), "card": {"number": card(), "cvc": "***"}})
    for _ in range(rng.randint(0, 1)):
        body = json.dumps({"inner": body})
    return json.dumps({"time": now(), "msg": "upstream request", "body": body}), 1


def json_number():
    return json.dumps({"time": stamp(), "event": "tokenize", rng.choice(["pan", "cardnumber", "card_number"]): int(card())}), 1


def soap():
    prefix = rng.choice(["ns2:", "pay:", "", "v1:"])
    tag = rng.choice(["CardNumber", "PAN", "AcctNum", "PrimaryAccountNumber", "ccNumber", "KartenNr"])
    return (
        f"{stamp()} DEBUG SoapLogger - <soapenv:Body><{prefix}AuthReq><{prefix}{tag}>{card()}</{prefix}{tag}>"
        f"<{prefix}ExpDt>{expiry('%y%m')}</{prefix}ExpDt><{prefix}Amt>{price()}</{prefix}Amt></{prefix}AuthReq>"
    ), 1


def xml_attribute():
    return f'<Payment id="{uuid()}"><Card type="credit" number="{card()}" exp="{expiry("%m%y")}"/></Payment>', 1


def query():
    number = card()
    if rng.random() < 0.3:
        number = groups(number, rng.choice(["+", "%20", "-"]))
    key = rng.choice(["cc", "card", "cardnumber", "pan", "ccno", "card%5Bnumber%5D", "number", "acct"])
    return (
        f'{address()} - - [23/Nov/2026:10:11:12 +0000] "GET /pay?amt={price()}&{key}={number}&cur=EUR HTTP/1.1" 200 {whole(4)}'
    ), 1


def form_body():
    fields = {"x_login": "shop", "x_card_num": groups(card(), rng.choice(["", " ", "-"])), "x_exp_date": expiry("%m%y")}
    return f"{stamp()} curl POST data: {urllib.parse.urlencode(fields)}", 1


def sql_insert():
    rows, count = [], rng.randint(1, 3)
    for _ in range(count):
        rows.append(f"({whole(6)},'{name()}','{card()}','{expiry()}','2026-11-23 10:0{rng.randint(0, 9)}:00')")
    return f"INSERT INTO `card_vault` (id, holder, pan, expiry, created) VALUES {','.join(rows)};", count


def sql_select():
    return (
        f"{stamp()} LOG:  duration: {price()} ms  statement: SELECT id FROM cards WHERE number = '{card()}' AND tenant = {whole(5)}"
    ), 1


def exception():
    number = card()
    return rng.choice(
        [
            f"java.lang.IllegalArgumentException: Invalid card number: {number}",
            f"Caused by: com.shop.pay.ValidationException: PAN [{number}] failed BIN lookup",
            f"ValueError: could not charge card {number}: declined",
            f"org.hibernate.exception.ConstraintViolationException: Duplicate entry '{number}' for key 'cards.pan'",
            f'ERROR:  duplicate key value violates unique constraint "card_pan_key" DETAIL:  Key (pan)=({number}) already exists.',
            f"panic: card.Parse({number!r}): unknown issuer",
            f"System.FormatException: Card number '{groups(number, ' ')}' is not in the expected format",
            f"TypeError: cannot read properties of undefined (reading 'brand') at lookup(cardNumber={number})",
        ]
    ), 1


def to_string():
    return rng.choice(
        [
            f"{stamp()} INFO PaymentRequest(amount={price()}, card=Card(number={card()}, expiry={expiry()}, holder={name()}))",
            f"{stamp()} INFO Card{{pan='{card()}', exp='{expiry('%y%m')}'}}",
            f'{stamp()} DEBUG #<Card number: "{card()}", month: 4, year: 2029>',
            f"{stamp()} DEBUG {{:card-number \"{card()}\", :exp \"{expiry()}\"}}",
            f"{stamp()} DEBUG &{{CardNumber:{card()} ExpMonth:4 ExpYear:2029}}",
            f"array(3) {{ [\"pan\"]=> string(16) \"{card()}\" [\"exp\"]=> string(4) \"{expiry('%m%y')}\" }}",
            f"s:10:\"cardNumber\";s:16:\"{card()}\";s:3:\"exp\";s:5:\"{expiry()}\";",
        ]
    ), 1


def logfmt():
    key = rng.choice(["pan", "card", "card_number", "cc_number", "acct_no", "fpan", "card.pan"])
    quote = rng.choice(["", '"'])
    return f"ts={stamp()} level=info svc={rng.choice(HOSTS)} {key}={quote}{card()}{quote} amt={price()} rrn={digits(12)}", 1


def spaced():
    separator = rng.choice([" ", " ", " ", "-", "-", ".", "\u00a0", "\u2009", "\u202f", "\u2011", "\u2013"])
    text = groups(card(), separator)
    return rng.choice(
        [
            f"Kunde: bitte Karte {text} sperren",
            f"note: customer read out {text} exp {expiry()}",
            f"[chat] {name()}: my card is {text} thanks",
            f"Hi, I was charged twice on my Visa {text} yesterday",
            f"carte n\u00b0 {text}, expire {expiry()}",
            f"Tarjeta: {text} Vence: {expiry()}",
            f"Card No. : {text}",
            f"{name()}; {text}; {expiry()}",
        ]
    ), 1


def full_width():
    wide = "".join(chr(0xFF10 + int(digit)) for digit in groups(card(), "").strip())
    return rng.choice([f"\u30ab\u30fc\u30c9\u756a\u53f7\uff1a{wide}", f"\u5361\u53f7 {wide} \u6709\u6548\u671f {expiry()}"]), 1


def east():
    return rng.choice(
        [
            f"\u94f6\u884c\u5361\u53f7\uff1a{card()}\uff0c\u59d3\u540d\uff1a\u738b\u4f1f",
            f"\u043d\u043e\u043c\u0435\u0440 \u043a\u0430\u0440\u0442\u044b: {groups(card(), ' ')}",
            f"kart numaras\u0131={card()}",
            f"cart\u00e3o {groups(card(), ' ')} validade {expiry()}",
            f"\u0631\u0642\u0645 \u0627\u0644\u0628\u0637\u0627\u0642\u0629: {card()}",
        ]
    ), 1


def track():
    number = card()
    service = rng.choice(["101", "201", "221", "601"])
    return rng.choice(
        [
            f"{stamp()} pinpad raw: ;{number}={expiry('%y%m')}{service}{digits(10)}?",
            f"{stamp()} swipe: %B{number}^{name().upper().replace(' ', '/')}^{expiry('%y%m')}{service}{digits(12)}?",
            f"{stamp()} F35={number}D{expiry('%y%m')}{service}{digits(9)}",
            f"{stamp()} field[035] = {number}={expiry('%y%m')}{service}{digits(8)}",
        ]
    ), 1


def tlv(tag, value):
    return f"{tag}{len(value) // 2:02X}{value}"


def emv():
    number = card()
    second = f"{number}D{expiry('%y%m')}201{digits(8)}"
    second += "F" if len(second) % 2 else ""
    padded = number + ("F" if len(number) % 2 else "")
    if rng.random() < 0.5:
        data = tlv("9F02", amount12()) + tlv("5A", padded) + tlv("5F34", "01") + tlv("9A", "261123")
    else:
        data = tlv("82", "3900") + tlv("57", second) + tlv("9F36", f"{rng.getrandbits(16):04X}") + tlv("9F10", "06011203A00000")
    return f"{stamp()} EMV read record -> {data}", 1


def iso_text():
    number = card()
    return rng.choice(
        [
            f'  <field id="2" value="{number}"/>',
            f"{stamp()} jpos: [0200] 2:[{number}] 3:[000000] 4:[{amount12()}] 11:[{digits(6)}]",
            f"{stamp()} F002 LLVAR  ({len(number)}) : {number}",
            f"{stamp()} DE002={number}|DE003=000000|DE004={amount12()}|DE037={digits(12)}",
            f"{stamp()} bit 2 (Primary account number) : {number}",
        ]
    ), 1


def receipt():
    return rng.choice(
        [
            f"CARD: {groups(card(), ' ')}   AUTH {digits(6)}",
            f"KARTE {card()}  GUELTIG {expiry()}",
            f"ACCT # {card()} EXP {expiry()} AID A0000000031010",
            f"MASTERCARD      {card()}      EUR {price()}",
        ]
    ), 1


def csv_row():
    separator = rng.choice([",", ";", "|", "\t"])
    cells = [digits(6), name(), "VISA", card(), expiry(), price(), "EUR", "approved"]
    if separator == "," and rng.random() < 0.5:
        cells = [f'"{cell}"' for cell in cells]
    return separator.join(cells), 1


def encoded():
    body = json.dumps({"card": {"number": card(), "exp": expiry()}})
    if rng.random() < 0.5:
        return f"{stamp()} queue message payload={base64.b64encode(body.encode()).decode()}", 1
    return f"{stamp()} redirect to /return?state={urllib.parse.quote(body)}", 1


def mail():
    return rng.choice(
        [
            f"> On Monday you wrote: please refund {groups(card(), ' ')} as agreed",
            f"Subject: chargeback for card {card()}",
            f"Card number=3A {card()} (exp=2E {expiry()})",
            f"*{name()}*: cc {card()} cvv *** - can you try again?",
            f"<p>Card:&nbsp;<b>{groups(card(), '&nbsp;')}</b></p>",
        ]
    ), 1


def two_cards():
    return f"{stamp()} card change: old={card()} new={card()} customer={whole(9)}", 2


def wallet():
    return f"{stamp()} account updater response {card()},{card()},{expiry('%y%m')},NEW", 2


def environment():
    return rng.choice(
        [
            f"export CARD_NUMBER={card()}",
            f"curl -d 'card[number]={card()}' -d 'card[exp_month]=4' https://api.example/v1/tokens",
            f"  card_number: '{card()}'",
            f"pan = \"{card()}\"",
            f"./charge --card {card()} --exp {expiry()} --amount {price()}",
        ]
    ), 1


POSITIVES = [
    json_nested, json_in_json, json_number, soap, xml_attribute, query, form_body, sql_insert, sql_select, exception, to_string,
    logfmt, spaced, full_width, east, track, emv, iso_text, receipt, csv_row, encoded, mail, two_cards, wallet, environment,
]  # fmt: skip


# Negatives.
def imei():
    body = rng.choice(["35", "86", "01", "49"]) + digits(12)
    number = body + check_digit(body)
    return rng.choice(
        [
            f"{stamp()} device registered imei={number} model=A920",
            json.dumps({"deviceId": number, "imei": number, "os": "android"}),
            f"IMEI: {number}",
            f"MDM,{name()},{number},active",
            f"terminal IMEI/MEID {number} swapped",
        ]
    )


def iccid():
    body = "89" + rng.choice(["49", "44", "01", "86", "33"]) + digits(14)
    return rng.choice([f"AT+CCID -> {body}{check_digit(body)}", f'{{"iccid":"{body}{check_digit(body)}","apn":"pos.iot"}}'])


def order():
    key = rng.choice(["orderId", "order_no", "out_trade_no", "transactionId", "referenceNo", "invoice", "merchantOrderId"])
    return rng.choice(
        [
            json.dumps({"ts": stamp(), key: whole(rng.choice([13, 14, 15, 16, 18, 19])), "status": "PAID"}),
            f"{stamp()} INFO {key}={rng.choice(['4', '5', '6', '3'])}{digits(15)} captured",
            f"Order #{rng.choice(['4', '5', '2'])}{digits(15)} shipped",
        ]
    )


def trace():
    return rng.choice(
        [
            json.dumps({"dd.trace_id": str(rng.getrandbits(63)), "dd.span_id": str(rng.getrandbits(62)), "msg": "card lookup ok"}),
            f"{stamp()} [trace={rng.getrandbits(60)},span={rng.getrandbits(60)}] payment authorised",
            f"{stamp()} correlation {rng.getrandbits(56)} GET /cards 200",
        ]
    )


def times():
    nanos = now() * 1_000_000 + rng.randint(0, 999_999)
    return rng.choice(
        [
            f'{{"time_unix_nano":"{nanos}","name":"authorize","card":"{masked(card())}"}}',
            f"{nanos // 1000} card-service heartbeat ok",
            f"started={now()} finished={now()} elapsed={price()}",
            f"20261123{rng.randint(100000, 235959)}{digits(3)} batch closed",
        ]
    )


def snowflake():
    number = ((now() - 1_288_834_974_657) << 22) | rng.getrandbits(22)
    return rng.choice([f"tweet {number} mentioned us", f'{{"id":{number},"channel_id":"{number >> 3}","type":0}}', f"msg_id={number} acked"])


def iban():
    text = f"DE{digits(2)}{digits(18)}"
    return rng.choice(
        [
            f"Zahlung an IBAN {text}",
            f"IBAN: {' '.join(text[i : i + 4] for i in range(0, 22, 4))}",
            f'{{"iban":"{text}","bic":"COBADEFFXXX"}}',
            f"konto {digits(10)} blz {digits(8)} bban {digits(18)}",
            f"FR76 {digits(4)} {digits(4)} {digits(4)} {digits(4)} {digits(4)} {digits(3)} recu",
        ]
    )


def parcel():
    return rng.choice(
        [
            f"DHL tracking {rng.choice(['00340', '5'])}{digits(15)} delivered",
            f"USPS 9400 1{digits(3)} {digits(4)} {digits(4)} {digits(4)} {digits(2)} in transit",
            f'{{"trackingNumber":"{rng.choice(["4", "6"])}{digits(14)}","carrier":"fedex"}}',
            f"Sendungsnummer: 3{digits(13)}",
        ]
    )


def phone():
    return rng.choice(
        [
            f"caller +{rng.choice(['49', '62', '55', '52'])}{whole(10)} asked about her card",
            f"tel=00{rng.choice(['44', '49', '36'])}{whole(10)}",
            f"SMS to {rng.choice(['4479', '4915', '6281', '5511'])}{digits(9)}: your code was sent",
        ]
    )


def book():
    body = "978" + digits(9)
    sums = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    number = body + str(-sums % 10)
    return rng.choice([f"ISBN {number} out of stock", f"ean13={number} qty={whole(1)}", f"{number};Paperback;{price()}"])


def serial_shipping():
    body = "3" + digits(16)
    sums = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(body))
    return rng.choice([f"(00){body}{-sums % 10}", f"SSCC {body}{-sums % 10} pallet", f"(01)0{digits(13)}(17)270101(10){digits(6)}"])


def numeric_uuid():
    return rng.choice(
        [
            f"request {digits(8)}-{digits(4)}-4{digits(3)}-8{digits(3)}-{digits(12)} done",
            f"X-Request-Id: {digits(32)}",
            f"etag \"{digits(16)}\"",
            f"sha1 {digits(40)}",
            f"a{digits(15)}f checksum",
        ]
    )


def matrix():
    return rng.choice(
        [
            "[" + ", ".join(whole(4) for _ in range(rng.randint(4, 9))) + "]",
            " ".join(digits(4) for _ in range(rng.randint(5, 12))),
            "prices: " + " ".join(price() for _ in range(5)),
            "histogram " + ",".join(whole(4) for _ in range(8)),
            f"M {whole(3)}.{digits(13)} {whole(2)}.{digits(14)} L 0.{digits(16)} 0",
            f"score=0.{digits(16)} weight={whole(1)}.{digits(15)}e-05",
            " ".join(f"{rng.randint(1990, 2026)}" for _ in range(4)) + " annual report",
        ]
    )


def tax():
    return rng.choice(
        [
            f"CNPJ {digits(14)} validado",
            f'{{"taxId":"{whole(13)}","country":"RO"}}',
            f"VAT no {whole(15)} rejected",
            f"GSTIN 27{digits(13)}",
            f"\u8eab\u4efd\u8bc1\u53f7\uff1a{whole(6)}19{rng.randint(50, 99)}0{rng.randint(1, 9)}1{digits(1)}{digits(4)}",
            f"ssn_nir=1{digits(12)}",
        ]
    )


def gift():
    return rng.choice(
        [
            f"gift card {rng.choice(['6006', '6036', '7'])}{digits(12)} balance {price()}",
            f'{{"giftCardNumber":"{whole(16)}","balance":{price()}}}',
            f"voucher={whole(16)} redeemed",
            f"loyalty_card_no={whole(13)} points={whole(4)}",
        ]
    )


def providers():
    letters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    tail = "".join(rng.choice(letters) for _ in range(24))
    return rng.choice(
        [
            f'{{"id":"ch_{tail}","payment_intent":"pi_{tail[::-1]}","card":{{"last4":"{digits(4)}"}}}}',
            f"pspReference={rng.choice(['88', '85', '99'])}{digits(14)} AUTHORISED",
            f"adyen notification pspReference: 85{digits(14)} eventCode: CAPTURE",
            f"network_token_ref=DAPLMC{digits(16)}",
            f'{{"tokenised":"tok_{digits(16)}","token":"{uuid()}"}}',
            f"wechat transaction_id=42000{digits(23)}",
            f"alipay trade_no=2026112322001{digits(15)}",
        ]
    )


def shown_masked():
    return rng.choice(
        [
            f"{stamp()} auth ok pan={masked(card())} amt={price()}",
            f'{{"card":{{"number":"{masked(card())}","exp":"{expiry()}"}}}}',
            f"CARD {masked(card())} APPROVED",
        ]
    )


def settlement():
    return f"TR{digits(4)}{whole(15)}{amount12()}978{digits(6)}MERCHANT {digits(8)} 00"


def plain():
    return rng.choice(
        [
            f"{stamp()} INFO {rng.choice(HOSTS)} request handled in {whole(2)} ms status=200 bytes={whole(5)}",
            f'{address()} - - [23/Nov/2026:10:11:12 +0000] "POST /api/charge HTTP/1.1" 201 {whole(3)} "-" "okhttp/4.12"',
            f"{stamp()} WARN pool exhausted active={whole(2)} idle=0 waiting={whole(2)}",
            f"\tat com.shop.pay.CardService.charge(CardService.java:{whole(3)})",
            f'{{"ts":"{stamp()}","msg":"acquirer answered","rc":"00","rrn":"{digits(12)}","stan":"{digits(6)}"}}',
            f"mem {whole(10)} {whole(10)} {whole(8)} swap {whole(9)}",
        ]
    )


NEGATIVES = [
    imei, iccid, order, order, trace, times, snowflake, iban, parcel, phone, book, serial_shipping, numeric_uuid, matrix, tax, gift,
    providers, shown_masked, settlement, plain, plain, plain, plain, plain, plain,
]  # fmt: skip

with open(options.file, "w", encoding="utf-8", newline="\n") as out, open(options.truth, "w", encoding="utf-8") as truth:
    for line in range(1, options.lines + 1):
        if rng.random() < 0.12:
            form = rng.choice(POSITIVES)
            text, count = form()
            truth.write(json.dumps({"line": line, "count": count, "kind": form.__name__}) + "\n")
        else:
            text = rng.choice(NEGATIVES)()
        out.write(text + "\n")
