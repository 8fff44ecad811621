"""The payment days of `truth_third.py`: ordinary traffic, layouts and tables it is written in, abuse of it."""
import csv
import hashlib
import json
import math
import random
from datetime import datetime, timedelta, timezone

UTC = timezone.utc
CST = timezone(timedelta(hours=8))
AGENTS = [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Mobile Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
    'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
]
SERVERS = ['okhttp/4.12.0', 'Java/17.0.11', 'GuzzleHttp/7', 'python-requests/2.32.3', 'Go-http-client/1.1', 'axios/1.7.2']
# first six digits of published test cards
BINS = ['411111', '424242', '400005', '401288', '400000', '555555', '222300', '520082', '510510', '545454', '378282', '601111', '356600']
BIN_WEIGHTS = [20, 17, 12, 9, 8, 14, 8, 8, 6, 5, 4, 3, 2]
ACQUIRERS = ['northbank', 'eurocard', 'pacific', 'unionlink']


class Request:
    """One call, as the system that answers it knows it."""

    __slots__ = ('at', 'ip', 'agent', 'user', 'method', 'path', 'status', 'ms', 'size', 'merchant', 'acquirer', 'code', 'amount', 'bin',
                 'last4', 'card', 'expiry', 'device', 'error')

    def __init__(self, at, ip, method, path, ms, **more):
        self.at, self.ip, self.method, self.path, self.ms = at, ip, method, path, ms
        self.status, self.size, self.agent, self.user = 200, 512, AGENTS[0], '-'
        self.merchant = self.acquirer = self.code = self.bin = self.last4 = self.card = self.expiry = self.device = self.error = ''
        self.amount = 0
        for name, value in more.items():
            setattr(self, name, value)


class Day:
    """A seeded stretch of traffic. `rate` is lines a minute on average, `at(h)` a moment h hours after the start."""

    def __init__(self, seed, hours, rate, start=6, shape='shop'):
        self.rng = random.Random(seed)
        self.hours, self.rate, self.shape = hours, rate, shape
        self.start = datetime(2026, self.rng.randint(2, 9), self.rng.randint(2, 24), start, tzinfo=UTC).timestamp()
        self.end = self.start + hours * 3600
        self.faults = []
        self.people = [f'{self.rng.choice([24, 37, 62, 81, 93, 109, 151, 178, 188, 203])}.{self.rng.randint(0, 255)}.{self.rng.randint(0, 255)}.{self.rng.randint(1, 254)}' for _ in range(4000)]
        self.merchants = [(f'M{1000 + i}', [f'198.51.{self.rng.randint(100, 103)}.{self.rng.randint(1, 254)}' for _ in range(self.rng.randint(1, 3))], self.rng.choice(SERVERS)) for i in range(40)]
        self.merchant_weights = [1 / (i + 1) ** 0.8 for i in range(40)]

    def at(self, hours):
        return self.start + hours * 3600

    def level(self, at):
        """How busy the hour is, 1 on average."""
        if self.shape == 'flat':
            return 1
        hour = (at % 86400) / 3600
        depth = 0.75 if self.shape == 'shop' else 0.45
        return 1 + depth * math.sin((hour - 9) / 24 * 2 * math.pi)

    def arrivals(self, rate, begin=None, end=None, level=None):
        """Moments of a Poisson process whose rate breathes a little from minute to minute."""
        begin, end = begin or self.start, end or self.end
        level = level or self.level
        drift = 0.0
        minute = begin
        while minute < end:
            drift = 0.9 * drift + self.rng.gauss(0, 0.025)
            width = min(60.0, end - minute)
            mean = rate * level(minute) * math.exp(drift) * width / 60
            count = poisson(self.rng, mean)
            for _ in range(count):
                yield minute + self.rng.random() * width
            minute += 60

    def took(self, median, spread=0.45):
        return median * math.exp(self.rng.gauss(0, spread))

    def card(self):
        """A card of a customer: bin, last four, token, expiry."""
        bin6 = self.rng.choices(BINS, BIN_WEIGHTS)[0]
        last4 = f'{self.rng.randint(0, 9999):04d}'
        return bin6, last4, token(bin6 + last4 + str(self.rng.random())), f'{self.rng.randint(1, 12):02d}/{self.rng.randint(27, 31)}'

    def fault(self, kind, after, minutes, where=None, match=None, grade='', **more):
        """Plants one thing `after` hours from the start."""
        begin = self.at(after) + self.rng.randint(0, 59)
        self.faults.append({'kind': kind, 'from': begin, 'to': begin + minutes * 60, 'where': where or {}, 'match': match, 'grade': grade, **more})
        return self

    def suffer(self, requests):
        """What the planted faults make of the requests; clients try again after a failure."""
        out = []
        queue = list(requests)
        while queue:
            r = queue.pop()
            lost = False
            for f in self.faults:
                if not f['from'] <= r.at < f['to'] or (f['match'] and not f['match'](r)):
                    continue
                if f['kind'] == 'outage':
                    lost = True
                elif f['kind'] == 'slow':
                    part = (r.at - f['from']) / (f['to'] - f['from'])
                    r.ms *= 1 + (f['factor'] - 1) * (min(1, part / f['creep']) if f.get('creep') else 1)
                elif f['kind'] == 'errors' and self.rng.random() < f['share']:
                    r.status, r.code, r.error = f.get('status', 502), f.get('code', '96'), f.get('error', '')
                    r.ms = self.took(30_000, 0.001) if r.status == 504 else self.took(4 if r.status in (502, 503) else 90)
                    r.size = 157
                    if self.rng.random() < 0.4:
                        again = Request(r.at + self.rng.uniform(1, 12) + r.ms / 1000, r.ip, r.method, r.path, self.took(220))
                        for name in ('agent', 'user', 'merchant', 'acquirer', 'amount', 'bin', 'last4', 'card', 'expiry', 'device'):
                            setattr(again, name, getattr(r, name))
                        again.code = '00'
                        queue.append(again)
                elif f['kind'] == 'declines' and r.code == '00' and self.rng.random() < f['share']:
                    r.code = f['code']
            if not lost:
                out.append(r)
        out.sort(key=lambda r: r.at)
        return [r for r in out if self.start <= r.at < self.end]


def poisson(rng, mean):
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    limit, n, p = math.exp(-mean), 0, rng.random()
    while p > limit:
        n += 1
        p *= rng.random()
    return n


def token(text):
    return hashlib.sha256(text.encode()).hexdigest()[:24]


# --- ordinary traffic -------------------------------------------------------------------------------------------------------------

DECLINES = (['05'] * 40 + ['51'] * 35 + ['54'] * 6 + ['14'] * 4 + ['61'] * 5 + ['57'] * 4 + ['82'] * 3 + ['65'] * 2 + ['91'])


def shop(day):
    """People who browse, and some who pay."""
    rng = day.rng
    for at in day.arrivals(day.rate / 5.2):
        ip, agent = rng.choice(day.people), rng.choice(AGENTS)
        for _ in range(rng.randint(1, 7)):
            path = rng.choice(['/', '/search?q=lamp', f'/product/{rng.randint(1, 400)}', f'/product/{rng.randint(1, 400)}', '/static/app.css', f'/img/{rng.randint(1, 90)}.webp'])
            missing = rng.random() < 0.006
            yield Request(at, ip, 'GET', path, day.took(3 if 'static' in path or 'img' in path else 45), agent=agent, size=rng.randint(800, 40_000), status=404 if missing else 200)
            at += rng.expovariate(1 / 14)
        if rng.random() < 0.3:
            yield Request(at, ip, 'POST', '/cart/add', day.took(60), agent=agent, status=302)
            yield Request(at + 20, ip, 'GET', '/checkout', day.took(90), agent=agent, size=18_200)
            yield Request(at + rng.uniform(40, 120), ip, 'POST', '/api/pay', day.took(420), agent=agent, status=200 if rng.random() > 0.004 else 500)


def gateway(day):
    """Servers of merchants that call a payment gateway, which asks one of four acquirers."""
    rng = day.rng
    for at in day.arrivals(day.rate):
        merchant, addresses, agent = rng.choices(day.merchants, day.merchant_weights)[0]
        r = Request(at, rng.choice(addresses), 'GET', '', 0, agent=agent, merchant=merchant)
        pick = rng.random()
        if pick < 0.55:
            pay(day, r)
        elif pick < 0.85:
            r.path, r.ms = f'/v1/payments/pay_{rng.randint(10**8, 10**9)}', day.took(14)
        elif pick < 0.97:
            r.method, r.path, r.ms, r.status = 'POST', '/v1/tokens', day.took(38), 201
        else:
            r.method, r.path, r.ms = 'POST', '/v1/refunds', day.took(300)
            r.acquirer = rng.choice(ACQUIRERS)
        if rng.random() < 0.001:
            r.status, r.code, r.error = rng.choice([(400, '30', ''), (500, '96', 'java.lang.IllegalStateException: reference already used'), (504, '68', '')])
            r.ms = day.took(30_000, 0.001) if r.status == 504 else r.ms
        yield r


def pay(day, r):
    rng = day.rng
    r.method, r.path, r.ms, r.status = 'POST', '/v1/payments', day.took(getattr(day, 'median', 260)), 201
    r.acquirer = rng.choices(ACQUIRERS, [45, 30, 15, 10])[0]
    r.bin, r.last4, r.card, r.expiry = day.card()
    r.amount = round(math.exp(rng.gauss(3.6, 0.9)), 2)
    r.code = '00' if rng.random() > 0.1 else rng.choice(DECLINES)
    r.status = 201 if r.code == '00' else 402


def connector(day):
    """The way out to the acquirers through a proxy."""
    for at in day.arrivals(day.rate):
        r = Request(at, f'10.20.4.{day.rng.randint(11, 14)}', 'POST', '', 0, agent='paycore/5.2')
        pay(day, r)
        r.path, r.status = f'/{r.acquirer}/authorize', 200
        if day.rng.random() < 0.002:
            r.status = 502
        yield r


def table(day):
    """Payments of customers, as a table holds them; a few go through shared addresses."""
    rng = day.rng
    shared = [rng.choice(day.people) for _ in range(6)]
    for at in day.arrivals(day.rate):
        r = Request(at, rng.choice(shared) if rng.random() < 0.05 else f'{rng.choice([24, 62, 81, 93, 151, 178, 188])}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}', 'POST', '', 0)
        r.merchant = rng.choices(day.merchants, day.merchant_weights)[0][0]
        pay(day, r)
        r.device = token(r.ip + r.card)[:12]
        yield r
        for _ in range(3):
            if r.code == '00' or rng.random() > 0.35:
                break
            again = Request(r.at + rng.uniform(15, 240), r.ip, 'POST', '', day.took(260), merchant=r.merchant, acquirer=r.acquirer, amount=r.amount, device=r.device)
            again.bin, again.last4, again.card, again.expiry = (r.bin, r.last4, r.card, r.expiry) if rng.random() < 0.5 else day.card()
            again.code = '00' if rng.random() < 0.5 else r.code
            yield again
            r = again


def logins(day):
    rng = day.rng
    for at in day.arrivals(day.rate / 3):
        ip, agent, user = rng.choice(day.people), rng.choice(AGENTS), f'user{rng.randint(1, 9000)}@example.com'
        yield Request(at, ip, 'GET', '/login', day.took(12), agent=agent, size=4100)
        while rng.random() < 0.09:
            at += rng.uniform(5, 25)
            yield Request(at, ip, 'POST', '/login', day.took(110), agent=agent, user=user, status=401, size=88, error='bad_credentials')
        at += rng.uniform(5, 25)
        yield Request(at, ip, 'POST', '/login', day.took(120), agent=agent, user=user, status=302, size=0)
        yield Request(at + 1, ip, 'GET', '/account', day.took(45), agent=agent, user=user, size=9800)


# --- layouts ----------------------------------------------------------------------------------------------------------------------

def iso(at, zone=UTC, digits=3):
    text = datetime.fromtimestamp(at, zone).isoformat(timespec='milliseconds' if digits else 'seconds')
    return text.replace('+00:00', 'Z')


def clf(at):
    return datetime.fromtimestamp(at, UTC).strftime('%d/%b/%Y:%H:%M:%S +0000')


def combined_rt(r):
    return f'{r.ip} - - [{clf(r.at + r.ms / 1000)}] "{r.method} {r.path} HTTP/1.1" {r.status} {r.size} "-" "{r.agent}" {r.ms / 1000:.3f}'


def upstream(r):
    peer = f'10.30.{1 + ACQUIRERS.index(r.acquirer) if r.acquirer else 9}.11:8443'
    return f'{combined_rt(r)[:-len(f" {r.ms / 1000:.3f}")]} rt={r.ms / 1000:.3f} uct=0.004 urt={max(0, r.ms - 1) / 1000:.3f} upstream={peer} us={r.status}'


def haproxy(r):
    at = datetime.fromtimestamp(r.at, UTC)
    back = f'bk_{r.acquirer}' if r.acquirer else 'bk_web'
    stamp = at.strftime('%b ') + f'{at.day:2d}' + at.strftime(' %H:%M:%S')
    ended = 'sH--' if r.status == 504 else 'SC--' if r.status == 503 else 'SH--' if r.status == 502 else '----'
    total = round(r.ms)
    timers = f'0/0/-1/-1/{total}' if r.status == 503 else f'0/0/2/-1/{total}' if r.status in (502, 504) else f'0/0/2/{max(0, total - 3)}/{total}'
    return (f'{stamp} lb1 haproxy[2114]: {r.ip}:{20000 + int(r.at * 7) % 40000} [{at.strftime("%d/%b/%Y:%H:%M:%S")}.{at.microsecond // 1000:03d}] fe_pay '
            f'{back}/srv1 {timers} {r.status} {r.size} - - {ended} 120/110/14/6/0 0/0 "{r.method} {r.path} HTTP/1.1"')


def json_flat(r):
    line = {'ts': iso(r.at), 'level': 'error' if r.status >= 500 else 'info', 'msg': 'request completed', 'client_ip': r.ip, 'method': r.method,
            'path': r.path, 'status': r.status, 'latency_ms': round(r.ms, 1)}
    if r.merchant:
        line['merchant_id'] = r.merchant
    if r.acquirer:
        line.update(acquirer=r.acquirer, response_code=r.code)
    if r.user != '-':
        line.update(user=r.user, result='ok' if r.status < 400 else r.error)
    return json.dumps(line, separators=(',', ':'))


def json_nested(r):
    line = {'time': round(r.at * 1000), 'service': 'pay-edge', 'http': {'verb': r.method, 'route': r.path.split('?')[0], 'code': r.status}, 'elapsed': round(r.ms / 1000, 4),
            'caller': {'addr': r.ip, 'mid': r.merchant or None}}
    if r.acquirer:
        line['downstream'] = {'acquirer': r.acquirer, 'rc': r.code}
    return json.dumps(line)


def app_text(r):
    at = datetime.fromtimestamp(r.at, UTC)
    stamp = at.strftime('%Y-%m-%d %H:%M:%S,') + f'{at.microsecond // 1000:03d}'
    if not r.acquirer:
        return f'{stamp} INFO  [http-nio-8080-exec-{int(r.at * 31) % 40 + 1}] c.e.pay.web.AccessFilter - {r.method} {r.path} merchant={r.merchant} -> {r.status} in {round(r.ms)} ms'
    head = f'[http-nio-8080-exec-{int(r.at * 31) % 40 + 1}] c.e.pay.core.PaymentService'
    if r.status >= 500:
        error = r.error or ('java.net.SocketTimeoutException: Read timed out' if r.status == 504 else 'com.example.pay.acq.AcquirerException: HTTP 502 from acquirer')
        return f'{stamp} ERROR {head} - payment failed merchant={r.merchant} acquirer={r.acquirer} after {round(r.ms)} ms: {error}\n\tat com.example.pay.acq.Client.call(Client.java:88)\n\tat com.example.pay.core.PaymentService.authorize(PaymentService.java:141)'
    return f'{stamp} INFO  {head} - payment done merchant={r.merchant} acquirer={r.acquirer} rc={r.code} took={round(r.ms)}ms'


LAYOUTS = {'combined-rt': ('access.log', combined_rt), 'nginx-upstream': ('gateway_access.log', upstream), 'haproxy': ('haproxy.log', haproxy),
           'json-flat': ('gateway.jsonl', json_flat), 'json-nested': ('edge.json', json_nested), 'app-text': ('payment-service.log', app_text)}


def masked(r):
    return f'{r.bin}******{r.last4}'


def iso_table(rows):
    yield ['transmission_time', 'stan', 'merchant_id', 'acquirer', 'card_bin', 'card_last4', 'card_hash', 'card_expiry', 'amount', 'currency', 'response_code', 'client_ip', 'device_id']
    for i, r in enumerate(rows):
        yield [iso(r.at), f'{i % 1_000_000:06d}', r.merchant, r.acquirer, r.bin, r.last4, r.card, r.expiry, f'{r.amount:.2f}', 'EUR', r.code, r.ip, r.device]


UNIONPAY = {'00': ('00', '成功'), '05': ('01', '交易失败'), '51': ('51', '余额不足'), '54': ('54', '卡片已过期'), '14': ('14', '无效卡号'), '61': ('61', '超出金额限制'),
            '57': ('57', '交易不允许'), '82': ('05', '不予承兑'), '65': ('65', '超出次数限制'), '91': ('91', '发卡行不能操作'), '96': ('96', '系统故障'), '68': ('98', '交易超时')}


def unionpay_table(rows):
    yield ['txnTime', 'orderId', 'merId', 'accNo', 'txnAmt', 'currencyCode', 'respCode', 'respMsg', 'queryId', 'clientIp']
    for i, r in enumerate(rows):
        code, text = UNIONPAY.get(r.code, ('01', '交易失败'))
        yield [iso(r.at, CST, 0), f'20261{i:08d}', r.merchant, masked(r), round(r.amount * 100), '156', code, text, f'7{i:020d}', r.ip]


STRIPE = {'00': ('succeeded', ''), '51': ('failed', 'insufficient_funds'), '54': ('failed', 'expired_card'), '14': ('failed', 'incorrect_number'), '82': ('failed', 'incorrect_cvc'),
          '96': ('failed', 'processing_error'), '91': ('failed', 'issuer_not_available'), '65': ('failed', 'card_velocity_exceeded')}


def stripe_table(rows):
    yield ['id', 'Created (UTC)', 'Amount', 'Currency', 'Status', 'Decline Code', 'Card Fingerprint', 'Card BIN', 'Card Last4', 'Card Exp', 'IP Address', 'merchant']
    for i, r in enumerate(rows):
        status, reason = STRIPE.get(r.code, ('failed', 'do_not_honor'))
        yield [f'ch_{token(str(i))}', datetime.fromtimestamp(r.at, UTC).strftime('%Y-%m-%d %H:%M:%S'), f'{r.amount:.2f}', 'usd', status, reason, r.card, r.bin, r.last4, r.expiry, r.ip, r.merchant]


ALIPAY = {'00': ('TRADE_SUCCESS', '', ''), '51': ('TRADE_CLOSED', '40004', 'ACQ.BUYER_BALANCE_NOT_ENOUGH'), '96': ('UNKNOWN', '20000', 'isp.unknow-error'), '68': ('UNKNOWN', '20000', 'aop.unknow-error')}


def alipay_table(rows):
    yield ['gmt_create', 'out_trade_no', 'trade_no', 'store_id', 'buyer_id', 'total_amount', 'trade_status', 'code', 'sub_code']
    for i, r in enumerate(rows):
        status, code, sub = ALIPAY.get(r.code, ('TRADE_CLOSED', '40004', 'ACQ.PAYMENT_FAIL'))
        yield [iso(r.at, CST, 0), f'A{i:09d}', f'2026{i:016d}', r.merchant, f'2088{int(r.card[:8], 16):012d}', f'{r.amount:.2f}', status, code or '10000', sub]


TABLES = {'iso8583': iso_table, 'unionpay': unionpay_table, 'stripe': stripe_table, 'alipay': alipay_table}


# --- attacks ----------------------------------------------------------------------------------------------------------------------

def addresses(rng, count):
    return [f'{rng.choice([45, 89, 103, 141, 176, 185, 193])}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}' for _ in range(count)]


def testing(day, after, minutes, rate, ips=1, one_bin=False, sequential=False, amounts=(1.0, 1.5, 2.0), approved=0.04, merchant='M1007', amount=None):
    """Stolen or guessed cards tried at one merchant."""
    rng = day.rng
    begin = day.at(after)
    pool, number = addresses(rng, ips), rng.randint(1000, 5000)
    for at in day.arrivals(rate, begin, begin + minutes * 60, lambda _: 1):
        ip = rng.choice(pool)
        r = Request(at, ip, 'POST', '/v1/payments', day.took(300), merchant=merchant, acquirer='northbank', amount=rng.choice(amounts))
        r.bin, r.last4, r.card, r.expiry = day.card()
        if one_bin:
            r.bin = '555555'
        if sequential:
            number += 1
            r.last4 = f'{number % 10000:04d}'
            r.card = token(f'{r.bin}-{number}')
        r.code = '00' if rng.random() < approved else rng.choice(['05', '14', '14', '54', '05', '82'])
        r.device = token(ip)[:12]
        yield r


def guessing(day, after, minutes, rate, what, cards=1, ips=1):
    """Expiry dates or security codes of known cards tried one after another."""
    rng = day.rng
    begin = day.at(after)
    pool, known, step = addresses(rng, ips), [day.card() for _ in range(cards)], 0
    for at in sorted(day.arrivals(rate, begin, begin + minutes * 60, lambda _: 1)):
        step += 1
        r = Request(at, rng.choice(pool), 'POST', '/v1/payments', day.took(280), merchant='M1004', acquirer='eurocard', amount=9.99)
        r.bin, r.last4, r.card, r.expiry = known[step % cards]
        if what == 'expiry':
            months = step // cards
            r.expiry, r.code = f'{months % 12 + 1:02d}/{26 + months // 12 % 6}', '54' if rng.random() < 0.8 else '05'
        else:
            r.code = '82'
        r.device = token(r.ip)[:12]
        yield r


def stuffing(day, after, minutes, rate, ips):
    rng = day.rng
    begin = day.at(after)
    pool = addresses(rng, ips)
    for at in day.arrivals(rate, begin, begin + minutes * 60, lambda _: 1):
        good = rng.random() < 0.008
        yield Request(at, rng.choice(pool), 'POST', '/login', day.took(115), agent=rng.choice(AGENTS[:2]), user=f'{token(str(rng.random()))[:9]}@mail.example',
                      status=302 if good else 401, size=0 if good else 88, error='bad_credentials')
