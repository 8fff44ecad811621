"""What the seeded truth files of windows and attacks share: arrivals, requests, and the layouts of log lines.

Everything is drawn from one random.Random of the caller, so that a seed gives the same bytes on every machine.
Times are seconds since the epoch, UTC; durations are milliseconds.
"""
import json
import math
from bisect import bisect
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import accumulate
from zoneinfo import ZoneInfo

BROWSERS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0",
    "okhttp/4.12.0",
    "ShopApp/7.3 (Android 14)",
]
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass
class Request:
    """One request or payment attempt, before it is written in a layout."""

    at: float
    client: str
    method: str
    path: str
    merchant: str
    acquirer: str
    status: int = 200
    size: int = 512
    ms: float = 100.0
    agent: str = BROWSERS[0]
    referer: str = "-"
    error: str = ""
    order: str = ""
    amount: str = "10.00"
    card: tuple = ("424242", "4242")


def poisson(rng, mean):
    """A Poisson number; by Knuth below 40, by the normal approximation above."""
    if mean <= 0:
        return 0
    if mean > 40:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    bound, count, product = math.exp(-mean), 0, rng.random()
    while product > bound:
        count += 1
        product *= rng.random()
    return count


def arrivals(rng, start, end, rate, spread=0.12, regular=False):
    """Times of arrivals between start and end; `rate(t)` a minute, minute by minute overdispersed by `spread`."""
    minute = start
    while minute < end:
        mean = rate(minute)
        count = round(mean) if regular else poisson(rng, mean * max(0.0, rng.gauss(1, spread)))
        if regular:
            for i in range(count):
                yield minute + (i + rng.uniform(0, 0.3)) * 60 / count
        else:
            for at in sorted(rng.uniform(0, 60) for _ in range(count)):
                yield minute + at
        minute += 60


class Choice:
    """Draws one of [(value, weight), ...]; the sums are made once, for there are thousands of clients."""

    def __init__(self, weighted):
        self.values, weights = zip(*weighted)
        self.sums = list(accumulate(weights))

    def draw(self, rng):
        return self.values[bisect(self.sums, rng.random() * self.sums[-1])]


def address(rng, network=None):
    """A public address, or one of a network given as its first octets."""
    head = network.split(".") if network else [str(rng.choice([31, 46, 62, 77, 81, 84, 91, 93, 109, 151, 176, 188]))]
    while len(head) < 4:
        head.append(str(rng.randrange(1, 255)))
    return ".".join(head)


def pool(rng, count):
    """Client addresses, the first ones used more often (as offices and mobile gateways are)."""
    return Choice([(address(rng), 1 / (5 + i) ** 0.6) for i in range(count)])


def iso(at, digits=3):
    stamp = datetime.fromtimestamp(at, timezone.utc)
    return stamp.strftime("%Y-%m-%dT%H:%M:%S") + (f".{stamp.microsecond // 1000:03d}" if digits else "") + "Z"


class Layouts:
    """Writers of one line each; a file keeps to one of them."""

    def __init__(self, rng, zone="UTC"):
        self.rng, self.zone = rng, ZoneInfo(zone)

    def local(self, at):
        return datetime.fromtimestamp(at, timezone.utc if self.zone.key == "UTC" else self.zone)

    def clf(self, at):
        t = self.local(at)
        return f"{t.day:02d}/{MONTHS[t.month - 1]}/{t.year}:{t:%H:%M:%S} {t:%z}"

    def combined(self, r):
        return f'{r.client} - - [{self.clf(r.at)}] "{r.method} {r.path} HTTP/1.1" {r.status} {r.size} "{r.referer}" "{r.agent}"'

    def nginx(self, r):
        """Combined with request and upstream time, as the nginx documentation's examples extend it."""
        upstream = "-" if r.status == 499 else f"{r.ms / 1000 * 0.98:.3f}"
        return f'{self.combined(r)} rt={r.ms / 1000:.3f} urt={upstream} ua="{r.acquirer}"'

    def haproxy(self, r):
        t = self.local(r.at)
        wait = max(1, round(r.ms))
        state, server = "----", f"{r.acquirer}1"
        first = wait
        if r.status == 503:
            state, first = "SC--", -1
        elif r.status == 504:
            state, first = "sH--", -1
        elif r.status == 502:
            state, first = "SH--", -1
        return (
            f"{t:%b} {t.day:2d} {t:%H:%M:%S} lb1 haproxy[2210]: {r.client}:{self.rng.randrange(20000, 60000)} "
            f"[{t.day:02d}/{MONTHS[t.month - 1]}/{t.year}:{t:%H:%M:%S}.{t.microsecond // 1000:03d}] fe_pay~ be_{r.acquirer}/{server} "
            f"0/0/{-1 if r.status == 503 else 1}/{first}/{wait} {r.status} {r.size} - - {state} "
            f"{self.rng.randrange(20, 90)}/{self.rng.randrange(10, 60)}/3/1/0 0/0 \"{r.method} {r.path} HTTP/1.1\""
        )

    def jsonl(self, r):
        body = {
            "ts": iso(r.at),
            "level": "error" if r.error else "info",
            "msg": "payment call failed" if r.error else "payment call",
            "client_ip": r.client,
            "path": r.path,
            "merchant_id": r.merchant,
            "acquirer": r.acquirer,
            "order_id": r.order,
            "status": r.status,
            "duration_ms": round(r.ms),
        }
        if r.error:
            body["error"] = r.error
        return json.dumps(body, separators=(",", ":"))

    def app(self, r):
        """logback's usual layout; the time has no zone."""
        t = self.local(r.at)
        head = f"{t:%Y-%m-%d %H:%M:%S},{t.microsecond // 1000:03d}"
        thread = f"[http-nio-8080-exec-{self.rng.randrange(1, 40)}]"
        facts = f"order={r.order} merchant={r.merchant} acquirer={r.acquirer} endpoint={r.path} cost={round(r.ms)}ms"
        if not r.error:
            return f"{head} INFO  {thread} c.shop.pay.PaymentService - payment done {facts} result=SUCCESS"
        return (
            f"{head} ERROR {thread} c.shop.pay.PaymentService - payment failed {facts} result=FAIL\n"
            f"{r.error}\n\tat c.shop.pay.AcquirerClient.call(AcquirerClient.java:88)\n"
            f"\tat c.shop.pay.PaymentService.pay(PaymentService.java:41)"
        )

    def csv(self, r):
        state, code = ("APPROVED", "00") if r.status < 400 else ("ERROR", "91" if r.status == 503 else "68")
        if r.status == 402:
            state, code = "DECLINED", self.rng.choice(["51", "05", "54", "61"])
        return f"{iso(r.at)},{r.order},{r.merchant},{r.acquirer},{r.card[0]},{r.card[1]},{r.amount},EUR,{code},{state},{r.client},{round(r.ms)}"

    CSV_HEADER = "time_utc,order_id,merchant_id,acquirer,bin,last4,amount,currency,resp_code,status,client_ip,latency_ms"


@dataclass
class Case:
    """What is written beside each log: name, lines and what is true about them."""

    name: str
    truth: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)

    def write(self, folder):
        home = folder / self.name
        for path, text in self.files.items():
            target = home / "evidence" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        (home / "truth.json").write_text(json.dumps({"name": self.name, **self.truth}, indent=1) + "\n")
