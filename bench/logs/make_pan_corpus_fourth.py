"""A fourth labelled corpus for the card-number detector, sharing no code with it or the other generators.

python3 bench/logs/make_pan_corpus_fourth.py OUT.log OUT.truth.jsonl [SEED] [LINES]

One line in eight holds a number (26 shapes: keys, JSON, escaped and URL-encoded JSON, HTML, XML, SQL, tracks, tables,
chat), the others look-alikes of 38 classes. Numbers are random within issuer ranges.
"""
import base64, html, json, random, sys, urllib.parse, uuid, hashlib
if len(sys.argv) < 3:
    sys.exit(__doc__)
out, truth, seed, size = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv)>3 else 1, int(sys.argv[4]) if len(sys.argv)>4 else 100000
r = random.Random(seed)
def digits(n): return ''.join(r.choice('0123456789') for _ in range(n))
def check(body):
    t=0
    for i,c in enumerate(reversed(body)):
        v=int(c)
        if i%2==0:
            v*=2
            if v>9: v-=9
        t+=v
    return str((10-t%10)%10)
def luhn(prefix,n):
    b=prefix+digits(n-len(prefix)-1)
    return b+check(b)
def pan():
    p,n=r.choice([('4',16),('4',16),('4',16),('51',16),('52',16),('53',16),('54',16),('55',16),('2221',16),('2720',16),('34',15),('37',15),('6011',16),('65',16),('3530',16),('3566',16),('36',14),('3055',14),('62',16),('62',19),('6759',16)])
    return luhn(p,n)
def grouped(p,sep):
    if len(p)==15: return sep.join([p[:4],p[4:10],p[10:]])
    if len(p)==14: return sep.join([p[:4],p[4:10],p[10:]])
    if len(p)==19: return sep.join([p[:4],p[4:8],p[8:12],p[12:16],p[16:]])
    return sep.join(p[i:i+4] for i in range(0,16,4))
def ts(): return '2026-09-%02dT%02d:%02d:%02d.%03dZ'%(r.randint(1,28),r.randint(0,23),r.randint(0,59),r.randint(0,59),r.randint(0,999))
def ns(): return str(r.randint(1789203244118000123,1799203244118000123))
def ip(): return '.'.join(str(r.randint(1,250)) for _ in range(4))
def exp(): return '%02d/%02d'%(r.randint(1,12),r.randint(27,33))
name=lambda: r.choice(['ANNA KEMPF','J DOE','LI WEI','M. ROSSI'])
POS=[
 lambda p: f'{ts()} INFO c.shop.PaymentService - authorising card {p} exp {exp()} amount={r.randint(1,900)}.00',
 lambda p: f'{ts()} DEBUG request body: '+json.dumps({"merchant":"m%d"%r.randint(1,99),"card":{"number":p,"holder":name()}}),
 lambda p: f'{ts()} DEBUG request body: "'+json.dumps({"pan":p,"expiry":exp()}).replace('"','\\"')+'"',
 lambda p: f'{ip()} - - [12/Sep/2026:08:54:04 +0000] "GET /pay?cardNumber={p}&amount=12 HTTP/1.1" 200 51 "-" "curl/8"',
 lambda p: f'{ip()} - - [12/Sep/2026:08:54:04 +0000] "GET /cb?data={urllib.parse.quote(json.dumps({"card":p}))} HTTP/1.1" 200 51 "-" "curl/8"',
 lambda p: f'{ip()} - - [12/Sep/2026:08:54:04 +0000] "GET /pay?cc={urllib.parse.quote_plus(grouped(p," "))} HTTP/1.1" 200 51 "-" "curl/8"',
 lambda p: f'{ts()} WARN customer wrote: my card is {grouped(p," ")} please refund',
 lambda p: f'{ts()} WARN chat message="card {grouped(p,"-")} was charged twice"',
 lambda p: f'{ts()} TRACE <PaymentCard><CardNumber>{p}</CardNumber><ExpireDate>{exp()}</ExpireDate></PaymentCard>',
 lambda p: f'{ts()} TRACE &lt;CardNumber&gt;{p}&lt;/CardNumber&gt;',
 lambda p: f'<tr><td>{name()}</td><td>{grouped(p,"&nbsp;")}</td><td>{exp()}</td></tr>',
 lambda p: f'{ts()} ERROR insert into cards(pan,exp) values (\'{p}\',\'{exp()}\')',
 lambda p: f'{ts()} ERROR CardData{{number={p}, holder={name()}, expiry={exp()}}}',
 lambda p: f'{ts()} DEBUG field 002 = [{p}] field 004 = [{digits(12)}]',
 lambda p: f'{ts()} DEBUG track2=;{p}={r.randint(27,33)}{r.randint(1,12):02d}101{digits(8)}?',
 lambda p: f'{ts()} DEBUG %B{p}^{name().replace(" ","/")}^{r.randint(27,33)}{r.randint(1,12):02d}101{digits(8)}?',
 lambda p: f'{r.randint(1,999999)};{name()};{p};{exp()};EUR;{r.randint(1,900)}.{digits(2)}',
 lambda p: f'{ts()} INFO 卡号：{p} 持卡人：{name()}',
 lambda p: f'{ts()} INFO numéro de carte={grouped(p," ")}',
 lambda p: f'{ts()} INFO Kartennummer: {p}',
 lambda p: f'level=info msg="charge" account_number={p} brand=visa',
 lambda p: f'{ts()} DEBUG form: amount=10&card_no={p}&cvv2={digits(3)}',
 lambda p: json.dumps({"time":ts(),"level":"error","msg":"declined","req":{"body":json.dumps({"primaryAccountNumber":p})}}),
 lambda p: f'{ts()} DEBUG soap: <pan xsi:type=\\"xsd:string\\">{p}</pan>',
 lambda p: f'{ts()} WARN unexpected input {p}',
 lambda p: f'{ts()} INFO payment\\u003d{p}\\u0026cur\\u003dEUR',
]
def maybe_pan_like(n=16): # a number of a random kind; one in ten passes the check digit
    return r.choice('3456')+digits(n-1)
NEG=[
 lambda: f'{ts()} INFO order_id={maybe_pan_like()} created',
 lambda: f'{ts()} INFO order {luhn("4",16)} shipped'.replace('order ','orderNo='),
 lambda: f'{ts()} INFO payout iban=DE{digits(20)} bic=DEUTDEFF',
 lambda: f'{ts()} INFO payout to IBAN DE{digits(2)} {digits(4)} {digits(4)} {digits(4)} {digits(4)} {digits(2)}',
 lambda: f'{ts()} INFO trace={uuid.UUID(int=r.getrandbits(128))} span={r.getrandbits(64):016x}',
 lambda: f'{ts()} INFO id={digits(8)}-{digits(4)}-4{digits(3)}-{digits(4)}-{digits(12)}',
 lambda: f'{{"ts":{ns()},"level":"info","msg":"tick"}}',
 lambda: f'{ts()} INFO latency_ns={r.randint(10**12,10**13)} offset={r.randint(10**15,10**16-1)}',
 lambda: f'{ts()} INFO sms sent to +86138{digits(8)} from 0049{digits(11)}',
 lambda: f'{ts()} INFO tracking=1Z{digits(16)} dhl={digits(20)} fedex={digits(12)}',
 lambda: f'{ts()} INFO shipment JJD{digits(18)} usps 9400 1{digits(3)} {digits(4)} {digits(4)} {digits(4)} {digits(2)}',
 lambda: f'{ts()} INFO device imei={luhn("35",15)} seen',
 lambda: f'{ts()} INFO device IMEI: {luhn("86",15)}',
 lambda: f'{ts()} INFO sha256={hashlib.sha256(digits(9).encode()).hexdigest()}',
 lambda: f'{ts()} INFO md5 {hashlib.md5(digits(9).encode()).hexdigest()} etag="{r.getrandbits(64):016x}"',
 lambda: f'{ts()} INFO token={base64.b64encode(r.randbytes(30)).decode()}',
 lambda: f'{ts()} INFO card {r.choice("45")}{digits(5)}******{digits(4)} approved',
 lambda: f'{ts()} INFO pan=XXXXXXXXXXXX{digits(4)} last4={digits(4)} bin={digits(6)}',
 lambda: f'{ts()} INFO score=0.{digits(16)} p={r.random()}',
 lambda: f'{ts()} INFO lat={r.uniform(-90,90):.14f} lng={r.uniform(-180,180):.14f}',
 lambda: f'{ts()} INFO transaction_id=4200{digits(24)} out_trade_no={digits(20)}',
 lambda: f'{ts()} INFO alipay trade_no=20260912{digits(20)}',
 lambda: f'{ts()} INFO tweet/{r.randint(10**18,2*10**18)} snowflake={r.randint(10**17,10**18)}',
 lambda: f'{ts()} INFO session {maybe_pan_like(18)} started'.replace('session ','session_id='),
 lambda: f'{ts()} INFO ean=4{digits(12)} isbn=978{digits(10)} gtin={digits(14)}',
 lambda: f'{ts()} INFO kafka partition=3 offset={maybe_pan_like(15)} lag={digits(4)}',
 lambda: f'{ts()} INFO request_id={maybe_pan_like(16)} user_id={maybe_pan_like(14)}',
 lambda: f'{ts()} INFO epoch {r.randint(1789203244118,1799203244118)} to {r.randint(1789203244118000,1799203244118000)}',
 lambda: f'{ip()} - - [12/Sep/2026:08:54:04 +0000] "GET /img/{maybe_pan_like(16)}_{digits(10)}_n.jpg HTTP/1.1" 200 {digits(5)} "-" "Mozilla/5.0"',
 lambda: f'{ip()} - - [12/Sep/2026:08:54:04 +0000] "GET /p?fbclid=IwAR{base64.urlsafe_b64encode(r.randbytes(40)).decode()} HTTP/1.1" 200 5 "-" "x"',
 lambda: f'{ts()} INFO arn:aws:iam::{digits(12)}:role/x invoice INV-{maybe_pan_like(14)}',
 lambda: f'{ts()} INFO account={digits(10)} routing={digits(9)} sort=12-34-56',
 lambda: f'{ts()} INFO meter reading {digits(5)} {digits(5)} {digits(5)} {digits(5)}',
 lambda: f'{ts()} INFO barcode (01){digits(14)}(21){digits(10)}',
 lambda: f'{ts()} INFO vat DE{digits(9)} tax {digits(11)} ssn {digits(3)}-{digits(2)}-{digits(4)}',
 lambda: f'{ts()} INFO hex dump {" ".join("%02x"%r.randint(0,255) for _ in range(16))}',
 lambda: f'{ts()} INFO ticket #{maybe_pan_like(13)} booking ref {maybe_pan_like(15)}'.replace('ref ','ref='),
 lambda: f'{ts()} INFO {r.randint(100,999)} rows, {r.randint(1000,9999)} ms, from {ip()} port {digits(5)}',
 lambda: f'{ts()} INFO uuid_int={r.getrandbits(120)} serial={digits(30)}',
]
with open(out,'w') as f, open(truth,'w') as t:
    for i in range(1,size+1):
        if r.random()<0.12:
            k=r.randrange(len(POS)); f.write(POS[k](pan())+'\n'); t.write(json.dumps({"line":i,"kind":f"p{k}"})+'\n')
        else: f.write(r.choice(NEG)()+'\n')
