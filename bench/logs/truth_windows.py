"""Seeded days of traffic with interruptions, failures and slow spells planted in them, and clean days beside them.

    python3 bench/logs/truth_windows.py OUT [SEED]

Each case is a folder with `evidence/` and `truth.json`: what was planted (kind, from, to, where, grade) and what may be
said besides (`tolerated`). Shapes of traffic and layouts of lines are combined anew by every seed.
"""
import math
import random
import sys
from datetime import datetime, timezone
from pathlib import Path

from truth_world import BROWSERS, Case, Choice, Layouts, Request, address, arrivals, iso, pool

HOUR, DAY = 3600, 86400
ENDPOINTS = [  # path, method, weight, median ms, sigma
    ("/api/v1/pay", "POST", 26, 420, 0.45),
    ("/api/v1/query", "GET", 34, 90, 0.4),
    ("/checkout", "GET", 22, 160, 0.5),
    ("/api/v1/refund", "POST", 3, 510, 0.5),
    ("/static/app.js", "GET", 15, 6, 0.6),
]
PAYMENTS = [("/v1/pay", "POST", 80, 380, 0.45), ("/v1/query", "POST", 16, 120, 0.4), ("/v1/refund", "POST", 4, 450, 0.5)]
ACQUIRERS = Choice([("northbank", 5), ("eastpay", 3), ("unity", 2)])
ERRORS = {
    502: "java.io.IOException: Unexpected response from acquirer: 502 Bad Gateway",
    503: "java.net.ConnectException: Connection refused (Connection refused)",
    504: "java.net.SocketTimeoutException: Read timed out",
    500: "java.lang.NullPointerException: Cannot invoke \"Route.id()\" because \"route\" is null",
}


def at(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=timezone.utc).timestamp()


def day_wave(t, low, peak):
    """0.. 1 over the day: lowest at 04:00, highest at `peak` o'clock."""
    hour = (t % DAY) / HOUR
    return low + (1 - low) * (0.5 + 0.5 * math.cos((hour - peak) / 24 * 2 * math.pi))


SHAPES = {  # name: (start, days, rate(base) -> rate(t) a minute, base, regular)
    "day-night": ("2026-11-11 00:00", 1, lambda b: lambda t: b * day_wave(t, 0.08, 15), 32, False),
    "night-heavy": ("2026-11-11 00:00", 1, lambda b: lambda t: b * day_wave(t, 0.15, 1), 30, False),
    "weekend": ("2026-11-12 00:00", 4, lambda b: lambda t: b * day_wave(t, 0.12, 19) * (1.9 if int(t // DAY) % 7 in (1, 2, 3) else 0.8), 9, False),
    "weekly": ("2026-10-26 00:00", 24, lambda b: lambda t: b * week_wave(t), 6, False),
    "machine": ("2026-11-11 00:00", 1, lambda b: lambda t: b, 20, True),
    "low": ("2026-11-11 00:00", 2, lambda b: lambda t: b * day_wave(t, 0.5, 14), 4, False),
    "batch": ("2026-11-11 00:00", 1, lambda b: lambda t: b * day_wave(t, 0.2, 14) * (7 if t % HOUR < 240 else 1), 14, False),
    "growth": ("2026-11-09 00:00", 3, lambda b: lambda t: b * day_wave(t, 0.15, 16) * (1 + (t - at("2026-11-09 00:00")) / DAY), 7, False),
    "two-merchants": ("2026-11-11 00:00", 1, lambda b: lambda t: b * day_wave(t, 0.15, 15), 40, False),
    "dst": ("2026-10-24 12:00", 1.5, lambda b: lambda t: b * day_wave(t, 0.1, 15), 22, False),
}


def week_wave(t):
    """A shop that is closed at night and on Sunday (epoch day 0 was a Thursday)."""
    weekday, hour = (int(t // DAY) + 3) % 7, (t % DAY) / HOUR
    if weekday == 6 or hour < 7 or hour >= 21:
        return 0.02
    return (1.6 if weekday == 5 else 1.0) * (0.6 if 12.5 <= hour < 13.5 else 1.0) * min(1, (hour - 6.5) * 2, (21.2 - hour) * 2)


class Traffic:
    """One case: usual traffic, and what the planted events make of it."""

    def __init__(self, rng, shape, layout, factor=1.0):
        start, days, rate, base, self.regular = SHAPES[shape]
        self.rng, self.shape, self.layout = rng, shape, layout
        self.start, self.end = at(start), at(start) + days * DAY
        self.rate = rate(base * factor)
        self.spread = 0.02 if self.regular else 0.12
        self.events, self.extra, self.tolerated = [], [], []
        self.rate_factor = lambda t: 1.0
        self.clients = pool(rng, 40 if shape == "machine" else 900 if shape == "low" else 2500)
        names = [f"m-{1000 + i}" for i in range(12)]
        weights = [95, 5] if shape == "two-merchants" else [1 / (1 + i) for i in range(12)]
        self.merchants = Choice(list(zip(names, weights)))
        endpoints = PAYMENTS if layout in ("jsonl", "app", "csv") else ENDPOINTS
        self.endpoints = Choice([(e, e[2]) for e in endpoints])
        self.serial = 0

    def request(self, t):
        rng = self.rng
        path, method, _, median, sigma = self.endpoints.draw(rng)
        status = 404 if rng.random() < 0.012 else 200
        if rng.random() < 0.002:
            status = rng.choice([500, 502])
        declined = self.layout == "csv" and rng.random() < 0.1
        self.serial += 1
        return Request(
            at=t, client=self.clients.draw(rng), method=method, path=path, merchant=self.merchants.draw(rng),
            acquirer=ACQUIRERS.draw(rng), status=402 if declined and status == 200 else status,
            size=rng.randrange(150, 9000), ms=median * math.exp(rng.gauss(0, sigma)), agent=rng.choice(BROWSERS),
            order=f"O{20260000000 + self.serial}", amount=f"{rng.lognormvariate(3.4, 0.8):.2f}",
            card=(rng.choice(["424242", "555555", "400005", "510510", "601111"]), f"{rng.randrange(10000):04d}"),
        )

    def hit(self, event, r):
        return all(getattr(r, key) == value for key, value in event["where"].items())

    def lines(self):
        rng = self.rng
        for t in arrivals(rng, self.start, self.end, lambda t: self.rate(t) * self.rate_factor(t), self.spread, self.regular):
            r = self.request(t)
            kept = True
            for e in self.events:
                if not e["from"] <= t < e["to"] or not self.hit(e, r):
                    continue
                if e.get("flap") and int((t - e["from"]) // e["flap"]) % 2:
                    continue
                if e["kind"] == "outage":
                    kept = kept and rng.random() < e.get("leak", 0.0)
                elif e["kind"] == "errors" and rng.random() < e["share"]:
                    r.status = rng.choice(e["statuses"])
                    r.ms = rng.uniform(30000, 30200) if r.status == 504 else rng.uniform(3, 60)
                    r.size = rng.randrange(150, 600)
                    r.error = ERRORS[r.status]
                    if rng.random() < 0.35:  # the customer tries again
                        again = Request(**{**r.__dict__, "at": t + rng.uniform(4, 40)})
                        self.extra.append(again)
                elif e["kind"] == "slow":
                    into = (t - e["from"]) / (e["to"] - e["from"])
                    r.ms *= 1 + (e["factor"] - 1) * (min(1, into * 3) if e.get("ramp") else 1)
            if kept:
                if r.status >= 500 and not r.error:
                    r.error = ERRORS[r.status]
                yield r

    def evidence(self, zone="UTC"):
        requests = list(self.lines())
        requests = sorted(requests + [x for x in self.extra if x.at < self.end], key=lambda r: r.at + (r.ms / 1000 if self.layout != "csv" else 0))
        layouts = Layouts(self.rng, zone)
        write = getattr(layouts, self.layout)
        name = {"jsonl": "gateway.jsonl", "app": "payment-service.log", "csv": "payments.csv", "haproxy": "haproxy.log"}.get(self.layout, "access.log")
        head = layouts.CSV_HEADER + "\n" if self.layout == "csv" else ""
        return {f"{'txn' if self.layout == 'csv' else 'logs'}/{name}": head + "".join(write(r) + "\n" for r in requests), "meta/now": iso(self.end, 0) + "\n"}


def grade(e):
    if e["kind"] == "outage":
        return "blatant" if not e["where"] else "clear"
    size = e["share"] if e["kind"] == "errors" else (e["factor"] - 1) / 8
    narrow = 0.5 if e["where"] else 1
    return "blatant" if size * narrow >= 0.45 else "clear" if size * narrow >= 0.2 else "subtle"


def quiet(traffic, t, minutes):
    """Requests expected in that time: what can be seen at all."""
    return sum(traffic.rate(t + 60 * i) for i in range(int(minutes)))


def place(traffic, minutes, least):
    """A start at which at least `least` requests would come in the time; late days are preferred in long files."""
    rng = traffic.rng
    for _ in range(400):
        low = traffic.start + (0.75 if traffic.end - traffic.start > 10 * DAY else 0.1) * (traffic.end - traffic.start)
        t = rng.uniform(low, traffic.end - minutes * 60 - 2400)
        t -= t % 60
        t += rng.randrange(60)
        if quiet(traffic, t, minutes) >= least:
            return t
    return None


def where_for(rng, layout, shape):
    if shape == "two-merchants":
        return {"merchant": "m-1001"}
    if layout == "combined":
        return {"path": "/api/v1/pay"}
    if layout in ("nginx", "haproxy"):
        return rng.choice([{"path": "/api/v1/pay"}, {"acquirer": "northbank"}, {"acquirer": "eastpay"}])
    return rng.choice([{"merchant": "m-1000"}, {"acquirer": "northbank"}, {"acquirer": "unity"}, {"path": "/v1/pay"}])


def plan(rng, traffic, kind):
    """Plants one event of a kind; None where this traffic cannot show it."""
    where = where_for(rng, traffic.layout, traffic.shape) if kind.startswith("partial") or traffic.shape == "two-merchants" else {}
    event = {"where": where}
    share = 0.05 if traffic.shape == "two-merchants" else 0.25 if where else 1.0
    if kind in ("outage", "partial-outage", "ends-silent", "flapping-outage"):
        event |= {"kind": "outage"}
        minutes, least = rng.randrange(8, 40), 60 / share
        if traffic.shape == "low":
            minutes = rng.randrange(30, 80)
    elif kind in ("errors", "partial-errors", "flapping-errors", "timeouts", "begins", "ends"):
        statuses = [504] if kind == "timeouts" else rng.choice([[502], [503], [502, 504], [500]])
        event |= {"kind": "errors", "share": rng.choice([0.15, 0.25, 0.4, 0.7, 1.0]), "statuses": statuses}
        minutes, least = rng.randrange(10, 50), 90 / share / event["share"]
    else:
        event |= {"kind": "slow", "factor": rng.choice([2, 3, 4, 6, 10]), "ramp": kind == "ramp"}
        minutes, least = rng.randrange(20, 80), 200 / share
    if kind.startswith("flapping"):
        event["flap"] = rng.choice([240, 300, 360])
        minutes = max(minutes, 40)
    start = place(traffic, minutes, least)
    if start is None:
        return None
    event |= {"from": start, "to": start + minutes * 60}
    if kind.startswith("ends"):
        traffic.end = event["to"]
    if kind == "begins":
        traffic.start = event["from"]
    event["grade"] = grade(event)
    traffic.events.append(event)
    return event


def visible_edges(event):
    return {**{k: v for k, v in event.items() if k not in ("from", "to")}, "from": iso(event["from"], 0), "to": iso(event["to"], 0)}


def planted(rng, name, shape, layout, kinds):
    traffic = Traffic(rng, shape, layout)
    for kind in kinds:
        for _ in range(20):
            event = plan(rng, traffic, kind)
            apart = event and all(e is event or event["to"] + 1800 < e["from"] or e["to"] + 1800 < event["from"] for e in traffic.events)
            if apart:
                break
            if event:
                traffic.events.remove(event)
        else:
            return None
    truth = {
        "suite": "windows", "shape": shape, "layout": layout, "zone": "Europe/Berlin" if shape == "dst" else "UTC",
        "events": [visible_edges(e) for e in traffic.events], "kinds": kinds, "tolerated": [],
    }
    case = Case(name, truth, traffic.evidence(truth["zone"]))
    if shape == "dst":
        case.files["meta/topology.yaml"] = "timezone: Europe/Berlin\n"
    return case


def other(rng, t, client, path, ms, status=200, agent="internal-job/2.1", merchant="m-1000"):
    return Request(at=t, client=client, method="GET", path=path, merchant=merchant, acquirer="northbank", status=status,
                   size=rng.randrange(200, 90000), ms=ms, agent=agent, order=f"J{rng.randrange(10**12)}")


def clean(rng, name, shape, layout, confounder):
    """A day on which nothing is wrong, with something that looks as if."""
    traffic = Traffic(rng, shape, layout)
    span = traffic.end - traffic.start
    pivot = traffic.start + rng.uniform(0.35, 0.6) * span
    truth = {"suite": "windows", "shape": shape, "layout": layout, "confounder": confounder, "events": [], "zone": "UTC", "tolerated": []}
    files = {}
    if confounder == "bots":
        for bot in range(3):
            client, t = address(rng), pivot + bot * 5000
            for i in range(rng.randrange(400, 900)):
                path = rng.choice(["/wp-login.php", "/.env", "/admin", "/api/v1/pay", "/vendor/phpunit", "/old"])
                traffic.extra.append(other(rng, t + i * rng.uniform(0.8, 1.2), client, path, rng.uniform(2, 40), rng.choice([404, 404, 404, 403, 400, 500]), "Mozilla/5.0 zgrab/0.x"))
    elif confounder == "nightly-job":
        job = traffic.start + 2 * HOUR
        for i in range(2600):
            traffic.extra.append(other(rng, job + i * 0.5, "10.1.0.9", "/export/settlement", rng.uniform(4000, 15000)))
    elif confounder == "flash-sale":
        traffic.rate_factor = lambda t: 6.0 if pivot <= t < pivot + 2400 else 1.0
        traffic.events.append({"kind": "slow", "factor": 1.3, "where": {}, "from": pivot, "to": pivot + 2400})
    elif confounder == "lunch-dip":
        traffic.rate_factor = lambda t: 0.5 if pivot <= t < pivot + HOUR else 1.0
    elif confounder == "single-errors":
        traffic.events.append({"kind": "errors", "share": 0.006, "statuses": [500, 502, 504], "where": {}, "from": traffic.start, "to": traffic.end})
    elif confounder == "long-polling":
        for t in arrivals(rng, traffic.start, traffic.end, lambda t: 0.15 * traffic.rate(t)):
            traffic.extra.append(other(rng, t, traffic.clients.draw(rng), "/events/stream", rng.uniform(20000, 30000), agent=rng.choice(BROWSERS)))
    elif confounder == "failing-monitor":
        for i in range(int(span // 30)):
            traffic.extra.append(other(rng, traffic.start + i * 30, "10.1.0.4", "/old/health", 3, 503, "check_http/v2.3"))
    elif confounder == "deploy":
        traffic.events.append({"kind": "errors", "share": 0.6, "statuses": [502, 503], "where": {}, "from": pivot, "to": pivot + 30})
        files["meta/changes.csv"] = f"time,host,change,author\n{iso(pivot - 20, 0)},app1,planned deploy of checkout 4.18.0 (rolling restart),release\n"
        truth["tolerated"] = [[iso(pivot - 120, 0), iso(pivot + 240, 0)]]
        truth["notUrgent"] = True
    elif confounder == "clock-back":
        step = rng.choice([420, 660])
    elif confounder == "rotation-gap":
        gap = rng.choice([900, 1500])
    evidence = traffic.evidence()
    if confounder in ("clock-back", "clock-forward", "rotation-gap"):
        (path, text), = [(p, x) for p, x in evidence.items() if p.startswith("logs/")]
        requests = list(traffic.lines())
        write, second = Layouts(rng), Layouts(rng)
        if confounder == "rotation-gap":  # the front's log lacks a while, the service behind it wrote on
            first = [r for r in requests if r.at < pivot - gap]
            last = [r for r in requests if r.at >= pivot]
            files |= {path + ".1": "".join(getattr(write, layout)(r) + "\n" for r in first), path: "".join(getattr(write, layout)(r) + "\n" for r in last)}
        else:
            step = step if confounder == "clock-back" else -rng.choice([420, 660])
            shifted = [Request(**{**r.__dict__, "at": r.at + (-step if r.at >= pivot else 0)}) for r in requests]
            files[path] = "".join(getattr(write, layout)(r) + "\n" for r in shifted)
            stamp = second.local(pivot - step)
            files["logs/syslog"] = f"{stamp:%b} {stamp.day:2d} {stamp:%H:%M:%S} app1 chronyd[612]: System clock was stepped by {-step}.000412 seconds\n"
        del evidence[path]
        files["logs/payment-service.log"] = "".join(second.app(Request(**{**r.__dict__, "order": f"W{i}"})) + "\n" for i, r in enumerate(requests) if r.path.endswith("/pay"))
    return Case(name, truth, {**evidence, **files})


ACCESS, TIMED, BODY = ["combined", "nginx", "haproxy"], ["nginx", "haproxy", "jsonl", "app", "csv"], ["jsonl", "app", "csv"]
KINDS = ["outage", "partial-outage", "errors", "partial-errors", "timeouts", "slow", "ramp", "flapping-errors", "flapping-outage", "ends", "begins", "ends-silent"]


def main():
    out, seed = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    rng = random.Random(seed)
    number = 0
    for shape in SHAPES:
        kinds = [[k] for k in rng.sample(KINDS, 7)] + [rng.sample(["outage", "errors", "slow"], 2)]
        if shape == "weekly":
            kinds = kinds[:3] + [["outage"]]
        for kind in kinds:
            layouts = BODY if shape == "two-merchants" else TIMED if {"slow", "ramp"} & set(kind) else ACCESS + BODY
            if shape == "weekly":
                layouts = ["combined", "nginx", "csv"]
            case = planted(rng, f"w{seed}-{number:03d}-{shape}-{'+'.join(kind)}", shape, rng.choice([x for x in layouts if not ("slow" in kind and x == "combined")]), kind)
            if case:
                case.write(out)
            number += 1
    for confounder in ["none", "bots", "nightly-job", "flash-sale", "lunch-dip", "single-errors", "long-polling", "failing-monitor", "deploy", "clock-back", "clock-forward", "rotation-gap"]:
        front = confounder in ("bots", "failing-monitor", "clock-back", "clock-forward", "rotation-gap")
        for shape in rng.sample([s for s in SHAPES if s not in ("dst", "weekly", "two-merchants")], 3):
            layout = rng.choice(ACCESS if front else TIMED)
            clean(rng, f"w{seed}-{number:03d}-{shape}-clean-{confounder}", shape, layout, confounder).write(out)
            number += 1
    for shape in ("weekly", "dst", "two-merchants"):
        for layout in ("nginx", "app", "csv"):
            case = planted(rng, f"w{seed}-{number:03d}-{shape}-clean-none", shape, layout, [])
            case.truth["confounder"] = "none"
            case.write(out)
            number += 1


if __name__ == "__main__":
    main()
