#!/usr/bin/env python3
"""Plain payment days for `bench:truth --set third`.

    python3 truth_third.py FOLDER SEED

Every case is a folder with `evidence/` (what an operator would hand over) and `truth.json` (what happened). The days are ordinary:
a shop, a payment gateway and its connectors, in the layouts such systems write, with one thing planted or none. Nothing here is
tuned to a detector: a fault has the size that an operator would open a ticket for.
"""
import csv
import io
import json
import os
import sys

from truth_third_world import (LAYOUTS, TABLES, AGENTS, Day, Request, addresses, connector, gateway, guessing, iso, logins, shop, stuffing,
                               table, testing)


class Book:
    def __init__(self, home, seed):
        self.home, self.seed, self.count = home, seed, 0

    def day(self, *args, **more):
        return Day(f'{self.seed}-{self.count}', *args, **more)

    def save(self, name, layout, requests, truth):
        self.count += 1
        folder = os.path.join(self.home, name)
        table = layout in TABLES
        place = os.path.join(folder, 'evidence', 'txn' if table else 'logs')
        os.makedirs(place)
        if table:
            text = io.StringIO()
            csv.writer(text, lineterminator='\n').writerows(TABLES[layout](requests))
            file, body = f'payments-{layout}.csv', text.getvalue()
        else:
            file, write = LAYOUTS[layout]
            ended = 1 if layout in ('combined-rt', 'nginx-upstream') else 0
            body = ''.join(write(r) + '\n' for r in sorted(requests, key=lambda r: r.at + ended * r.ms / 1000))
        with open(os.path.join(place, file), 'w', encoding='utf-8') as out:
            out.write(body)
        with open(os.path.join(folder, 'truth.json'), 'w', encoding='utf-8') as out:
            json.dump({'name': name, 'zone': 'UTC', 'layout': layout, 'dialect': layout, **truth}, out, indent=1, ensure_ascii=False)

    def windows(self, name, layout, day, world, shape='', extra=()):
        """A day with the faults planted in it, or none."""
        requests = day.suffer([*world(day), *extra])
        events, tolerated = [], []
        for f in day.faults:
            ramp = {}
            begin, end = f['from'], f['to']
            if f.get('creep'):
                tolerated.append([iso(begin), iso(end)])
                ramp = {'ramp': iso(begin + (end - begin) * f['creep'] / 2)}  # by then half of the rise is there
            if f['kind'] in ('errors', 'outage'):
                tolerated.append([iso(begin), iso(end + 600)])  # the crowd that comes back
            events.append({'kind': f['kind'], 'from': iso(begin), 'to': iso(end), 'where': f['where'], 'grade': f['grade'], **ramp,
                           **{k: f[k] for k in ('share', 'factor') if k in f}})
        self.save(name, layout, requests, {'suite': 'windows', 'shape': shape or ('ordinary' if not events else 'fault'), 'events': events, 'tolerated': tolerated})

    def attack(self, name, layout, day, world, family, grade, bad=(), expect=(), also=(), claim=None):
        """A day with abuse in it, or with something that only looks like it."""
        bad = list(bad)
        requests = day.suffer([*world(day), *bad])
        at = {'from': iso(min(r.at for r in bad)), 'to': iso(max(r.at for r in bad))} if bad and expect else {}
        self.save(name, layout, requests, {'suite': 'attacks', 'family': family, 'grade': grade, 'expect': list(expect), 'also': list(also), **({'claim': claim} if claim else {}), **at})


def acquirer(name):
    return {'where': {'acquirer': name}, 'match': lambda r: r.acquirer == name}


def endpoint(path):
    return {'where': {'endpoint': path}, 'match': lambda r: r.path == path}


def total_faults(book):
    day = book.day
    book.windows('w01-outage-shop-combined', 'combined-rt', day(12, 90).fault('outage', 5.2, 22, grade='plain'), shop)
    book.windows('w02-outage-short-busy', 'nginx-upstream', day(5, 600, shape='gateway').fault('outage', 2.6, 4, grade='short'), gateway)
    book.windows('w03-outage-quiet-day', 'json-flat', day(72, 3, start=0, shape='gateway').fault('outage', 38, 90, grade='quiet'), gateway)
    book.windows('w04-outage-app-text', 'app-text', day(24, 40, start=0, shape='gateway').fault('outage', 13.4, 15, grade='plain'), gateway)
    book.windows('w05-outage-table', 'stripe', day(24, 12, start=0).fault('outage', 14.1, 35, grade='plain'), table)
    book.windows('w06-outage-table-alipay', 'alipay', day(24, 25, start=0).fault('outage', 11.5, 18, grade='plain'), table)
    book.windows('w07-errors-all-502', 'combined-rt', day(8, 120).fault('errors', 3.1, 12, share=1, status=502, grade='blatant'), shop)
    book.windows('w08-errors-half-503', 'haproxy', day(6, 200, shape='gateway').fault('errors', 2.2, 25, share=0.5, status=503, grade='plain'), connector)
    book.windows('w09-errors-fifth-500', 'json-nested', day(12, 100, shape='gateway').fault('errors', 6.7, 30, share=0.2, status=500, grade='plain'), gateway)
    book.windows('w10-errors-twentieth', 'json-flat', day(12, 180, shape='gateway').fault('errors', 7.3, 40, share=0.05, status=500, grade='faint'), gateway)
    book.windows('w11-errors-busy-504', 'nginx-upstream', day(3, 2000, shape='flat').fault('errors', 1.6, 9, share=0.3, status=504, grade='plain'), gateway)
    book.windows('w12-errors-table', 'iso8583', day(24, 20, start=0).fault('errors', 15.2, 30, share=0.6, code='96', grade='plain'), table)
    book.windows('w13-errors-table-unionpay', 'unionpay', day(24, 15, start=0).fault('errors', 9.8, 25, share=0.8, code='96', grade='plain'), table)
    book.windows('w14-errors-app-class', 'app-text', day(12, 60, shape='gateway').fault('errors', 4.4, 20, match=lambda r: r.path == '/v1/payments', share=0.45, status=500,
                 error='java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.', grade='one class'), gateway)


def partial_faults(book):
    day = book.day
    book.windows('w20-outage-acquirer-json', 'json-flat', day(12, 120, shape='gateway').fault('outage', 5.5, 30, **acquirer('eurocard'), grade='one leg'), gateway)
    book.windows('w21-outage-backend-haproxy', 'haproxy', day(8, 100, shape='gateway').fault('outage', 4.1, 20, where={'backend': 'northbank'}, match=lambda r: r.acquirer == 'northbank', grade='one leg'), connector)
    book.windows('w22-outage-endpoint', 'combined-rt', day(12, 120).fault('outage', 6.2, 40, **endpoint('/api/pay'), grade='one leg'), shop)
    book.windows('w23-outage-acquirer-table', 'iso8583', day(24, 30, start=0).fault('outage', 12.5, 45, **acquirer('eurocard'), grade='one leg'), table)
    book.windows('w24-errors-acquirer-json', 'json-flat', day(12, 80, shape='gateway').fault('errors', 6.1, 25, **acquirer('northbank'), share=0.9, status=502, grade='one leg'), gateway)
    book.windows('w25-errors-acquirer-nested', 'json-nested', day(8, 150, shape='gateway').fault('errors', 3.3, 35, **acquirer('pacific'), share=0.5, status=504, code='68', grade='one leg'), gateway)
    book.windows('w26-errors-upstream', 'nginx-upstream', day(8, 120, shape='gateway').fault('errors', 5.1, 20, where={'upstream': '10.30.2.11'}, match=lambda r: r.acquirer == 'eurocard', share=1, status=502, grade='one leg'), connector)
    book.windows('w27-errors-merchant', 'json-flat', day(12, 120, shape='gateway').fault('errors', 7.2, 40, where={'merchant': 'M1001'}, match=lambda r: r.merchant == 'M1001', share=0.9, status=500, grade='one leg'), gateway)
    book.windows('w28-errors-acquirer-app', 'app-text', day(12, 70, shape='gateway').fault('errors', 8.2, 30, **acquirer('eurocard'), share=0.8, status=504, code='68', grade='one leg'), gateway)
    book.windows('w29-declines-bin', 'iso8583', day(24, 40, start=0).fault('declines', 16, 40, where={'bin': '424242'}, match=lambda r: r.bin == '424242', share=0.9, code='05', grade='one issuer'), table)
    book.windows('w30-declines-merchant', 'stripe', day(24, 40, start=0).fault('declines', 10, 60, where={'merchant': 'M1000'}, match=lambda r: r.merchant == 'M1000', share=0.8, code='57', grade='one merchant'), table)


def slow_faults(book):
    day = book.day
    book.windows('w40-slow-x5', 'combined-rt', day(12, 120).fault('slow', 5.7, 35, factor=5, grade='sudden x5'), shop)
    book.windows('w41-slow-x10-haproxy', 'haproxy', day(8, 80, shape='gateway').fault('slow', 3.9, 20, factor=10, grade='sudden x10'), connector)
    book.windows('w42-slow-x3-json', 'json-flat', day(12, 150, shape='gateway').fault('slow', 6.4, 45, factor=3, grade='sudden x3'), gateway)
    book.windows('w43-slow-x2-busy', 'nginx-upstream', day(6, 500, shape='gateway').fault('slow', 3.2, 40, factor=2, grade='sudden x2'), gateway)
    book.windows('w44-slow-acquirer', 'json-flat', day(12, 120, shape='gateway').fault('slow', 7.6, 30, **acquirer('eurocard'), factor=6, grade='one leg x6'), gateway)
    book.windows('w45-slow-endpoint', 'combined-rt', day(12, 120).fault('slow', 5.1, 30, **endpoint('/api/pay'), factor=6, grade='one leg x6'), shop)
    book.windows('w46-slow-creeping', 'nginx-upstream', day(8, 200, shape='gateway').fault('slow', 5, 90, factor=6, creep=0.6, grade='creeping x6'), gateway)
    book.windows('w47-slow-quiet', 'json-nested', day(24, 6, start=0, shape='gateway').fault('slow', 14, 60, factor=8, grade='quiet x8'), connector)
    book.windows('w48-slow-app', 'app-text', day(12, 60, shape='gateway').fault('slow', 6, 40, factor=6, grade='sudden x6'), gateway)


def ordinary_days(book):
    day = book.day
    for i, (layout, world, hours, rate) in enumerate([('combined-rt', shop, 24, 60), ('nginx-upstream', gateway, 12, 150), ('haproxy', connector, 24, 30), ('json-flat', gateway, 72, 4), ('json-nested', gateway, 24, 50), ('app-text', gateway, 24, 40), ('iso8583', table, 48, 8), ('unionpay', table, 24, 20), ('stripe', table, 72, 3), ('alipay', table, 24, 15)]):
        book.windows(f'o0{i}-plain-{layout}', layout, day(hours, rate, start=0, shape='shop' if world in (shop, table) else 'gateway'), world)
    sale = day(12, 80)
    sale.level = lambda at: 8 if sale.at(6) <= at < sale.at(6.5) else 1
    book.windows('o10-sale', 'combined-rt', sale, shop)
    d = day(24, 40, start=0, shape='gateway')
    loop = [Request(at, '198.51.100.77', 'POST', '/v1/payments', d.took(8), merchant='M1039', status=401, agent='curl/8.5.0') for at in d.arrivals(90, d.at(11), d.at(11.7), lambda _: 1)]
    book.windows('o11-one-client-loops-401', 'json-flat', d, gateway, extra=loop)
    d = day(12, 60)
    deploy = [Request(d.at(5) + i * 0.4, d.rng.choice(d.people), 'GET', '/', 2, status=502) for i in range(12)]
    book.windows('o12-restart-few-502', 'combined-rt', d, shop, extra=deploy)
    d = day(24, 30, start=0)
    reports = [Request(d.at(h) + 300 + i * 9, '10.9.0.4', 'GET', f'/admin/report?day={i}', d.took(9000), agent='report-runner/1.2') for h in range(0, 24) for i in range(6)]
    book.windows('o13-slow-reports-each-hour', 'combined-rt', d, shop, extra=reports)
    d = day(24, 50, start=0)
    scan = [Request(at, '185.220.101.7', 'GET', d.rng.choice(['/wp-login.php', '/.env', '/admin/', '/phpmyadmin/', '/.git/config', '/backup.zip']), d.took(3), status=404, size=153, agent='Mozilla/5.0 zgrab/0.x') for at in d.arrivals(40, d.at(9), d.at(9.5), lambda _: 1)]
    book.windows('o14-scanner-404', 'combined-rt', d, shop, extra=scan)
    d = day(24, 12, start=0)
    d.level = lambda at: 0.03 + 1.2 * min(1, max(0, abs((at % 86400) / 3600 - 3.2) - 2) / 1.5)
    book.windows('o15-shop-sleeps-at-night', 'json-nested', d, gateway)
    d = day(24, 20, start=0)
    poll = [Request(at, d.rng.choice(d.people), 'GET', '/events/stream', d.took(30_000, 0.02), size=240) for at in d.arrivals(5)]
    book.windows('o16-long-poll', 'nginx-upstream', d, gateway, extra=poll)
    d = day(24, 30, start=0)
    poor = lambda r: r.code == '00' and d.rng.random() < 0.08
    book.windows('o17-month-end-no-funds', 'iso8583', d, lambda day: (setattr(r, 'code', '51') or r if poor(r) else r for r in table(day)))


def attacks(book):
    day = book.day
    tested, guessed = ['card-testing'], ['card-enumeration']

    def testing_case(name, layout, grade, hours, ordinary, **how):
        d = day(hours, ordinary, start=0)
        both = how.get('one_bin') or how.get('sequential')
        book.attack(name, layout, d, table, 'testing', grade, testing(d, **how), tested, guessed if both else (), 'testing')

    testing_case('a01-testing-one-address', 'iso8583', 'blatant', 24, 15, after=10, minutes=25, rate=60)
    testing_case('a02-testing-500-a-minute', 'stripe', 'blatant', 24, 10, after=3, minutes=12, rate=500, ips=40)
    testing_case('a03-testing-many-addresses', 'stripe', 'plain', 24, 15, after=13, minutes=50, rate=20, ips=2000)
    testing_case('a04-testing-one-bin', 'iso8583', 'plain', 24, 20, after=14, minutes=60, rate=12, ips=300, one_bin=True, amounts=(4.9, 12, 19.5, 33, 7.25))
    testing_case('a05-testing-sequential', 'unionpay', 'plain', 24, 15, after=16, minutes=45, rate=15, ips=25, one_bin=True, sequential=True)
    testing_case('a06-testing-20-an-hour', 'iso8583', 'slow', 48, 10, after=8, minutes=1200, rate=1 / 3)
    testing_case('a07-testing-slow-few', 'stripe', 'slow', 48, 8, after=10, minutes=900, rate=0.5, ips=5)
    testing_case('a08-testing-half-good', 'iso8583', 'plain', 24, 15, after=11, minutes=40, rate=25, approved=0.3)
    for name, layout, grade, rate, minutes, what, cards, ips in [('a10-expiry-one-card', 'iso8583', 'blatant', 20, 6, 'expiry', 1, 1), ('a11-expiry-slow', 'stripe', 'slow', 0.4, 600, 'expiry', 4, 3), ('a12-cvv-one-card', 'iso8583', 'blatant', 30, 20, 'cvv', 1, 1), ('a13-cvv-many-addresses', 'stripe', 'plain', 10, 60, 'cvv', 5, 200)]:
        d = day(24, 15, start=0)
        book.attack(name, layout, d, table, 'enumeration', grade, guessing(d, 9, minutes, rate, what, cards, ips), guessed, tested, 'enumeration')
    for name, layout, grade, rate, minutes, ips in [('a20-stuffing-combined', 'combined-rt', 'plain', 120, 40, 600), ('a21-stuffing-json', 'json-flat', 'plain', 60, 60, 300), ('a22-stuffing-slow', 'json-flat', 'slow', 8, 360, 1500), ('a23-stuffing-one-address', 'combined-rt', 'plain', 30, 60, 1)]:
        d = day(12, 60)
        book.attack(name, layout, d, logins, 'stuffing', grade, stuffing(d, 3, minutes, rate, ips), ['credential-stuffing'])
    d = day(12, 100)
    pool = addresses(d.rng, 3000)
    flood = [Request(at, d.rng.choice(pool), 'GET', '/search?q=a', d.took(900), status=d.rng.choice([200, 200, 503, 503, 499]), agent=AGENTS[4]) for at in d.arrivals(3000, d.at(4), d.at(4.4), lambda _: 1)]
    book.attack('a24-flood', 'combined-rt', d, shop, 'flood', 'blatant', flood, ['request-flood'])
    d = day(24, 40, start=0).fault('declines', 11, 45, match=lambda r: r.bin == '555555', share=0.85, code='91')
    book.attack('a25-issuer-down', 'iso8583', d, table, 'issuer', 'plain')
    with open(os.path.join(book.home, 'a25-issuer-down', 'truth.json'), 'r+', encoding='utf-8') as file:
        truth = json.load(file)
        truth.update({'claim': 'issuer', 'expect': ['issuer-decline-storm'], 'from': iso(d.faults[0]['from']), 'to': iso(d.faults[0]['to'])})
        file.seek(0)
        json.dump(truth, file, indent=1)
        file.truncate()


def look_alikes(book):
    day = book.day

    def one(name, layout, make, world=table, hours=24, rate=15):
        d = day(hours, rate, start=0)
        book.attack(name, layout, d, world, 'clean', name[4:], make(d))

    def charge(d, at, ip, amount, good, merchant='M1003', device='', codes=('51', '05', '54', '51', '61')):
        r = Request(at, ip, 'POST', '/v1/payments', d.took(250), merchant=merchant, acquirer='northbank', amount=amount, device=device)
        r.bin, r.last4, r.card, r.expiry = d.card()
        r.code = '00' if d.rng.random() < good else d.rng.choice(codes)
        return r

    one('c01-renewals', 'iso8583', lambda d: [charge(d, at, '198.51.100.20', d.rng.choice([9.99, 14.99, 29.0]), 0.78) for at in d.arrivals(25, d.at(2), d.at(2.8), lambda _: 1)])
    one('c02-till', 'iso8583', lambda d: [charge(d, at, '198.51.101.8', round(d.rng.uniform(3, 90), 2), 0.96, device='POS00017') for at in d.arrivals(3, d.at(9), d.at(20), lambda _: 1)])
    one('c03-charity-evening', 'stripe', lambda d: [charge(d, at, d.rng.choice(d.people), 5.0, 0.93, 'M1012') for at in d.arrivals(60, d.at(19), d.at(20), lambda _: 1)])
    one('c04-travel-agency', 'stripe', lambda d: [charge(d, at, '198.51.102.30', round(d.rng.uniform(120, 1900), 2), 0.85, 'M1020') for at in d.arrivals(0.7, d.at(8), d.at(18), lambda _: 1)])
    one('c05-saved-cards-checked', 'iso8583', lambda d: [charge(d, at, '198.51.100.21', 0.0, 0.94, codes=('54', '14', '05')) for at in d.arrivals(20, d.at(4), d.at(5), lambda _: 1)])
    one('c06-plain-unionpay', 'unionpay', lambda d: [], hours=48)
    one('c07-mobile-carrier', 'stripe', lambda d: [charge(d, at, f'100.64.8.{d.rng.randint(1, 4)}', round(d.rng.uniform(5, 120), 2), 0.88, f'M10{d.rng.randint(10, 39)}') for at in d.arrivals(2)])
    one('c08-logins-plain', 'combined-rt', lambda d: [], logins, rate=60)
    one('c09-office-logins', 'json-flat', lambda d: [Request(at, '203.0.113.40', 'POST', '/login', d.took(110), user=f'staff{d.rng.randint(1, 300)}@example.com', status=401 if d.rng.random() < 0.12 else 302, error='bad_credentials') for at in d.arrivals(6, d.at(8), d.at(9.5), lambda _: 1)], logins, rate=40)

    def reset(d):
        for at in d.arrivals(25, d.at(8), d.at(10), lambda _: 1):
            ip, user = d.rng.choice(d.people), f'user{d.rng.randint(1, 9000)}@example.com'
            yield Request(at, ip, 'POST', '/login', d.took(110), user=user, status=401, error='bad_credentials', size=88)
            yield Request(at + 20, ip, 'POST', '/password/reset', d.took(80), user=user, status=302)
            yield Request(at + d.rng.uniform(60, 300), ip, 'POST', '/login', d.took(110), user=user, status=302)

    one('c10-passwords-expired', 'combined-rt', reset, logins, rate=60)


def main():
    home, seed = sys.argv[1], sys.argv[2]
    book = Book(home, seed)
    for part in (total_faults, partial_faults, slow_faults, ordinary_days, attacks, look_alikes):
        part(book)


main()
