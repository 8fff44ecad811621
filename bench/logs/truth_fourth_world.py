"""The businesses of `truth_fourth.py`: customers who come in visits of several steps, and the front ends that log them.

Unlike the other sets, nothing here draws requests one by one: a visitor goes from step to step, waits, gives up or tries again, so
that a fault of one step takes the later ones with it and what follows a fault is not what went before it.
Times are seconds since the epoch, UTC; durations are milliseconds.
"""
import math
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

HOUR, DAY = 3600, 86400
MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()
PHONE = 'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Mobile Safari/537.36'
DESK = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0'


class Call:
    """One request of a visit, and what became of it."""

    __slots__ = ('at', 'ip', 'agent', 'method', 'path', 'name', 'merchant', 'acquirer', 'node', 'status', 'ms', 'size', 'broken')

    def __init__(self, at, ip, method, path, name, ms, agent=PHONE, merchant='', acquirer='', node='', status=200, size=700):
        self.at, self.ip, self.method, self.path, self.name, self.ms, self.agent = at, ip, method, path, name, ms, agent
        self.merchant, self.acquirer, self.node, self.status, self.size, self.broken = merchant, acquirer, node, status, size, ''


def hill(hour, peak, width):
    """A smooth rise and fall around an hour of the day, 1 at its top."""
    apart = min(abs(hour - peak), 24 - abs(hour - peak))
    return math.exp(-((apart / width) ** 2))


# How busy a business is: (hour of the local day, weekday with Monday 0, date) to a number of about 1 in good hours.
def lunch(hour, weekday, _):
    return 0.04 + 1.3 * hill(hour, 12.4, 1.3) + 0.9 * hill(hour, 19.8, 1.9) + (0.25 if 8 < hour < 22 else 0)


def office(hour, weekday, date):
    if weekday >= 5 or date in ('2026-05-14', '2026-05-25', '2026-10-03'):
        return 0.03
    opens = min(1, max(0.04, (hour - 7.2) / 1.6)) if hour < 12 else min(1, max(0.04, (18.3 - hour) / 1.4))
    return opens * (0.65 if 12 <= hour < 13 else 1)


def around_the_clock(hour, weekday, _):
    return 0.55 + 0.35 * hill(hour, 15, 5) + 0.25 * hill(hour, 3, 4)


def counter(hour, weekday, _):
    """Tills: shops open at nine, on Sundays few do, at night petrol stations."""
    return 0.07 + (0.25 if weekday == 6 else 1) * (0.7 if 9 <= hour < 21 else 0) + 0.4 * hill(hour, 18, 1.5)


def evening(hour, weekday, _):
    return 0.12 + hill(hour, 20.5, 3.2) + 0.3 * hill(hour, 10, 3)


def even(*_):
    return 1


# What visitors do: (name, method, path, seconds until the next step, middle duration, spread of its logarithm, chance to go on)
VISITS = {
    'shop': [('home', 'GET', '/', 9, 38, 0.5, 0.8), ('product', 'GET', '/p/{n}', 25, 62, 0.6, 0.75), ('product', 'GET', '/p/{n}', 30, 62, 0.6, 0.5),
             ('cart', 'POST', '/cart/items', 14, 85, 0.4, 0.7), ('checkout', 'GET', '/checkout', 40, 110, 0.4, 0.75),
             ('pay', 'POST', '/checkout/payment', 4, 640, 0.45, 0.95), ('thanks', 'GET', '/checkout/done', 1, 55, 0.4, 0)],
    'page': [('page', 'GET', '/pay/{x}', 22, 48, 0.5, 0.8), ('confirm', 'POST', '/pay/{x}/confirm', 3, 780, 0.5, 0.97),
             ('result', 'GET', '/pay/{x}/result', 3, 35, 0.4, 0.5), ('result', 'GET', '/pay/{x}/result', 3, 35, 0.4, 0)],
    'api': [('create', 'POST', '/v2/payments', 2, 310, 0.5, 0.85), ('read', 'GET', '/v2/payments/{n}', 6, 24, 0.5, 0.25), ('refund', 'POST', '/v2/refunds', 2, 270, 0.5, 0.1),
            ('export', 'GET', '/v2/settlements/{d}', 1, 900, 0.7, 0)],
    'till': [('authorise', 'POST', '/term/authorise', 2, 420, 0.35, 0.96), ('confirm', 'POST', '/term/confirm', 1, 60, 0.4, 0)],
}


class Business:
    """A front end for some days: who comes, how often, by which steps, to which servers."""

    def __init__(self, rng, visits, busy, rate, zone, begin, days, layout, shops=0, acquirers=(), crowd=3000, polls=0):
        self.rng, self.steps, self.busy, self.rate, self.zone = rng, VISITS[visits], busy, rate, ZoneInfo(zone)
        self.visits, self.layout, self.polls = visits, layout, polls
        self.begin = datetime.strptime(begin, '%Y-%m-%d %H:%M').replace(tzinfo=self.zone).timestamp()
        self.end = self.begin + days * DAY
        first = rng.choice([(81, 92), (176, 189), (37, 46)])
        self.crowd = [f'{rng.randint(*first)}.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(1, 254)}' for _ in range(crowd)]
        self.shops = [f'mch{rng.randint(10000, 99999)}' for _ in range(shops)]
        self.shop_weights = [1.0 / (k + 1.5) for k in range(shops)]
        self.acquirers, self.nodes = list(acquirers), {}
        for k, name in enumerate(dict.fromkeys(step[0] for step in self.steps)):
            tier = 'pay' if name in ('pay', 'confirm', 'create', 'authorise', 'refund') else 'web'
            self.nodes[name] = [f'10.20.{4 if tier == "pay" else 7}.{11 + j}:8443' for j in range(3)]
        self.faults, self.extra, self.crowded = [], [], lambda at: 1.0
        self.serial = rng.randint(10**6, 9 * 10**6)

    def local(self, at):
        return datetime.fromtimestamp(at, self.zone)

    def level(self, at):
        """Visits a minute at that time."""
        when = self.local(at)
        return self.rate * self.busy(when.hour + when.minute / 60, when.weekday(), when.strftime('%Y-%m-%d')) * self.crowded(at)

    def at(self, hours):
        return self.begin + hours * HOUR

    def fault(self, kind, begin, minutes, where=None, **more):
        """Plants one; `where` is a member of Call and the value it must have."""
        self.faults.append({'kind': kind, 'from': begin, 'to': begin + minutes * 60, 'where': where or {}, **more})

    def suffer(self, call):
        """What the faults of the moment do to a call. @returns whether it reaches the front end at all."""
        for fault in self.faults:
            into = call.at - fault['from']
            if into < 0 or call.at >= fault['to'] or any(getattr(call, key) != value for key, value in fault['where'].items()):
                continue
            if fault.get('flap') and int(into // fault['flap']) % 2:
                continue
            share = fault.get('share', 1.0)
            for after, less in fault.get('stages', ()):
                share = less if into >= after * 60 else share
            if self.rng.random() >= share:
                continue
            if fault['kind'] == 'outage':
                return False
            if fault['kind'] == 'errors':
                call.status = self.rng.choice(fault['answers'])
                call.ms = self.rng.uniform(10000, 10030) if call.status == 504 else self.rng.lognormvariate(2, 0.6)
                call.broken, call.size = 'server', 190
            elif 'more' in fault:
                call.ms += self.rng.uniform(*fault['more'])
            else:
                grown = min(1, into / (fault['rising'] * 60)) if fault.get('rising') else 1
                call.ms *= 1 + (fault['factor'] - 1) * grown
        if call.ms > 9000 and not call.broken and self.rng.random() < 0.35:
            call.status, call.ms, call.broken, call.size = 499, self.rng.uniform(6000, 9000), 'client', 0
        return True

    def visit(self, at):
        """One visitor: every step may fail, be tried again or be the last."""
        rng = self.rng
        ip, agent = rng.choice(self.crowd), rng.choice((PHONE, PHONE, DESK))
        merchant = rng.choices(self.shops, self.shop_weights)[0] if self.shops else ''
        acquirer = self.acquirers[hash_of(merchant, len(self.acquirers)) if rng.random() < 0.8 else rng.randrange(len(self.acquirers))] if self.acquirers else ''
        if self.visits == 'api' and merchant:
            ip, agent = f'198.18.{hash_of(merchant, 200)}.{rng.randint(10, 12)}', 'payments-client/5.2 (java 21)'
        self.serial += 1
        token = f'{self.serial * 2654435761 % 2**32:08x}{rng.randrange(2**16):04x}'
        for name, method, path, wait, middle, spread, onward in self.steps:
            if name == 'export' and rng.random() < 0.9:
                continue
            path = path.format(n=self.serial % 9000 + 1000, x=token, d=f'{self.local(at):%Y-%m-%d}')
            for attempt in range(3):
                call = Call(at, ip, method, path, name, middle * rng.lognormvariate(0, spread), agent, merchant, acquirer, rng.choice(self.nodes[name]), size=rng.randint(180, 5200))
                if name in ('pay', 'confirm', 'create', 'authorise') and rng.random() < 0.04:
                    call.status = 402
                elif rng.random() < 0.0007:
                    call.status, call.broken = rng.choice((500, 502, 504)), 'server'
                arrived = self.suffer(call)
                if arrived:
                    yield call
                at += call.ms / 1000
                if arrived and not call.broken:
                    break
                if rng.random() < 0.45:
                    return
                at += rng.uniform(2, 25)
            else:
                return
            if rng.random() >= onward:
                return
            at += rng.expovariate(1 / wait)

    def calls(self):
        """Everything that is logged, by the time of its answer."""
        rng, out, breath, minute = self.rng, [], 0.0, self.begin - 180
        while minute < self.end:
            breath = 0.85 * breath + rng.gauss(0, 0.04)
            for _ in range(count(rng, self.level(minute) * math.exp(breath))):
                out.extend(self.visit(minute + rng.uniform(0, 60)))
            minute += 60
        for k in range(self.polls):
            at = self.begin + rng.uniform(0, 30)
            while at < self.end:
                call = Call(at, f'198.18.{230 + k // 20}.{k % 20 + 5}', 'GET', '/v2/ping', 'ping', rng.lognormvariate(1.6, 0.3), 'poller/1.4', node=rng.choice(next(iter(self.nodes.values()))), size=17)
                if self.suffer(call):
                    out.append(call)
                at += 30 + rng.uniform(-0.4, 0.4)
        out = [call for call in out + self.extra if self.begin <= call.at and call.at + call.ms / 1000 < self.end]
        return sorted(out, key=lambda call: call.at + call.ms / 1000)


def hash_of(text, below):
    return sum(ord(letter) * (k + 3) for k, letter in enumerate(text)) % below


def count(rng, mean):
    """A Poisson number, by waiting times."""
    number, left = 0, mean
    while left > 0:
        left -= rng.expovariate(1)
        number += left > 0
    return number


# Writers of one line each.
def offset(when):
    return when.strftime('%z')


def nginx(day, call):
    when = day.local(call.at + call.ms / 1000)
    upstream = f'{call.ms / 1000:.3f}' if call.status != 499 else '-'
    path = f'/m/{call.merchant}{call.path}' if call.merchant else call.path
    return f'{call.ip} - - [{when.day:02d}/{MONTHS[when.month - 1]}/{when:%Y:%H:%M:%S} {offset(when)}] "{call.method} {path} HTTP/2.0" {call.status} {call.size} "-" "{call.agent}" rt={call.ms / 1000:.3f} uct="0.001" urt="{upstream}" ua="{call.node}" us="{"-" if call.status == 499 else call.status}"'


def haproxy(day, call):
    done, begun = day.local(call.at + call.ms / 1000), day.local(call.at)
    pool = 'be_pay' if '.4.' in call.node else 'be_web'
    server = f'{pool}/{pool[3:]}{call.node.split(":")[0].rsplit(".", 1)[1]}'
    flags, timers, status = '----', f'0/0/1/{max(0, int(call.ms) - 2)}/{int(call.ms)}', call.status
    if call.broken == 'client':
        flags, timers, status = 'CH--', f'0/0/1/-1/{int(call.ms)}', -1
    elif call.status == 503:
        flags, timers = 'SC--', f'0/0/-1/-1/{int(call.ms)}'
    elif call.status == 504:
        flags, timers = 'sH--', f'0/0/1/-1/{int(call.ms)}'
    elif call.status == 502:
        flags, timers = 'SH--', f'0/0/1/-1/{int(call.ms)}'
    return f'{MONTHS[done.month - 1]} {done.day:2d} {done:%H:%M:%S} lb2 haproxy[2291]: {call.ip}:{20000 + call.size * 7 % 40000} [{begun.day:02d}/{MONTHS[begun.month - 1]}/{begun:%Y:%H:%M:%S}.{begun.microsecond // 1000:03d}] fe_tls~ {server} {timers} {status} {call.size} - - {flags} 41/40/3/1/0 0/0 "{call.method} {call.path} HTTP/1.1"'


def envoy(day, call):
    when = datetime.fromtimestamp(call.at, timezone.utc)
    flag = {503: 'UF', 504: 'UT', 502: 'UPE'}.get(call.status, '-') if call.broken == 'server' else 'DC' if call.broken else '-'
    status = 0 if call.broken == 'client' else call.status
    return f'[{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z] "{call.method} {call.path} HTTP/2" {status} {flag} 0 {call.size} {int(call.ms)} {max(0, int(call.ms) - 1)} "{call.ip}" "{call.agent}" "{hash_of(call.path, 10**6):08x}-7c1e-4f0a-9d11-{int(call.at * 1000) % 16**12:012x}" "pay.shop.example" "{call.node}"'


def iis(day, call):
    when = datetime.fromtimestamp(call.at + call.ms / 1000, timezone.utc)
    sub = {500: '0 0', 502: '3 12030', 503: '2 0', 504: '3 12002'}.get(call.status, '0 0') if call.broken == 'server' else '0 64' if call.broken else '0 0'
    status = 200 if call.broken == 'client' else call.status
    return f'{when:%Y-%m-%d %H:%M:%S} 10.20.1.5 {call.method} {call.path} - 443 - {call.ip} {call.agent.replace(" ", "+")} - {status} {sub} {int(call.ms)}'


IIS_HEAD = '#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Date: {0}\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n'


def spring(day, call):
    when = day.local(call.at + call.ms / 1000)
    level = 'ERROR' if call.status >= 500 else 'INFO'
    parts = [f'"@timestamp":"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}{offset(when)[:3]}:{offset(when)[3:]}"', '"@version":"1"', '"message":"request completed"', '"logger_name":"com.example.gateway.web.AccessLogFilter"', f'"thread_name":"reactor-http-epoll-{hash_of(call.ip, 8) + 1}"', f'"level":"{level}"', f'"method":"{call.method}"', f'"uri":"{call.path}"', f'"status":{call.status}', f'"duration_ms":{int(call.ms)}', f'"client_ip":"{call.ip}"']
    if call.merchant:
        parts.append(f'"merchant_id":"{call.merchant}"')
    if call.acquirer:
        parts.append(f'"acquirer":"{call.acquirer}"')
    return '{' + ','.join(parts) + ',"service":"pay-gateway"}'


WRITERS = {'nginx': nginx, 'haproxy': haproxy, 'envoy': envoy, 'iis': iis, 'spring': spring}
FILES = {'nginx': 'access.log', 'haproxy': 'haproxy.log', 'envoy': 'envoy-access.log', 'iis': 'u_ex.log', 'spring': 'gateway.json'}


def text_of(day, calls):
    head = IIS_HEAD.format(f'{datetime.fromtimestamp(day.begin, timezone.utc):%Y-%m-%d %H:%M:%S}') if day.layout == 'iis' else ''
    write = WRITERS[day.layout]
    return head + ''.join(write(day, call) + '\n' for call in calls)
