"""A shop's access log, session by session, with attackers and look-alikes among the visitors (see truth_attacks.py)."""
from truth_windows import at, day_wave
from truth_world import BROWSERS, Case, Layouts, Request, address, arrivals, iso, pool

HOUR, DAY = 3600, 86400
ATTACKS = ["credential-stuffing", "request-flood", "web-shell", "injection-attack", "card-testing", "card-enumeration"]
SQL = ["1%27%20OR%20%271%27=%271", "1%20UNION%20SELECT%20null,user,password%20FROM%20users--", "1%27%20AND%20SLEEP(5)--", "1;SELECT%20pg_sleep(3)"]
PROBES = ["/.env", "/.git/config", "/wp-login.php", "/phpmyadmin/", "/cgi-bin/test.cgi", "/admin.php", "/backup.zip", "/server-status", "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php", "/../../etc/passwd"]


class Shop:
    def __init__(self, rng, rate=1.6, start="2026-11-11 00:00", days=1.0):
        self.rng, self.start, self.end, self.rate = rng, at(start), at(start) + days * DAY, rate
        self.rows, self.visitors = [], pool(rng, 3000)

    def hit(self, t, client, method, path, status=200, size=None, agent=None, referer="-", ms=None):
        rng = self.rng
        self.rows.append(Request(at=t, client=client, method=method, path=path, merchant="", acquirer="10.0.0.11:8080", status=status,
                                 size=size or rng.randrange(2000, 30000), ms=ms or rng.lognormvariate(4.2, 0.5), agent=agent or BROWSERS[0], referer=referer))

    def session(self, t, client=None, buy=0.12, login=0.2):
        rng = self.rng
        client, agent = client or self.visitors.draw(rng), rng.choice(BROWSERS)
        page = "/"
        for _ in range(rng.randrange(3, 14)):
            self.hit(t, client, "GET", page, 200 if rng.random() > 0.01 else 404, agent=agent, referer="https://shop.example/")
            t += rng.expovariate(1 / 20)
            page = rng.choice(["/c/shoes", "/c/bags", "/search?q=boots", f"/p/{rng.randrange(400)}", f"/p/{rng.randrange(400)}", "/cart"])
        if rng.random() < login:
            while rng.random() < 0.12:
                self.hit(t, client, "POST", "/login", 401, 420, agent)
                t += rng.uniform(6, 30)
            self.hit(t, client, "POST", "/login", 302, 210, agent)
        if rng.random() < buy:
            self.hit(t + 20, client, "GET", "/checkout", agent=agent)
            if rng.random() < 0.1:
                self.hit(t + 60, client, "POST", "/checkout/pay", 402, 330, agent, ms=rng.lognormvariate(6, 0.4))
            self.hit(t + 90, client, "POST", "/checkout/pay", 200, 610, agent, ms=rng.lognormvariate(6, 0.4))

    def ordinary(self, rate=None, start=None, end=None, **kind):
        for t in arrivals(self.rng, start or self.start, end or self.end, rate or (lambda t: self.rate * day_wave(t, 0.12, 18))):
            self.session(t, **kind)
        return self

    def evidence(self, layout):
        write = getattr(Layouts(self.rng), layout)
        rows = sorted((r for r in self.rows if r.at < self.end), key=lambda r: r.at)
        return {"logs/access.log": "".join(write(r) + "\n" for r in rows), "meta/now": iso(self.end, 0) + "\n"}


def tries(shop, start, count, seconds, ips, method, path, outcome, agent):
    rng = shop.rng
    for i in range(count):
        status, size = outcome(i)
        shop.hit(start + (i + rng.random()) * seconds / count, ips(i), method, path, status, size, agent(i))


def plant(rng, shop, what):
    """The planted time, or None for what is no attack."""
    noon = shop.start + rng.uniform(9, 15) * HOUR
    one, many = address(rng), [address(rng) for _ in range(400)]
    login = lambda i: (302, 210) if rng.random() < 0.01 else (401, 420)
    browser = lambda i: BROWSERS[0]
    if what == "stuffing-blatant":
        tries(shop, noon, 900, 900, lambda i: many[i % 400], "POST", "/login", login, browser)
        return noon, noon + 900
    if what == "stuffing-paced":
        tries(shop, noon - 2 * HOUR, 420, 3 * HOUR, lambda i: many[i % 210], "POST", "/login", login, lambda i: rng.choice(BROWSERS))
        return noon - 2 * HOUR, noon + HOUR
    if what == "stuffing-slow":
        tries(shop, noon - 6 * HOUR, 480, 8 * HOUR, lambda i: many[rng.randrange(240)], "POST", "/login", login, lambda i: rng.choice(BROWSERS))
        return noon - 6 * HOUR, noon + 2 * HOUR
    if what == "brute-force":
        tries(shop, noon, 700, 1500, lambda i: one, "POST", "/login", lambda i: (401, 420) if i < 690 else (302, 210), lambda i: "python-requests/2.32.3")
        return noon, noon + 1500
    if what.startswith("flood"):
        factor, agents = (60, ["Mozilla/5.0 (compatible)"]) if what == "flood-blatant" else (22, BROWSERS[:2])
        span = 1200
        for t in arrivals(rng, noon, noon + span, lambda t: factor * shop.rate * 4):
            status = 503 if rng.random() < 0.3 else 200
            shop.hit(t, rng.choice(many), "GET", f"/search?q={rng.randrange(10**6)}", status, agent=rng.choice(agents), ms=rng.uniform(2000, 9000))
        for r in shop.rows:
            if noon <= r.at < noon + span and r.client not in many and rng.random() < 0.2:
                r.status, r.ms = 504, 30000
        return noon, noon + span
    if what == "injection":
        for i in range(60):
            shop.hit(noon + i * 11, one, "GET", f"/p/{rng.randrange(400)}?id={rng.choice(SQL)}", 200 if i > 20 else 500, rng.randrange(180000, 260000) if i > 20 else 900, "sqlmap/1.8.4#stable (https://sqlmap.org)")
        return noon, noon + 660
    if what == "web-shell":
        shop.hit(noon, one, "POST", "/account/avatar", 201, 120)
        for i in range(70):
            shop.hit(noon + 300 + i * rng.uniform(60, 140), one, "POST", "/uploads/avatars/a91f.php", 200, rng.randrange(40, 9000), "Mozilla/5.0 (X11; Linux x86_64)")
        return noon, noon + 300 + 70 * 100
    if what == "pay-blatant":
        tries(shop, noon, 320, 720, lambda i: one, "POST", "/checkout/pay", lambda i: (402, 330) if rng.random() < 0.93 else (200, 610), lambda i: "python-requests/2.32.3")
        return noon, noon + 720
    if what == "pay-distributed":
        tries(shop, noon - 2 * HOUR, 240, 4 * HOUR, lambda i: many[i % 100], "POST", "/checkout/pay", lambda i: (402, 330) if rng.random() < 0.93 else (200, 610), browser)
        return noon - 2 * HOUR, noon + 2 * HOUR
    if what == "scanner":
        tries(shop, noon, 800, 900, lambda i: one, "GET", "/x", lambda i: (404, 150), lambda i: "Mozilla/5.0 (compatible; Nuclei)")
        for r in shop.rows:
            if r.client == one:
                r.path = rng.choice(PROBES) if rng.random() < 0.8 else f"/p/1?id={rng.choice(SQL)}"
                r.status = rng.choice([404, 404, 404, 403, 400])
        return None
    if what == "misconfigured-client":
        for i in range(1440):
            shop.hit(shop.start + i * 60 + rng.random(), "10.4.0.8", "POST", "/api/token", 401, 90, "billing-sync/1.4")
    elif what == "token-storm":  # after a release every app gets 401 and asks again
        apps = many[:160]
        for ip in apps:
            for _ in range(rng.randrange(2, 8)):
                shop.hit(rng.uniform(shop.start, noon), ip, "POST", "/login", 302, 210, "ShopApp/7.3 (Android 14)")
            for _ in range(rng.randrange(3, 8)):
                shop.hit(noon + rng.uniform(0, 1800), ip, "POST", "/login", 401, 420, "ShopApp/7.4 (Android 14)")
    elif what == "flash-sale":
        shop.ordinary(lambda t: 9 * shop.rate, noon, noon + 2400, buy=0.3)
    elif what == "crawler":
        for i in range(9000):
            shop.hit(noon + i * 0.3, f"66.249.66.{rng.randrange(1, 30)}", "GET", f"/p/{rng.randrange(400)}", agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
    elif what == "foreign-admin":
        for i in range(200):
            shop.hit(shop.start + 8 * HOUR + i * 160, "185.22.4.10", "GET", f"/admin/orders?page={i % 40}")
        shop.hit(shop.start + 3 * HOUR, one, "POST", "/admin/login", 302, 210)
        for i in range(60):
            shop.hit(shop.start + 3 * HOUR + 5 + i * 20, one, "GET", f"/admin/orders?page={i}")
    elif what == "partner":  # one busy partner's server, every payment through one address
        for t in arrivals(rng, shop.start, shop.end, lambda t: 9 * day_wave(t, 0.2, 15)):
            shop.hit(t, "62.4.9.20", "POST", "/checkout/pay", 402 if rng.random() < 0.09 else 200, 500, "partner-connector/3.2")
    return None


EXPECT = {
    "stuffing-blatant": ["credential-stuffing"], "stuffing-paced": ["credential-stuffing"], "stuffing-slow": ["credential-stuffing"],
    "brute-force": ["credential-stuffing"], "flood-blatant": ["request-flood"], "flood-small": ["request-flood"],
    "injection": ["injection-attack"], "web-shell": ["web-shell"], "pay-blatant": ["card-testing"], "pay-distributed": ["card-testing"],
}
QUIET = ["none", "scanner", "misconfigured-client", "token-storm", "flash-sale", "crawler", "foreign-admin", "partner"]


def shop_cases(rng, seed):
    for number, what in enumerate([w for w in [*EXPECT, *QUIET] for _ in range(2)]):
        shop = Shop(rng, rate=rng.choice([1.2, 2.0])).ordinary()
        span = plant(rng, shop, what)
        layout = rng.choice(["combined", "nginx"])
        truth = {"suite": "requests", "family": "attack" if what in EXPECT else "clean", "grade": what, "dialect": layout, "expect": EXPECT.get(what, []), "claim": None}
        truth["forbid"] = ATTACKS if what in QUIET else []
        truth["also"] = ["card-enumeration"] if what.startswith("pay") else []
        if span:
            truth |= {"from": iso(span[0], 0), "to": iso(min(span[1], shop.end), 0)}
        yield Case(f"s{seed}-{number:03d}-{what}", truth, shop.evidence(layout))
