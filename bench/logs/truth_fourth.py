#!/usr/bin/env python3
"""Days of seven businesses for `bench:truth --set fourth`: one or two faults, or none and something that only looks like one.

    python3 bench/logs/truth_fourth.py FOLDER SEED

Every case is a folder with `evidence/` and `truth.json`. What each business writes and how its visitors behave is in
`truth_fourth_world.py`; it shares no code with the other sets.
"""
import gzip
import json
import os
import random
import sys
from datetime import datetime, timezone

from truth_fourth_world import DAY, FILES, HOUR, Business, Call, around_the_clock, counter, even, evening, lunch, office, text_of

ACQUIRERS = ('northsea', 'medina', 'altavista-pay', 'kontor')
WORLDS = {
    'lunch': lambda rng, layout=None: Business(rng, 'shop', lunch, 9, 'Europe/Paris', '2026-06-16 00:00', 1.6, layout or 'nginx'),
    'office': lambda rng, layout=None: Business(rng, 'api', office, 4.5, 'Europe/Berlin', '2026-05-08 00:00', 9, layout or rng.choice(('haproxy', 'spring')), shops=14, acquirers=ACQUIRERS[:2]),
    'flash': lambda rng, layout=None: Business(rng, 'page', evening, 16, 'UTC', '2026-07-02 05:00', 1, layout or 'envoy', crowd=9000),
    'tills': lambda rng, layout=None: Business(rng, 'till', counter, 14, 'Europe/Madrid', '2026-09-17 00:00', 2, layout or rng.choice(('iis', 'haproxy')), crowd=420),
    'gateway': lambda rng, layout=None: Business(rng, 'api', around_the_clock, 22, 'Europe/Warsaw', '2026-08-11 00:00', 1, layout or 'spring', shops=18, acquirers=ACQUIRERS),
    'polled': lambda rng, layout=None: Business(rng, 'api', around_the_clock, 6, 'UTC', '2026-08-20 00:00', 1, layout or rng.choice(('haproxy', 'envoy')), shops=8, polls=9),
    'small': lambda rng, layout=None: Business(rng, 'shop', lunch, 0.9, 'Europe/Rome', '2026-06-22 00:00', 3, layout or rng.choice(('nginx', 'iis'))),
}
BAD = ((502,), (503,), (504,), (502, 504), (500,))


def iso(at):
    return datetime.fromtimestamp(at, timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')


def write(home, name, day, truth, files=None):
    folder = os.path.join(home, name)
    files = files or {f'logs/{FILES[day.layout]}': text_of(day, day.calls())}
    files['meta/now'] = iso(day.end) + '\n'
    if day.zone.key != 'UTC':
        files['meta/topology.yaml'] = f'timezone: {day.zone.key}\n'
    for path, text in files.items():
        target = os.path.join(folder, 'evidence', path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, 'wb') as file:
            file.write(text if isinstance(text, bytes) else text.encode())
    with open(os.path.join(folder, 'truth.json'), 'w', encoding='utf-8') as file:
        json.dump({'name': name, 'suite': 'windows', 'layout': day.layout, 'zone': day.zone.key, 'tolerated': [], **truth}, file, indent=1)


def when(day, minutes, least, share=1.0, steps=2.0):
    """A moment that is not the first or last of the log and at which at least `least` requests would suffer."""
    for _ in range(3000):
        at = day.rng.uniform(day.begin + 0.3 * (day.end - day.begin), day.end - minutes * 60 - HOUR)
        if sum(day.level(at + 60 * k) for k in range(int(minutes))) * share * steps >= least:
            return int(at)
    return None


def narrow(day, what):
    """A place of that kind, the member of a truth that names it, and the share of the calls that go there."""
    rng = day.rng
    if what == 'endpoint':
        name, share = {'shop': ('pay', 0.09), 'page': ('confirm', 0.3), 'api': ('create', 0.45), 'till': ('confirm', 0.49)}[day.visits]
        path = {'pay': '/checkout/payment', 'confirm': '/pay/*/confirm' if day.visits == 'page' else '/term/confirm', 'create': '/v2/payments'}[name]
        return {'name': name}, {'path': path}, share
    if what == 'node':
        pool = day.nodes[{'shop': 'pay', 'page': 'confirm', 'api': 'create', 'till': 'authorise'}[day.visits]]
        node = rng.choice(pool)
        last = node.split(':')[0].rsplit('.', 1)[1]
        return {'node': node}, {'upstream': f'pay{last}' if day.layout == 'haproxy' else node}, 0.16
    if what == 'merchant':
        k = rng.randrange(3)
        return {'merchant': day.shops[k]}, {'merchant': day.shops[k]}, day.shop_weights[k] / sum(day.shop_weights)
    name = rng.choice(day.acquirers)
    return {'acquirer': name}, {'acquirer': name}, 0.2


def grade(kind, fault, suffering):
    size = fault.get('share', 1) if kind == 'errors' else min(1, (fault.get('factor', 5) - 1) / 6) if kind == 'slow' else 1
    return 'blatant' if size >= 0.5 and suffering >= 400 else 'clear' if size >= 0.2 and suffering >= 120 else 'subtle'


def plant(day, what):
    """One fault of that name; what the truth says of it, None where this business would hardly notice it."""
    rng = day.rng
    kind, _, place = what.partition('@')
    where, named, share = narrow(day, place) if place else ({}, {}, 1.0)
    minutes = rng.randint(9, 45) if day.rate > 3 else rng.randint(40, 90)
    more = {}
    if kind == 'outage':
        truth, least = 'outage', 70
    elif kind == 'flap':
        truth, least, minutes, more = 'errors', 150, max(minutes, 45), {'flap': rng.choice((180, 300, 420)), 'share': 0.8, 'answers': rng.choice(BAD)}
    elif kind == 'errors':
        truth, least, more = 'errors', 90, {'share': rng.choice((0.2, 0.35, 0.6, 1.0)), 'answers': rng.choice(BAD)}
    elif kind == 'rate':  # from the usual few in a thousand to three in a hundred
        truth, least, minutes, more = 'errors', 45, rng.randint(60, 150), {'share': 0.03, 'answers': (500,)}
    elif kind == 'stages':
        truth, least, more = 'errors', 160, {'share': 0.95, 'answers': rng.choice(BAD)}
        minutes = max(minutes, 24)
        more['stages'] = [(minutes * 0.4, 0.6), (minutes * 0.75, 0.3)]
    elif kind == 'tail':  # every eighth answer takes seconds longer
        truth, least, minutes, more = 'slow', 60, rng.randint(25, 70), {'share': 0.125, 'more': (3000, 7000)}
    elif kind == 'creep':
        truth, least, minutes, more = 'slow', 500, rng.randint(50, 120), {'factor': rng.choice((3, 4, 6))}
        more['rising'] = minutes * 0.5
    else:
        truth, least, minutes, more = 'slow', 250, rng.randint(15, 60), {'factor': rng.choice((2.2, 3, 5, 8))}
    steps = {'shop': 3.2, 'page': 2.6, 'api': 1.9, 'till': 1.9}[day.visits]
    at = when(day, minutes, least, share * more.get('share', 1), steps)
    if at is None:
        return None
    if any(at < f['to'] + 2 * HOUR and f['from'] < at + minutes * 60 + 2 * HOUR for f in day.faults):
        return None
    day.fault(truth, at, minutes, where, **more)
    expected = sum(day.level(at + 60 * k) for k in range(int(minutes))) * share * steps
    told = {'kind': truth, 'from': iso(at), 'to': iso(at + minutes * 60), 'where': named, 'grade': grade(truth, more, expected), 'share': more.get('share', more.get('factor', 1)), 'what': what}
    if 'flap' in more:
        told['flap'] = more['flap']
    if 'rising' in more:
        told['ramp'] = iso(at + more['rising'] * 60)
    return told


FAULTS = {
    'lunch': ['outage', 'errors@endpoint', 'tail', 'rate', 'stages', 'outage+slow', 'creep'],
    'office': ['outage', 'errors@merchant', 'outage@merchant', 'slow', 'errors', 'flap'],
    'flash': ['outage', 'errors', 'slow@endpoint', 'flap', 'rate', 'creep'],
    'tills': ['outage', 'outage@endpoint', 'errors@endpoint', 'tail', 'stages', 'slow', 'errors+errors'],
    'gateway': ['outage@acquirer', 'errors@acquirer', 'errors@merchant', 'outage@merchant', 'slow@acquirer', 'rate', 'outage+errors'],
    'polled': ['outage', 'outage@endpoint', 'errors@node', 'slow@node', 'flap', 'tail', 'creep'],
    'small': ['outage', 'errors', 'slow', 'stages', 'errors'],
}


def faulty(home, seed):
    number = 0
    for world, list_of in FAULTS.items():
        for what in list_of:
            rng = random.Random(f'fourth {seed} {world} {what} {number}')
            for _ in range(12):
                day = WORLDS[world](rng)
                events = [plant(day, one) for one in what.split('+')]
                if all(events):
                    break
            else:
                continue
            write(home, f'f{number:02d}-{world}-{what.replace("@", "-of-").replace("+", "-and-")}', day, {'shape': world, 'events': sorted(events, key=lambda e: e['from'])})
            number += 1


def strange(day, what):
    """Something that is no fault of the service. @returns the files, where they are not just one log."""
    rng, middle = day.rng, day.begin + day.rng.uniform(0.4, 0.6) * (day.end - day.begin)
    node = next(iter(day.nodes.values()))[0]

    def line(at, ip, path, ms, status=200, agent='curl/8.7.1', method='GET', merchant=''):
        day.extra.append(Call(at, ip, method, path, 'extra', ms, agent, merchant, node=node, status=status, size=rng.randint(90, 900)))

    def times(begin, seconds, apart):
        at = begin
        while at < begin + seconds:
            at += rng.expovariate(1 / apart)
            yield at

    own = day.steps[-1 if day.visits == 'till' else 0][2].format(n=4711, x='0badcafe0000', d='x')
    if what == 'deployments':
        for hour in (9.5, 13.2, 16.8):
            day.fault('errors', day.at(hour), 1 / 3, share=0.6, answers=(502, 503))
    elif what == 'crawler':
        for at in times(middle, 2400, 0.4):
            line(at, '66.249.70.12', f'/p/{rng.randint(1, 9999)}', rng.lognormvariate(4, 0.5), rng.choice((200, 200, 200, 301, 404)), 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')
    elif what == 'monitor-fails':
        for probe in range(2):
            for k in range(int((day.end - day.begin) // 60)):
                line(day.begin + k * 60 + probe * 21, f'10.20.0.{8 + probe}', '/health/deep', 5, 503, 'Prometheus/2.53')
    elif what == 'nightly-batch':
        for k in range(3000):
            line(day.at(25 if day.end - day.begin > 1.2 * DAY else 3) + k * 0.8, '10.20.0.30', '/reports/daily', rng.lognormvariate(8.6, 0.4), agent='batch/2')
    elif what == 'sale':
        day.crowded = lambda at: 1 + 6 * max(0, 1 - max(0, at - middle) / 4000) if at >= middle else 1.0
    elif what == 'football':  # everybody watches, and pays in the break
        day.crowded = lambda at: 1 - 0.45 * max(0, 1 - abs((at - middle) / 3600 - 1) ** 4) if abs(at - middle - 3600) > 450 else 1.2
    elif what == 'retry-storm':
        for at in times(middle, 1500, 0.25):
            line(at, '198.18.77.9', own, rng.lognormvariate(3, 0.3), rng.choice((400, 422, 400)), 'erp-connector/0.9', 'POST', day.shops[1] if day.shops else '')
    elif what == 'poison-message':  # one client's own request breaks the service every time
        for at in times(middle, 3000, 4):
            line(at, '198.18.77.9', own, rng.lognormvariate(4, 0.3), 500, 'erp-connector/0.9', 'POST', day.shops[-1] if day.shops else '')
    elif what == 'slow-uploads':
        for at in times(middle, 3600, 20):
            line(at, rng.choice(day.crowd[:30]), '/documents/upload', rng.uniform(20_000, 60_000), 201, method='PUT')
    elif what == 'backup':  # everything a quarter slower for a while at night
        day.fault('slow', day.at(26 if day.end - day.begin > 1.2 * DAY else 2), 25, factor=1.25)
    elif what == 'pauses':
        for hour in range(int((day.end - day.begin) // HOUR)):
            day.fault('slow', day.at(hour) + 1234, 4 / 60, more=(1500, 3500))
    elif what == 'scan-of-vendor':
        for at in times(middle, 1800, 0.3):
            line(at, f'192.0.2.{rng.randint(10, 29)}', rng.choice(('/.git/HEAD', '/actuator/env', '/server-status', '/phpinfo.php', own + "?q='")), rng.lognormvariate(2, 0.4), rng.choice((404, 404, 403, 400)), 'Qualys/WAS')
    elif what == 'new-customer':
        day.crowded = lambda at: 1.6 if at >= middle else 1.0
    elif what == 'early-closing':  # the last evening is quiet, little by little
        day.crowded = lambda at: max(0.12, 1 - max(0, at - (day.end - 5 * HOUR)) / (4 * HOUR))
    elif what in ('rotation', 'rotation-gz'):
        calls, path = day.calls(), f'logs/{FILES[day.layout]}'
        cut = next(k for k, call in enumerate(calls) if call.at > middle)
        old, new = text_of(day, calls[:cut]), text_of(day, calls[cut:])
        return {f'{path}.1': old, path: new} if what == 'rotation' else {f'{path}.2.gz': gzip.compress(old.encode(), mtime=0), path: new}
    return None


STRANGE = {
    'lunch': ['none', 'deployments', 'crawler', 'sale', 'rotation-gz', 'backup'],
    'office': ['none', 'none', 'retry-storm', 'monitor-fails', 'slow-uploads'],
    'flash': ['none', 'sale', 'football', 'scan-of-vendor', 'new-customer', 'early-closing'],
    'tills': ['none', 'deployments', 'nightly-batch', 'pauses', 'rotation', 'football'],
    'gateway': ['none', 'poison-message', 'retry-storm', 'deployments', 'nightly-batch', 'new-customer', 'pauses'],
    'polled': ['none', 'poison-message', 'backup', 'crawler', 'monitor-fails'],
    'small': ['none', 'crawler', 'monitor-fails', 'sale', 'deployments', 'slow-uploads', 'early-closing'],
}


def clean(home, seed):
    number = 0
    for world, list_of in STRANGE.items():
        for what in list_of:
            rng = random.Random(f'fourth clean {seed} {world} {what} {number}')
            day = WORLDS[world](rng)
            files = strange(day, what)
            write(home, f'o{number:02d}-{world}-{what}', day, {'shape': world, 'confounder': what, 'events': []}, files)
            number += 1
    for world, begin, days, layout in (('lunch', '2026-10-24 10:00', 1.6, 'nginx'), ('lunch', '2026-03-28 10:00', 1.6, 'nginx'), ('tills', '2026-10-24 06:00', 1.8, 'haproxy'), ('gateway', '2026-10-24 12:00', 1, 'spring'), ('office', '2026-10-02 00:00', 5, 'haproxy')):
        rng = random.Random(f'fourth summer time {seed} {number}')
        like = WORLDS[world](rng, layout)
        day = Business(rng, like.visits, like.busy, like.rate, like.zone.key, begin, days, layout, len(like.shops), like.acquirers)
        write(home, f'o{number:02d}-{world}-summer-time-{begin[5:7]}', day, {'shape': world, 'confounder': 'summer-time', 'events': []})
        number += 1


if __name__ == '__main__':
    faulty(sys.argv[1], sys.argv[2])
    clean(sys.argv[1], sys.argv[2])
