#!/usr/bin/env python3
"""Tenth labelled corpus for the card-number detector: make_pan_corpus_tenth.py OUT TRUTH [SEED] [LINES].

Card numbers as programs print them (objects of several languages, SQL, SOAP, receipts, chip data, dumps) among numbers of other
systems that pass a check digit too. Shares no code with the detector or the other generators. Truth: JSON lines {line, kind}.
"""
import base64
import json
import random
import sys
import uuid

if len(sys.argv) < 3:
    sys.exit(__doc__)
out_path, truth_path = sys.argv[1:3]
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1001)
LINES = int(sys.argv[4]) if len(sys.argv) > 4 else 40_000


def digits(n):
    return "".join(rng.choice("0123456789") for _ in range(n))


def check_digit(body):
    """Luhn check digit (ISO/IEC 7812-1, annex B) of the digits before it."""
    total = 0
    for place, char in enumerate(reversed(body)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn(prefix, length):
    body = prefix + digits(length - 1 - len(prefix))
    return body + check_digit(body)


# Brand, issuer prefix, length: ranges as the schemes publish them.
BRANDS = [
    ("visa", lambda: "4", 16), ("visa", lambda: "4", 16), ("visa", lambda: "4", 19),
    ("mastercard", lambda: str(rng.randint(51, 55)), 16), ("mastercard", lambda: str(rng.randint(2221, 2720)), 16),
    ("amex", lambda: rng.choice(["34", "37"]), 15), ("diners", lambda: rng.choice(["36", "38", "300", "305"]), 14),
    ("discover", lambda: rng.choice(["6011", "644", "649", "65"]), 16), ("jcb", lambda: str(rng.randint(3528, 3589)), 16),
    ("unionpay", lambda: "62", 16), ("unionpay", lambda: "62", 19), ("mir", lambda: str(rng.randint(2200, 2204)), 16),
    ("rupay", lambda: rng.choice(["6521", "6522"]), 16), ("troy", lambda: "9792", 16), ("elo", lambda: "636368", 16),
    ("verve", lambda: rng.choice(["506099", "506150"]), 16), ("maestro", lambda: rng.choice(["5018", "6759", "6763"]), 16),
    ("maestro", lambda: rng.choice(["5018", "6759"]), 18),
]


def pan():
    _, prefix, length = rng.choice(BRANDS)
    return luhn(prefix(), length)


def pan16():
    return luhn(rng.choice(["4", "51", "53", "55", "2301"]), 16)


def fours(number):
    if len(number) == 15:
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    if len(number) == 14:
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def expiry():
    return f"{rng.randint(26, 31)}{rng.randint(1, 12):02d}"


def stamp():
    return f"2026-05-{rng.randint(1, 28):02d}T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}.{digits(3)}Z"


def tlv(tag, hexadecimal):
    return f"{tag}{len(hexadecimal) // 2:02X}{hexadecimal}"


def bcd(number, pad="F"):
    return number if len(number) % 2 == 0 else number + pad


def amount():
    return f"{rng.randint(1, 900)}.{digits(2)}"


POSITIVE = {
    "soap": lambda p: f"<soapenv:Body><pay:Authorise><pay:CardNumber>{p}</pay:CardNumber><pay:Expiry>{expiry()}</pay:Expiry></pay:Authorise>",
    "iso20022": lambda p: f"<Card><PlainCardData><PAN>{p}</PAN><XpryDt>2029-{rng.randint(1, 12):02d}</XpryDt></PlainCardData></Card>",
    "pareq": lambda p: f"<ThreeDSecure><Message><VEReq><version>1.0.2</version><pan>{p}</pan></VEReq></Message></ThreeDSecure>",
    "json": lambda p: json.dumps({"ts": stamp(), "card": {"number": p, "exp_month": 9}, "amount": amount()}),
    "json-in-json": lambda p: json.dumps({"msg": json.dumps({"paymentMethod": {"cardNumber": p}}), "level": "debug"}),
    "json-thrice": lambda p: json.dumps({"log": json.dumps({"body": json.dumps({"pan": p})})}),
    "graphql": lambda p: json.dumps({"query": f'mutation {{ pay(card: {{number: "{p}", cvc: "123"}}) {{ id }} }}'}),
    "protobuf": lambda p: f'{stamp()} request: payment_method {{ card {{ primary_account_number: "{p}" expiry: "{expiry()}" }} }}',
    "form": lambda p: f"{stamp()} POST body: amount={amount()}&cc_number={p}&cc_exp={expiry()}&order={digits(8)}",
    "form-plus": lambda p: f"{stamp()} DEBUG payload name=A+Smith&number={fours(p).replace(' ', '+')}&month=09",
    "url": lambda p: f'10.0.0.{rng.randint(1, 250)} - - [05/May/2026:10:11:12 +0000] "GET /v1/check?pan={p}&bin={p[:6]} HTTP/1.1" 200 12',
    "receipt": lambda p: f"KARTE NR. {fours(p)}   GUELTIG BIS {rng.randint(1, 12):02d}/29",
    "journal": lambda p: f"{digits(4)} EFT  PAN:{p}  STAN:{digits(6)}  AUTH:{digits(6)} APPROVED",
    "tag-5a": lambda p: f"{stamp()} APDU < {tlv('5A', bcd(p))}{tlv('5F24', expiry() + '30')}{tlv('5F34', '01')}9000",
    "tag-57": lambda p: f"{stamp()} ICC data {tlv('57', bcd(p + 'D' + expiry() + '201' + digits(5)))}{tlv('95', '0000008000')}",
    "track2": lambda p: f"{stamp()} TRACE DE35={p}={expiry()}101{digits(8)}",
    "de2": lambda p: f"{stamp()} <field id=\"2\" value=\"{p}\"/>",
    "csv-de": lambda p: f"{digits(6)};Mueller;{p};{rng.randint(1, 12):02d}/29;{amount().replace('.', ',')}",
    "sql": lambda p: f"UPDATE payments SET card_no='{p}', state='OK' WHERE id={digits(7)};",
    "sql-slow": lambda p: f"# Query_time: 2.{digits(6)} SELECT * FROM cards WHERE pan = '{p}' AND exp = '{expiry()}'",
    "exception": lambda p: f"java.lang.IllegalArgumentException: invalid expiry for card {p}",
    "java": lambda p: f"{stamp()} DEBUG CardRequest[pan={p}, expiry={expiry()}, holder=A SMITH]",
    "python": lambda p: f"DEBUG:pay:Card(number='{p}', exp_month=9, exp_year=2029)",
    "go": lambda p: f"{stamp()} req=&{{Amount:{digits(4)} Card:{{Number:{p} Exp:{expiry()} CVV:}}}}",
    "go-hash": lambda p: f'pay.Card{{Number:"{p}", Exp:"{expiry()}"}}',
    "php": lambda p: f"    [card_number] => {p}",
    "php-dump": lambda p: f'  ["cardNumber"]=> string({len(p)}) "{p}"',
    "php-serialize": lambda p: f's:6:"cardno";s:{len(p)}:"{p}";',
    "dotnet": lambda p: f"{stamp()} [INF] Charge {{ CardNumber = {p}, Amount = {amount()} }}",
    "har": lambda p: json.dumps({"postData": {"params": [{"name": "cardnumber", "value": p}]}}),
    "ruby": lambda p: f'Parameters: {{"card"=>{{"number"=>"{p}", "month"=>"9"}}}}',
    "ticket": lambda p: f"Customer wrote: please charge my card {fours(p)} instead, thank you",
    "chat-dashes": lambda p: f"[10:02] anna: here it is {fours(p).replace(' ', '-')} exp 09/29",
    "base64": lambda p: "body=" + base64.b64encode(json.dumps({"cardNumber": p, "amount": amount()}).encode()).decode(),
    "hex-ascii": lambda p: f"{stamp()} tx hex: {(f'PAN={p};EXP={expiry()}').encode().hex()}",
    "yaml": lambda p: f'  card_number: "{p}"',
    "bare": lambda p: f"{stamp()} WARN declined {p} 05 do not honour",
}


def ean(prefix, length):
    body = prefix + digits(length - 1 - len(prefix))
    total = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def masked_pan():
    p = pan16()
    return p[:6] + rng.choice(["******", "XXXXXX", "......", "######"]) + p[-4:]


NEGATIVE = {
    "order": lambda: f"{stamp()} order_no={luhn('4', 16)} created",
    "nanoseconds": lambda: f'{{"time_unix_nano":{luhn("177", 19)},"name":"GET /pay"}}',
    "imei": lambda: f"{stamp()} device imei={luhn('35', 15)} attached",
    "tracking": lambda: f"Parcel {rng.choice(['UPS 1Z' + digits(16), 'USPS 9400' + digits(18), 'DHL tracking number ' + luhn('37', 15)])} handed over",
    "iban": lambda: f"Debit DE{digits(2)} {digits(4)} {digits(4)} {digits(4)} {digits(4)} {digits(2)} booked",
    "isbn": lambda: f"isbn={ean('978', 13)} stock={digits(2)}",
    "gtin": lambda: f'{{"gtin":"{ean("0", 14)}","qty":1}}',
    "sscc": lambda: f"pallet sscc (00){ean('3', 18)} scanned",
    "national": lambda: f"kyc national_id={luhn(rng.choice(['85', '90', '71']), rng.choice([11, 13]))} ok",
    "phone": lambda: f"sms to +{digits(13)} sent, reply from 0044{digits(10)}",
    "gps": lambda: f'{{"lat":48.{digits(14)},"lon":11.{luhn("5", 15)}}}',
    "sha256": lambda: f"layer sha256:{rng.getrandbits(256):064x} pulled",
    "uuid": lambda: f"{stamp()} x-request-id={uuid.UUID(int=rng.getrandbits(128), version=4)}",
    "trace": lambda: f"dd.trace_id={luhn('5', 19)} dd.span_id={luhn('4', 19)} done",
    "kafka": lambda: f"partition=3 offset={luhn('4', 13)} lag=0",
    "snowflake": lambda: f'{{"message_id":6{digits(17)},"guild":62{digits(16)}}}',
    "invoice": lambda: f"Rechnungsnummer {luhn('53', 16)} vom 05.05.2026",
    "network-token": lambda: f'{{"network_token":"{luhn("4", 16)}","cryptogram":"{base64.b64encode(rng.randbytes(20)).decode()}"}}',
    "masked": lambda: f"{stamp()} pan={masked_pan()} approved",
    "loyalty": lambda: f"loyalty_card_number={luhn('60', 16)} points={digits(3)}",
    "gift": lambda: f"gift card {luhn('60', 16)} redeemed",
    "iccid": lambda: f"AT+CCID: iccid={luhn('8949', 19)}",
    "account": lambda: f"bank_account={luhn('4', 14)} sort_code=200000",
    "float": lambda: f"score=0.{luhn('4', 16)} weight=3.{luhn('5', 16)}",
    "address": lambda: f"mapped 0x{luhn('4', 16)} size 0x{digits(4)}",
    "git": lambda: f"commit {rng.getrandbits(160):040x}",
    "base64": lambda: f"etag={base64.b64encode(rng.randbytes(48)).decode()}",
    "not-luhn": lambda: (lambda p: f"{stamp()} card={p[:-1]}{(int(p[-1]) + rng.randint(1, 9)) % 10} rejected: check digit")(pan16()),
    "terminal": lambda: f"terminal_serial={luhn('37', 15)} firmware=4.{digits(2)}",
    "batch": lambda: f"batch_id={luhn('65', 16)} closed, {digits(3)} items",
    "metric": lambda: f"http_requests_total{{code=\"200\"}} {luhn('4', 16)} {luhn('177', 13)}",
    "rrn": lambda: f"acquirer_reference_number={luhn('4', 16)[:15]}{digits(8)} rrn={digits(12)}",
}

with open(out_path, "w", encoding="utf-8") as out, open(truth_path, "w", encoding="utf-8") as truth:
    for line in range(1, LINES + 1):
        if rng.random() < 0.3:
            kind = rng.choice(list(POSITIVE))
            out.write(POSITIVE[kind](pan()) + "\n")
            truth.write(json.dumps({"line": line, "kind": kind}) + "\n")
        else:
            out.write(NEGATIVE[rng.choice(list(NEGATIVE))]() + "\n")
