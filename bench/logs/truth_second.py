"""A second set of seeded days with other shapes of traffic, lengths, layouts and faults than truth_windows.py and truth_attacks.py.

    python3 bench/logs/truth_second.py OUT [SEED]
"""
import random
import sys
from pathlib import Path

import truth_attacks
import truth_shop
import truth_windows as windows
from truth_world import address, arrivals

HOUR, DAY = 3600, 86400


def office(t):
    """A back office at work from eight to six, with a pause at noon."""
    hour = (t % DAY) / HOUR
    return 0.05 if hour < 8 or hour > 18 else 0.5 if 12 <= hour < 13 else 1.0


def double_peak(t):
    """Breakfast and dinner, as of a delivery service."""
    hour = (t % DAY) / HOUR
    return 0.1 + max(0.0, 1 - abs(hour - 8) / 3) + 1.4 * max(0.0, 1 - abs(hour - 19.5) / 4)


SHAPES = {
    "office": ("2026-09-14 00:00", 4, lambda b: lambda t: b * office(t), 12, False),
    "double-peak": ("2026-09-15 00:00", 1, lambda b: lambda t: b * double_peak(t), 24, False),
    "short": ("2026-09-15 09:00", 0.25, lambda b: lambda t: b, 45, False),
    "trickle": ("2026-09-14 00:00", 3, lambda b: lambda t: b, 1.2, False),
    "busy": ("2026-09-15 10:00", 0.3, lambda b: lambda t: b * (1 + 0.2 * ((t // 600) % 3)), 110, False),
    "quarter-hours": ("2026-09-15 00:00", 1, lambda b: lambda t: b * (3 if t % 900 < 120 else 1), 11, False),
    "falling": ("2026-09-15 06:00", 0.75, lambda b: lambda t: b * (1 - 0.8 * (t - windows.at("2026-09-15 06:00")) / (0.75 * DAY)), 40, False),
}


def carding(rng, till, grade):
    """Runs between the grades of the first set: a /24 in bursts, a botnet on one shop, a tester with a day off."""
    noon = till.start + rng.uniform(8, 12) * HOUR
    if grade == "bursts":
        net = address(rng).rsplit(".", 1)[0]
        for burst in range(4):
            truth_attacks.run(till, noon + burst * HOUR, 30, 240, lambda i: till.card(), lambda i: f"{net}.{rng.randrange(2, 250)}", lambda: rng.uniform(1, 4))
        return noon, noon + 3 * HOUR + 240
    if grade == "botnet-one-shop":
        truth_attacks.run(till, noon, 260, 4 * HOUR, lambda i: till.card(), lambda i: address(rng), lambda: rng.choice([1.99, 2.99]), 0.88, merchant="shop-24")
        return noon, noon + 4 * HOUR
    ip = address(rng)
    truth_attacks.run(till, till.start + 2 * HOUR, 45, 5 * HOUR, lambda i: till.card(), lambda i: ip, lambda: rng.uniform(1, 9), 0.8)
    return till.start + 2 * HOUR, till.start + 7 * HOUR


def enumeration(rng, till, grade):
    noon = till.start + rng.uniform(8, 12) * HOUR
    codes = truth_attacks.Choice([("14", 55), ("05", 40), ("54", 5)])
    if grade == "bin-two-ranges":
        truth_attacks.run(till, noon, 240, 2 * HOUR, lambda i: till.card(rng.choice(["476173", "476174"])), lambda i: address(rng), lambda: rng.uniform(2, 9), 0.96, codes=codes)
        return noon, noon + 2 * HOUR
    if grade == "bin-in-use":
        truth_attacks.run(till, noon, 150, 3 * HOUR, lambda i: till.card("510510"), lambda i: address(rng), lambda: rng.uniform(10, 60), 0.95, codes=codes)
        return noon, noon + 3 * HOUR
    card = till.card()
    truth_attacks.run(till, noon, 36, 3 * HOUR, lambda i: card, lambda i: address(rng), lambda: 12.5, 1.0, codes=truth_attacks.Choice([("82", 70), ("05", 30)]))
    return noon, noon + 3 * HOUR


def ordinary(rng, till, what):
    noon = till.start + rng.uniform(9, 13) * HOUR
    if what == "kiosk":  # one address, one amount, many cards, all well
        for t in arrivals(rng, till.start + 7 * HOUR, till.start + 20 * HOUR, lambda t: 0.7):
            till.add(t, till.card(), truth_attacks.DECLINES.draw(rng) if rng.random() < 0.06 else "00", 3.5, "80.10.4.4", "kiosk-7", "shop-25")
    elif what == "issuer-62":  # an issuer blocks its cards by mistake
        cards = [p for p in till.people if p[0][0] == "400005"]
        for t in arrivals(rng, noon, noon + 3000, lambda t: 4):
            card, ip, device = rng.choice(cards)
            till.add(t, card, "62" if rng.random() < 0.9 else "00", ip=ip, device=device)
    elif what == "renewals":  # expired cards of subscribers, charged by our own server
        for i in range(300):
            till.add(till.start + 4 * HOUR + i * 4, till.card(), "54" if rng.random() < 0.3 else "00", 7.99, "10.2.0.17", "batch", "shop-21")
    elif what == "hotel":  # verification of one unit, then a void
        for t in arrivals(rng, noon, noon + 5 * HOUR, lambda t: 0.6):
            till.add(t, till.card(), "05" if rng.random() < 0.05 else "00", 1.0, "91.4.4.9", "pms", "shop-23")


def main():
    out, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    windows.SHAPES.clear()
    windows.SHAPES.update(SHAPES)
    windows.ERRORS[503] = "org.apache.http.conn.HttpHostConnectException: Connect to gw.eastpay.test:443 failed: Connection refused"
    rng = random.Random(seed * 7 + 1)
    number = 0
    for shape in SHAPES:
        for kind in rng.sample(windows.KINDS, 6):
            layouts = windows.TIMED if kind in ("slow", "ramp") else windows.ACCESS + windows.BODY
            case = windows.planted(rng, f"w{seed}-{number:03d}-{shape}-{kind}", shape, rng.choice(layouts), [kind])
            if case:
                case.write(out)
            number += 1
        for confounder in rng.sample(["none", "bots", "nightly-job", "flash-sale", "single-errors", "long-polling", "failing-monitor", "rotation-gap"], 3):
            front = confounder in ("bots", "failing-monitor", "rotation-gap")
            windows.clean(rng, f"w{seed}-{number:03d}-{shape}-clean-{confounder}", shape, rng.choice(windows.ACCESS if front else windows.TIMED), confounder).write(out)
            number += 1
    truth_attacks.CARDING[:] = ["bursts", "botnet-one-shop", "early-bird"]
    truth_attacks.ENUMERATION[:] = ["bin-two-ranges", "bin-in-use", "cvv-one-card"]
    truth_attacks.ORDINARY[:] = ["kiosk", "issuer-62", "renewals", "hotel"]
    truth_attacks.carding, truth_attacks.enumeration, truth_attacks.ordinary_confounder = carding, enumeration, ordinary
    for case in truth_attacks.payment_cases(random.Random(seed * 11 + 5), seed):
        case.write(out)
    for case in truth_shop.shop_cases(random.Random(seed * 13 + 5), seed):
        case.write(out)


if __name__ == "__main__":
    main()
