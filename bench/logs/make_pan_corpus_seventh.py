"""A seventh labelled corpus for the card-number detector, sharing no code with it or the other generators.

python3 bench/logs/make_pan_corpus_seventh.py OUT.log OUT.truth.jsonl [SEED] [LINES]

What languages, databases and networks print of a value (structures of Go, Rust, Ruby, PHP, C#, Perl, Elixir; violated keys and bound
parameters; CEF, LEEF and structured syslog; EDIFACT, ISO 20022, mails, short messages, voice menus, spreadsheets), and, two lines in
three, numbers that are none: truncated ones, parcels, references with check digits, identities of persons, firms and devices,
times, places, amounts, decimal digests. Half of the look-alikes begin like a card, half of those with a right check digit.
"""
import json, random, sys, urllib.parse

if len(sys.argv) < 3:
    sys.exit(__doc__)
log_file, truth_file = sys.argv[1:3]
rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
LINES = int(sys.argv[4]) if len(sys.argv) > 4 else 20000
pick = rng.choice


def ds(n): return ''.join(rng.choice('0123456789') for _ in range(n))
def nz(n): return rng.choice('123456789') + ds(n - 1)
def hx(n): return ''.join(rng.choice('0123456789abcdef') for _ in range(n))


def mod10(text):
    total = 0
    for place, char in enumerate(reversed(text), 1):
        total += int(char) if place % 2 == 0 else sum(divmod(2 * int(char), 10))
    return str((10 - total % 10) % 10)


def number(prefix, length):
    body = prefix + ds(length - len(prefix) - 1)
    return body + mod10(body)


ISSUED = [('4', 16, 34), ('51', 16, 5), ('53', 16, 6), ('55', 16, 5), ('2226', 16, 3), ('2712', 16, 2), ('34', 15, 2), ('37', 15, 5), ('6011', 16, 3), ('6445', 16, 1), ('6550', 16, 1),
          ('622848', 19, 4), ('621700', 19, 3), ('622588', 16, 4), ('625888', 16, 2), ('3530', 16, 3), ('3566', 16, 2), ('6071', 16, 1), ('6521', 16, 1), ('2202', 16, 2), ('9792', 16, 1), ('5018', 16, 1), ('6761', 16, 1), ('4', 19, 1)]


def pan(n=None):
    while True:
        prefix, length, _ = rng.choices(ISSUED, [w for *_, w in ISSUED])[0]
        if n is None or length in n:
            return number(prefix, length)


def grouped(sep=None):
    p = pan((15, 16))
    sizes = (4, 4, 4, 4) if len(p) == 16 else (4, 6, 5)
    sep = sep or pick([' ', '-', '\u00a0', ' '])
    cut, at = [], 0
    for size in sizes:
        cut.append(p[at:at + size])
        at += size
    return sep.join(cut)


def either(): return pan() if rng.random() < .75 else grouped()


def like(n=16):
    """Begins like a card every second time, and has a right check digit every second time of those."""
    if rng.random() < .5: return nz(n)
    prefix = pick(['4', '52', '37', '6226', '3541', '6011', '2230'])
    return number(prefix, n) if rng.random() < .5 else prefix + ds(n - len(prefix))


def mm(): return f'{rng.randrange(1, 13):02d}'
def yy(): return str(rng.randrange(27, 34))
def clock(): return f'2026-10-{rng.randrange(10, 29)}T{rng.randrange(10, 24)}:{rng.randrange(10, 60)}:{rng.randrange(10, 60)}'
def money(): return f'{rng.randrange(1, 2000)}.{ds(2)}'
def epoch(digits): return '17' + nz(8)[:8] + ds(digits - 10)


NAMES = ['cardNbr', 'crdNo', 'CARD_NO', 'card-number', 'ccNum', 'pan_clear', 'cleartext_pan', 'payment_card_number', 'numeroCarta', 'numero_tarjeta', 'kortnummer', 'kaartnummer', 'nr_karty', 'numero_carte', 'CreditCardNumber', 'cc_no',
         'primary_account_number', 'card.pan', 'cardPan', 'debit_card_no', 'PAN', 'cardnum', 'CardNumberRaw', 'funding_pan', '카드번호', 'カード番号', '银行卡号', 'номер_карты', 'kart_no', 'CCNumber']
HOLDERS = ['A NOVAK', 'Sofía Díaz', 'Kim Minsu', '佐藤 花子', 'R. van Dijk', 'Olena K']


def positives():
    name, p = pick(NAMES), pan()
    return pick([
        lambda: ('go', f'charge failed: {{Amount:{nz(4)} CardNumber:{p} ExpMonth:{mm()} Holder:{pick(HOLDERS)}}}'),
        lambda: ('go', f'&pay.Card{{Number:"{either()}", Exp:"{mm()}/{yy()}"}}'),
        lambda: ('rust', f'Card {{ number: "{p}", expiry: Expiry {{ month: {int(mm())}, year: 20{yy()} }} }}'),
        lambda: ('ruby', f'{{:amount=>{nz(4)}, :card=>{{:number=>"{p}", :month=>{int(mm())}}}}}'),
        lambda: ('php', f'Array ( [amount] => {money()} [{pick(["card_number", "cardNo", "ccnum"])}] => {p} [exp] => {mm()}{yy()} )'),
        lambda: ('php-serialized', f'a:2:{{s:11:"card_number";s:{len(p)}:"{p}";s:3:"exp";s:4:"{mm()}{yy()}";}}'),
        lambda: ('java', f'CardData(pan={p}, expiry={yy()}{mm()}, sequence=01)'),
        lambda: ('csharp', f'{{ CardNumber = {either()}, Amount = {money()} }}'),
        lambda: ('perl', f"$VAR1 = {{ 'card_number' => '{p}', 'amount' => '{money()}' }};"),
        lambda: ('elixir', f'%{{card_number: "{p}", amount: {nz(4)}}}'),
        lambda: ('swift', f'cardNumber: Optional("{p}")'),
        lambda: ('erlang', f'[{{pan,<<"{p}">>}},{{amount,{nz(5)}}}]'),
        lambda: ('postgres', f'ERROR:  duplicate key value violates unique constraint "cards_pan_key" DETAIL:  Key (card_number)=({p}) already exists.'),
        lambda: ('postgres', f"DETAIL:  parameters: $1 = '{nz(5)}', $2 = '{p}', $3 = '{money()}'"),
        lambda: ('mysql', f"ERROR 1062 (23000): Duplicate entry '{p}' for key 'cards.card_number'"),
        lambda: ('hibernate', f'binding parameter [2] as [VARCHAR] - [{p}]'),
        lambda: ('sql', f"UPDATE wallet SET {pick(['card_no', 'pan', 'cc_number'])} = '{p}' WHERE id = {nz(6)}"),
        lambda: ('sql', f"SELECT * FROM cards WHERE pan='{p}' LIMIT 1"),
        lambda: ('mongo', f'{{ update: "cards", filter: {{ pan: "{p}" }}, ok: 1 }}'),
        lambda: ('oracle', f' Bind#3 oacdty=01 mxl=32 value="{p}"'),
        lambda: ('keyed', f'{name}={p}'), lambda: ('keyed', f'{name}: {either()}'), lambda: ('keyed', json.dumps({name: either(), 'amount': money()}, ensure_ascii=rng.random() < .4)),
        lambda: ('keyed', f'{name}="{either()}" amount={money()}'), lambda: ('keyed', f'<{name.replace(".", "_")}>{p}</{name.replace(".", "_")}>'),
        lambda: ('toml', f'{pick(["pan", "card_number"])} = "{p}"'),
        lambda: ('multipart', f'Content-Disposition: form-data; name=\\"card_number\\"\\r\\n\\r\\n{p}\\r\\n------WebKitFormBoundary{hx(16)}'),
        lambda: ('nginx-body', f'"POST /pay HTTP/1.1" 400 0 "{{\\x22card\\x22:{{\\x22number\\x22:\\x22{p}\\x22,\\x22exp\\x22:\\x22{mm()}/{yy()}\\x22}}}}"'),
        lambda: ('query', f'GET /pay?amount={money()}&{pick(["cc", "card", "cardNo", "card%5Bnumber%5D"])}={urllib.parse.quote_plus(either())}&exp={mm()}%2F{yy()} HTTP/1.1'),
        lambda: ('path', f'GET /v1/{pick(["cards", "card", "pan"])}/{p}/balance HTTP/1.1'),
        lambda: ('cef', f'CEF:0|Shop|Pay|1.0|100|declined|5|src=10.0.0.{nz(2)} cs1Label=PAN cs1={p} rt={epoch(13)}'),
        lambda: ('leef', f'LEEF:2.0|Shop|Pay|1|decl|src=10.1.1.{nz(2)}\tcardNumber={p}\tamount={money()}'),
        lambda: ('syslog-sd', f'<134>1 {clock()}Z pos1 posd 411 ID47 [card@32473 pan="{p}" exp="{yy()}{mm()}"] declined'),
        lambda: ('iso20022', f'<PlainCardData><PAN>{p}</PAN><CardSeqNb>01</CardSeqNb><XpryDt>20{yy()}-{mm()}</XpryDt></PlainCardData>'),
        lambda: ('iso20022', f'<Card><Id><CardNb>{p}</CardNb></Id></Card><TxId>{like()}</TxId>'),
        lambda: ('mail', f'Subject: {pick(["chargeback for card", "refund to card", "Rückbuchung Karte", "remboursement carte", "kaart geblokkeerd"])} {either()}'),
        lambda: ('mail', f'> my card is {grouped()} valid thru {mm()}/{yy()} please cancel'),
        lambda: ('quoted-printable', f'card=3D{p}=20exp=3D{mm()}/{yy()}'),
        lambda: ('sms', f'SMS to +49151{ds(8)}: {pick(["Ihre Karte", "Your card", "Votre carte", "Ваша карта", "Su tarjeta"])} {either()} {pick(["wurde gesperrt", "was charged", "a été débitée", "заблокирована"])}'),
        lambda: ('ivr', f'DTMF collected: {p}# prompt=enter_card_number'),
        lambda: ('ivr', f'ivr step=card_entry digits={p} tries=1'),
        lambda: ('screen', f'Card: {grouped(" ")} Exp {mm()}/{yy()} Auth {nz(6)}'),
        lambda: ('spreadsheet', f'{nz(3)};{pick(HOLDERS)};="{p}";{mm()}/{yy()};{money()}'),
        lambda: ('track1', f'swipe %B{p}^{pick(["NOVAK/A", "KIM/MINSU"])}^{yy()}{mm()}201{ds(10)}?'),
        lambda: ('track2', f'"track2":"{p}={yy()}{mm()}201{ds(9)}"'),
        lambda: ('track2', f'T2=;{p}={yy()}{mm()}101{ds(8)}?'),
        lambda: ('full-width', '卡号：' + ''.join(chr(0xFF10 + int(c)) for c in p)),
        lambda: ('sentence', f'{pick(["customer gave card", "charging", "could not tokenize", "vault rejected pan", "hotlisted card", "card blocked:"])} {either()}'),
        lambda: ('beside-truncated', f'card {p} shown as {p[:6]}******{p[-4:]} order={like()}'),
        lambda: ('tuple', f"('{nz(5)}', '{p}', '{mm()}/{yy()}', '{ds(3)}')"),
        lambda: ('msg-json', json.dumps({'msg': f'token request for card {p} failed', 'order': like(), 'ts': int(epoch(13))})),
        lambda: ('log-tail', f'[{nz(4)}] authorize pan={p} amt={money()} rrn={nz(12)} stan={ds(6)} tid={nz(8)}'),
    ])()


def truncated(p):
    return pick([f'{p[:6]}XXXXXX{p[-4:]}', f'{p[:4]} {p[4:6]}** **** {p[-4:]}', f'{p[:6]}...{p[-4:]}', f'{p[:6]}-{p[-4:]}', f'{p[:6]}{p[-4:]}', f'{p[:8]}xxxx{p[-4:]}', f'************{p[-4:]}', f'{p[:6]}_{p[-4:]}', f'•••• {p[-4:]}', f'{p[:6]}000000{p[-4:]}' if mod10(f'{p[:6]}000000{p[-4:-1]}') != p[-1] else p[-4:]])


def personal():
    """National numbers with check digits of their own, many of them Luhn's."""
    def swedish():
        body = f'{rng.randrange(50, 99)}{mm()}{rng.randrange(10, 29)}{ds(3)}'
        return f'19{body}{mod10(body)}'
    siren = number(nz(3), 9)
    siret = number(siren, 14)
    return pick([f'personnummer={swedish()}', f'siret={siret} siren={siren}', f'NPI {number("1", 10)} enrolled', f'SIN {number(nz(1), 9)}', f'teudat zehut {number("0", 9)}', f'身份证号：{pick(["622301", "440106", "370102"])}19{rng.randrange(60, 99)}{mm()}{rng.randrange(10, 29)}{ds(4)}',
                 f'CPF {ds(3)}.{ds(3)}.{ds(3)}-{ds(2)} CNPJ {ds(14)}', f'aadhaar {nz(4)} {ds(4)} {ds(4)}', f'SA id {number(f"{rng.randrange(50, 99)}{mm()}{rng.randrange(10, 29)}{ds(4)}08", 13)}', f'pesel={nz(11)} nip={nz(10)} regon={nz(14)}',
                 f'DNI {nz(8)}X seguridad social {nz(12)}', f'INSEE {pick("12")}{ds(12)} {ds(2)}', f'medicare {nz(10)} ihi={number("800360", 16)}', f'rodné číslo {nz(6)}/{ds(4)}', f'codice paziente {like()}'])


def negatives():
    return pick([
        lambda: f'card={truncated(pan())} declined', lambda: json.dumps({'cardNumber': truncated(pan()), 'order': like()}), lambda: f'bin={pan()[:8]} last4={ds(4)} funding=debit',
        lambda: f'parcel {pick(["420", "9405"])}{ds(19)} usps', lambda: f'DHL JJD{nz(18)} / {nz(10)}; FedEx {nz(15)}; UPS 1Z{hx(16).upper()}', lambda: f'Sendungsnr. {like(pick([12, 14, 16, 20]))}', lambda: f'awb={like(12)} cn={like(16)}CN',
        lambda: f'OCR-nummer {number(nz(3), pick([10, 12, 15, 16]))} bankgiro {nz(4)}-{ds(4)}', lambda: f'KID {number("4", 16)} belop {money()}', lambda: f'QR-Referenz {nz(2)} {ds(5)} {ds(5)} {ds(5)} {ds(5)} {ds(5)}', lambda: f'viitenumero {like(16)}', lambda: f'RF{ds(2)} {nz(4)} {ds(4)} {ds(4)} {ds(4)}',
        lambda: personal(), lambda: personal(), lambda: personal(),
        lambda: f'imei={number(pick(["35", "86", "01"]) + ds(6), 15)} imeisv={pick(["35", "86"])}{ds(14)} eid=8904{ds(28)}', lambda: f'iccid {number("8949", 19)} imsi 26201{ds(10)}', lambda: f'meid (dec) {nz(18)} esn {nz(11)}',
        lambda: f'(01){ds(14)}(21){like(16)}(17){yy()}{mm()}00', lambda: f'SSCC 3{ds(17)} GLN {nz(13)} GTIN-14 {nz(14)}', lambda: f'isbn 978{ds(10)} ean {nz(13)} isrc USRC1{ds(7)}',
        lambda: f'amazon order {nz(3)}-{ds(7)}-{ds(7)}; ebay {nz(2)}-{ds(5)}-{ds(5)}; aliexpress 81{ds(14)}', lambda: f'taobao 订单编号: {like(18)} 运单号 {like(15)}', lambda: f'order {like()} confirmed', lambda: f'orderNo={like()} status=paid', lambda: f'order number {pan()}{ds(4)} shipped',
        lambda: f'fb user 1000{ds(11)} page {nz(16)} tweet {nz(19)} discord {nz(18)}', lambda: f'snowflake {like(19)} shard 4', lambda: f'ga client 1.2.{nz(9)}.{epoch(10)} gclid {hx(20)}',
        lambda: f'lat {pick(["48", "52"])}.{ds(14)} lon {pick(["4", "5", "37"])}.{ds(15)}', lambda: f'bbox [{nz(1)}.{ds(16)},{nz(2)}.{ds(14)}]', lambda: f'p99=0.{like()} p50={nz(1)}.{ds(15)}', lambda: f'score 4.{ds(15)}e-05 loss {nz(1)}.{ds(16)}',
        lambda: f't={epoch(10)}.{ds(6)} ns={epoch(19)} us={epoch(16)} ms={epoch(13)}', lambda: f'file backup-{clock().replace("-", "").replace(":", "").replace("T", "")}{ds(3)}.tar.gz', lambda: f'seq 2026{mm()}{rng.randrange(10, 29)}{ds(8)} next 2026{mm()}{rng.randrange(10, 29)}{ds(10)}',
        lambda: f'sha256 {hx(64)} crc64 {nz(19)} fnv {nz(20)} murmur={like(19)}', lambda: f'bigint hash: {nz(38)}', lambda: f'rsa n={nz(120)}', lambda: f'uuid int {nz(38)} low {like(19)}',
        lambda: f'token={like()} vault=tok', lambda: json.dumps({'cardToken': like(), 'paymentToken': like(), 'multiUseToken': number('4', 16)}), lambda: f'card_token={like()} card_ref={like()} card_id={like()}', lambda: f'cardFingerprint={like(19)} cardHash={nz(20)}',
        lambda: f'UNB+UNOC:3+{nz(13)}:14+{nz(13)}:14+26{mm()}12:1015+{like(14)}\'', lambda: f"UNH+{nz(5)}+ORDERS:D:96A:UN' BGM+220+{like()}+9' DTM+137:2026{mm()}12:102'", lambda: f"RFF+ON:{like()}' NAD+BY+{nz(13)}::9'", lambda: f'<EndToEndId>{like(18)}</EndToEndId><InstrId>{like(16)}</InstrId><MsgId>{like(19)}</MsgId>',
        lambda: f'<Othr><Id>{like(16)}</Id><SchmeNm><Prtry>MERCHANT_ORDER</Prtry></SchmeNm></Othr>' if False else f'<ClrSysRef>{like(16)}</ClrSysRef><UETR>{hx(8)}-{hx(4)}-4{hx(3)}-a{hx(3)}-{hx(12)}</UETR>',
        lambda: f'IBAN DE{ds(2)} {nz(4)} {ds(4)} {ds(4)} {ds(4)} {ds(2)}', lambda: f'iban=GB{ds(2)}NWBK{ds(14)} sort={ds(6)} acct={nz(8)}', lambda: f'clabe {nz(18)} cbu {nz(22)} bsb {ds(3)}-{ds(3)}', lambda: f'bank account no {like(16)} ifsc HDFC000{ds(4)}', lambda: f'beneficiary account: {like(16)} swift DEUTDEFF',
        lambda: f'Tel.: +49 30 {ds(8)}, +1 ({nz(3)}) {nz(3)}-{ds(4)}, 0086 138 {ds(4)} {ds(4)}, +7 916 {ds(3)}-{ds(2)}-{ds(2)}', lambda: f'sip:+44{nz(10)}@pbx call-id {nz(16)}@10.0.0.{nz(2)}', lambda: f'msisdn={pick(["44", "491", "521", "62"])}{ds(10)} smsc={nz(12)}',
        lambda: f'policy {like(16)} claim {like(14)} member {like(16)}', lambda: f'gift card {number("6006", 16)} balance {money()}', lambda: f'loyalty card {like(16)} points {nz(5)}', lambda: f'membership no. {like(16)}', lambda: f'library card 2{ds(13)}', lambda: f'sim card {number("8944", 19)}',
        lambda: f'ticket 220-{ds(10)} pnr {hx(6).upper()} e-ticket {like(13)} emd {nz(13)}', lambda: f'invoice {like()} VAT IT{nz(11)} due {clock()[:10]}', lambda: f'Rechnungsnummer {like()} Kundennr. {like(12)}', lambda: f'facture n° {like()} dossier {like(14)}', lambda: f'счет № {like(20)} договор {like(16)}', lambda: f'注文番号 {like()} 追跡番号 {nz(12)}',
        lambda: f'kernel: [{nz(5)}.{ds(6)}] addr {nz(16)} inode {like(16)} blk {nz(12)}', lambda: f'offset={like(16)} lsn={nz(12)} scn={like(15)} xid={nz(10)}', lambda: f'gtid {hx(8)}-{hx(4)}-{hx(4)}-{hx(4)}-{hx(12)}:1-{nz(12)}', lambda: f'bytes_total {like(16)} counter_64 {nz(19)}',
        lambda: f'serial {like(16)} fw {nz(1)}.{ds(4)}.{ds(4)} sn={like(19)}', lambda: f'meter reading {nz(8)}.{ds(8)} obis 1-0:1.8.0 device {like(16)}', lambda: f'DEBUG matrix [{ds(4)} {ds(4)} {ds(4)} {ds(4)} {ds(4)} {ds(4)}]', lambda: f'lotto {" ".join(ds(2) for _ in range(9))}',
        lambda: f'psp_ref={like(16)} arn={number("7", 23)} rrn={nz(12)} auth={ds(6)} stan={ds(6)} mid={like(15)}', lambda: f'merchantReference={like()} shopperReference={like(12)}', lambda: f'transaction id {like()} settled', lambda: f'refund {like()} of payment {like()} done',
        lambda: f'Luhn check failed for card {(p := pan((16,)))[:-1]}{(int(p[-1]) + pick([1, 3, 7])) % 10}',
    ])()


with open(log_file, 'w', newline='\n') as log, open(truth_file, 'w') as truth:
    for line in range(1, LINES + 1):
        head = pick([f'{clock()}.{ds(3)}Z INFO ', f'{clock()} [main] ', f'{clock().replace("T", " ")},{ds(3)} DEBUG c.p.Service - ', f'level=info ts={clock()}Z msg=', '', f'E{mm()}12 10:{nz(2)}:11.{ds(6)} {nz(5)} pay.go:{nz(3)}] '])
        if rng.random() < 1 / 3:
            kind, text = positives()
            truth.write(json.dumps({'line': line, 'kind': kind}) + '\n')
        else:
            text = negatives()
        log.write(head + text + '\n')
