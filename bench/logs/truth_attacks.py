"""Seeded days of a shop's payments and requests with abuse planted in them, and ordinary days that look like it.

    python3 bench/logs/truth_attacks.py OUT [SEED]

Each case is a folder with `evidence/` and `truth.json`: the cause a report may name first (`expect`), what it must not
name (`forbid`), the planted time, its grade, and the kind of claim the payment analytics owe (`claim`). `expect` is
empty where nothing is wrong. Card numbers are only ever a range of published test numbers and four made-up digits.
"""
import random
import sys
from pathlib import Path

from truth_shop import shop_cases
from truth_windows import at, day_wave
from truth_world import Case, Choice, address, arrivals, iso

HOUR, DAY = 3600, 86400
BINS = Choice([("424242", 30), ("555555", 22), ("400005", 14), ("510510", 10), ("222300", 8), ("378282", 6), ("601111", 5), ("353011", 5)])
DECLINES = Choice([("51", 42), ("05", 26), ("61", 8), ("54", 8), ("82", 6), ("14", 4), ("57", 4), ("65", 2)])
TESTING = Choice([("05", 40), ("14", 25), ("54", 12), ("82", 12), ("62", 6), ("41", 3), ("43", 2)])
CARD_ABUSE = ["card-testing", "card-enumeration"]


class Till:
    """Payments of an ordinary day, to which cases add their own rows."""

    def __init__(self, rng, start="2026-11-11 00:00", days=1.0, rate=14):
        self.rng, self.start, self.end = rng, at(start), at(start) + days * DAY
        self.rows, self.serial, self.rate = [], 0, rate
        self.began = None  # the first attempt of what is planted
        self.merchants = Choice([(f"shop-{20 + i}", 1 / (1 + i)) for i in range(9)])
        self.people = [(self.card(), address(rng), f"d{rng.randrange(10**9):09d}") for _ in range(6000)]

    def card(self, bin_=None):
        return (bin_ or BINS.draw(self.rng), f"{self.rng.randrange(10000):04d}", f"{self.rng.randrange(1, 13):02d}/{self.rng.randrange(27, 32)}")

    def add(self, t, card, code="00", amount=None, ip=None, device=None, merchant=None, order=None, kind="sale", status=None):
        rng = self.rng
        self.serial += 1
        self.rows.append({
            "t": t, "order": order or f"P{770000000 + self.serial * 3}", "merchant": merchant or self.merchants.draw(rng),
            "bin": card[0], "last4": card[1], "exp": card[2], "amount": f"{amount if amount is not None else rng.lognormvariate(3.5, 0.7):.2f}",
            "code": code, "status": status or ("APPROVED" if code == "00" else "DECLINED"),
            "ip": ip or address(rng), "device": device or f"d{rng.randrange(10**9):09d}", "kind": kind,
        })
        return self.rows[-1]

    def ordinary(self, rate=None, start=None, end=None, decline=0.08):
        rng = self.rng
        for t in arrivals(rng, start or self.start, end or self.end, rate or (lambda t: self.rate * day_wave(t, 0.12, 16))):
            card, ip, device = rng.choice(self.people)
            if rng.random() < 0.1:
                ip = address(rng)
            code = DECLINES.draw(rng) if rng.random() < decline else "00"
            row = self.add(t, card, code, ip=ip, device=device)
            if code in ("51", "82", "05") and rng.random() < 0.4:  # once more, or with another card
                self.add(t + rng.uniform(20, 90), card if rng.random() < 0.5 else self.card(), rng.choice(["00", code]), float(row["amount"]), ip, device, row["merchant"])
            if code == "00" and rng.random() < 0.012:
                self.add(t + rng.uniform(600, 40000), card, "00", float(row["amount"]), ip, device, row["merchant"], row["order"], "refund")
        return self

    def table(self, dialect):
        self.rows.sort(key=lambda r: r["t"])
        rows = [r for r in self.rows if r["t"] < self.end]
        if dialect == "full":
            head = "time_utc,order_id,merchant_id,type,bin,last4,card_token,exp,amount,currency,resp_code,status,client_ip,device_id"
            write = lambda r: f"{iso(r['t'])},{r['order']},{r['merchant']},{r['kind']},{r['bin']},{r['last4']},tok_{r['bin'][:4]}{r['last4']}{r['bin'][-2:]},{r['exp']},{r['amount']},EUR,{r['code']},{r['status']},{r['ip']},{r['device']}"
        elif dialect == "masked":
            head = "created_at;reference;merchant;transaction_type;masked_pan;expiry;amount;currency;response_code;result;ip_address;user_agent_hash"
            write = lambda r: f"{iso(r['t'], 0)};{r['order']};{r['merchant']};{r['kind']};{r['bin']}******{r['last4']};{r['exp']};{r['amount']};EUR;{r['code']};{r['status'].lower()};{r['ip']};{r['device']}"
        else:  # what a small processor hands out
            head = "Date,Order,Merchant,Type,Card BIN,Card Last4,Amount,Currency,Response Code,IP"
            write = lambda r: f"{iso(r['t'], 0)[:-1].replace('T', ' ')},{r['order']},{r['merchant']},{r['kind']},{r['bin']},{r['last4']},{r['amount']},EUR,{r['code']},{r['ip']}"
        return head + "\n" + "".join(write(r) + "\n" for r in rows)


def run(till, start, count, seconds, cards, ips, amount, decline=0.9, device=None, merchant=None, codes=TESTING):
    """`count` attempts over `seconds`, each with what the callables give."""
    rng = till.rng
    for i in range(count):
        t = start + (i + rng.uniform(-0.4, 0.4)) * seconds / count
        code = codes.draw(rng) if rng.random() < decline else "00"
        t = max(t, start)
        till.began = min(till.began or t, t)
        till.add(t, cards(i), code, amount(), ips(i), device(i) if device else None, merchant)


def carding(rng, till, grade):
    noon = till.start + rng.uniform(9, 15) * HOUR
    if grade == "blatant":
        ip, spread, count = address(rng), rng.randrange(8, 15) * 60, rng.randrange(200, 400)
        run(till, noon, count, spread, lambda i: till.card(), lambda i: ip, lambda: 1.00, device=lambda i: "d1", merchant="shop-22")
    elif grade == "paced":
        ip, spread, count = address(rng), rng.randrange(60, 100) * 60, rng.randrange(60, 90)
        run(till, noon, count, spread, lambda i: till.card(), lambda i: ip, lambda: rng.choice([1, 1.5, 2, 3]), merchant="shop-23")
    elif grade == "distributed":
        ips, spread, amount = [address(rng) for _ in range(100)], rng.randrange(4, 7) * HOUR, rng.choice([0.99, 1.00, 4.95])
        run(till, noon - 3 * HOUR, spread // 60, spread, lambda i: till.card(), lambda i: rng.choice(ips), lambda: amount, merchant="shop-21")
    elif grade == "distributed-device":
        ips, spread, device = [address(rng) for _ in range(100)], rng.randrange(4, 7) * HOUR, f"d{rng.randrange(10**9):09d}"
        run(till, noon - 3 * HOUR, spread // 60, spread, lambda i: till.card(), lambda i: rng.choice(ips), lambda: rng.uniform(5, 60), device=lambda i: device)
    elif grade == "slow":
        net, spread = address(rng).rsplit(".", 1)[0], 22 * HOUR
        noon = till.start + HOUR
        run(till, noon, rng.randrange(110, 150), spread, lambda i: till.card(), lambda i: f"{net}.{rng.randrange(10, 15)}", lambda: rng.uniform(1, 5))
    elif grade == "slow-one-address":
        ip, spread = address(rng), 20 * HOUR
        noon = till.start + 2 * HOUR
        run(till, noon, rng.randrange(80, 110), spread, lambda i: till.card(), lambda i: ip, lambda: rng.uniform(2, 30))
    else:  # nothing in common but the shop
        spread = 2 * HOUR
        run(till, noon, 200, spread, lambda i: till.card(), lambda i: address(rng), lambda: rng.lognormvariate(3.5, 0.7), 0.85, merchant="shop-26")
    return noon, noon + spread


def enumeration(rng, till, grade):
    noon = till.start + rng.uniform(8, 13) * HOUR
    bin_ = "476173"
    first = rng.randrange(1000, 4000)
    ips = [address(rng) for _ in range(100)]
    codes = Choice([("14", 80), ("05", 12), ("54", 8)])
    if grade == "bin-blatant":
        spread = 600
        run(till, noon, 350, spread, lambda i: (bin_, f"{first + i * 3:04d}", "09/29"), lambda i: ips[i % 3], lambda: 1.0, 0.97, codes=codes)
    elif grade == "bin-distributed":
        spread = 5 * HOUR
        run(till, noon, 300, spread, lambda i: till.card("400005"), lambda i: rng.choice(ips), lambda: rng.uniform(3, 40), 0.95, codes=codes)
    elif grade == "bin-slow":
        noon, spread = till.start + HOUR, 22 * HOUR
        run(till, noon, 220, spread, lambda i: till.card(bin_), lambda i: rng.choice(ips), lambda: rng.uniform(3, 40), 0.95, codes=codes)
    elif grade == "expiry":
        spread, cards = 1500, [till.card() for _ in range(3)]
        tries = [(c[0], c[1], f"{m:02d}/{y}") for c in cards for y in (27, 28, 29) for m in range(1, 13)]
        run(till, noon, len(tries), spread, lambda i: tries[i], lambda i: rng.choice(ips[:4]), lambda: 5.0, 0.98, codes=Choice([("54", 90), ("05", 10)]))
    elif grade == "expiry-slow":
        noon, spread, cards = till.start + 3 * HOUR, 18 * HOUR, [till.card() for _ in range(2)]
        tries = [(c[0], c[1], f"{m:02d}/{y}") for y in (28, 29) for m in range(1, 13) for c in cards]
        run(till, noon, len(tries), spread, lambda i: tries[i], lambda i: rng.choice(ips), lambda: rng.uniform(5, 40), 1.0, codes=Choice([("54", 85), ("05", 15)]))
    else:  # security codes
        spread, cards = 1800, [till.card() for _ in range(4)]
        run(till, noon, 100, spread, lambda i: cards[i % 4], lambda i: rng.choice(ips[:40]), lambda: 9.99, 0.98, codes=Choice([("82", 60), ("N7", 40)]))
    return noon, noon + spread


def ordinary_confounder(rng, till, what):
    noon = till.start + rng.uniform(9, 14) * HOUR
    if what == "recurring-batch":  # one server of ours charges subscriptions, many cards, usual declines of renewals
        for i in range(600):
            till.add(till.start + 3 * HOUR + i * 2.5, till.card(), DECLINES.draw(rng) if rng.random() < 0.28 else "00", rng.choice([9.99, 14.99, 29.99]), "10.2.0.17", "batch", "shop-21")
    elif what == "dunning":  # cards that failed before are tried again: most fail again
        for i in range(220):
            till.add(till.start + 5 * HOUR + i * 3, till.card(), Choice([("51", 70), ("05", 14), ("54", 10), ("61", 6)]).draw(rng) if rng.random() < 0.82 else "00", rng.choice([9.99, 14.99, 29.99]), "10.2.0.17", "batch", "shop-21")
    elif what == "sale":
        for t in arrivals(rng, noon, noon + 2700, lambda t: 90):
            till.add(t, till.card(), DECLINES.draw(rng) if rng.random() < 0.11 else "00", 49.0, merchant="shop-20")
    elif what == "donations":
        for t in arrivals(rng, noon, noon + 4 * HOUR, lambda t: 5):
            till.add(t, till.card(), DECLINES.draw(rng) if rng.random() < 0.07 else "00", rng.choice([1, 2, 5, 5, 10, 20]), merchant="shop-27")
    elif what == "shared-address":  # a campus behind one address
        for t in arrivals(rng, noon - 2 * HOUR, noon + 6 * HOUR, lambda t: 0.8):
            till.add(t, till.card(), DECLINES.draw(rng) if rng.random() < 0.12 else "00", ip="141.20.1.1")
    elif what == "monitor":
        for i in range(288):
            till.add(till.start + i * 300, ("411111", "1111", "12/30"), "05", 1.0, "10.3.0.5", "synthetic", "shop-24")
    elif what == "salary-day":  # the day before: funds are short everywhere
        till.ordinary(lambda t: 6 * day_wave(t, 0.12, 16), decline=0.3)
    elif what == "issuer-05":  # an issuer's fraud rules go wild; its usual customers are refused
        cards = [p for p in till.people if p[0][0] == "555555"]
        for t in arrivals(rng, noon, noon + 2400, lambda t: 5):
            card, ip, device = rng.choice(cards)
            till.add(t, card, "05" if rng.random() < 0.85 else "00", ip=ip, device=device)
    return noon


def other_abuse(rng, till, what):
    noon = till.start + rng.uniform(10, 15) * HOUR
    if what == "retries":  # a program that knows no end
        for c in [till.card() for _ in range(3)]:
            for i in range(18):
                till.add(noon - 4 * HOUR + i * 2400 + rng.uniform(0, 200), c, "05", 39.0, "10.2.0.17", "batch", "shop-25")
        return noon - 4 * HOUR, noon + 8 * HOUR
    if what == "duplicates":
        for i in range(25):
            c, amount, ip, dev = till.card(), rng.uniform(10, 90), address(rng), f"d{rng.randrange(10**9):09d}"
            row = till.add(noon + i * 50, c, "00", amount, ip, dev, "shop-20")
            till.add(noon + i * 50 + rng.uniform(3, 25), c, "00", amount, ip, dev, "shop-20", row["order"] if rng.random() < 0.6 else None)
        return noon, noon + 1250
    if what == "refund-burst":
        for i in range(60):
            till.add(noon + i * 30, till.card(), "00", rng.uniform(80, 400), "10.2.0.40", "backoffice", "shop-22", kind="refund")
        return noon, noon + 1800
    # an issuer that is down: its usual share of the day answers 91
    span = 2700
    for row in till.rows:
        if noon <= row["t"] < noon + span and row["bin"] in ("424242",) and rng.random() < 0.93:
            row["code"], row["status"] = rng.choice(["91", "91", "96"]), "DECLINED"
    return noon, noon + span


CARDING = ["blatant", "paced", "distributed", "distributed-device", "slow", "slow-one-address", "hidden"]
ENUMERATION = ["bin-blatant", "bin-distributed", "bin-slow", "expiry", "expiry-slow", "cvv"]
ORDINARY = ["none", "recurring-batch", "dunning", "sale", "donations", "shared-address", "monitor", "salary-day", "issuer-05"]
OTHER = {"retries": ([], "retries"), "duplicates": (["duplicate-payment"], "duplicates"), "refund-burst": ([], "refunds"), "issuer-91": (["issuer-decline-storm"], "issuer")}


def payment_cases(rng, seed):
    plans = [("carding", g) for g in CARDING for _ in range(3)] + [("enumeration", g) for g in ENUMERATION for _ in range(3)]
    plans += [("clean", c) for c in ORDINARY for _ in range(2)] + [("other", o) for o in OTHER for _ in range(2)]
    for number, (family, what) in enumerate(plans):
        till = Till(rng, rate=rng.choice([9, 14, 22])).ordinary()
        dialect = rng.choice(["full", "masked", "small"])
        if what == "distributed-device" or what.startswith("expiry"):
            dialect = rng.choice(["full", "masked"])
        truth = {"suite": "payments", "family": family, "grade": what, "dialect": dialect, "expect": [], "forbid": [], "claim": None}
        span = None
        if family == "carding":
            span = carding(rng, till, what)
            truth |= {"expect": ["card-testing"], "claim": "testing"}
        elif family == "enumeration":
            span = enumeration(rng, till, what)
            truth |= {"expect": ["card-enumeration"], "also": ["card-testing"] if what.startswith("bin") else [], "claim": "enumeration"}
        elif family == "clean":
            ordinary_confounder(rng, till, what)
            truth |= {"forbid": CARD_ABUSE, "also": ["issuer-decline-storm"] if what == "issuer-05" else []}
        else:
            span = other_abuse(rng, till, what)
            truth |= {"expect": OTHER[what][0], "claim": OTHER[what][1], "forbid": CARD_ABUSE}
        if span:
            # Nobody can know of a plan before its first attempt.
            truth |= {"from": iso(till.began or span[0], 0), "to": iso(min(span[1], till.end), 0)}
        yield Case(f"a{seed}-{number:03d}-{family}-{what}", truth, {"txn/payments.csv": till.table(dialect), "meta/now": iso(till.end, 0) + "\n"})


def main():
    out, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for case in payment_cases(random.Random(seed), seed):
        case.write(out)
    for case in shop_cases(random.Random(seed + 1000), seed):
        case.write(out)


if __name__ == "__main__":
    main()
