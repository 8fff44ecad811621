/** The shop in which every drill happens: its hosts, its people, its healthy traffic. A scenario adds the fault. */
import type { Owner, Priority } from '../finding.ts';
import { type Issued, issue } from './certificates.ts';
import { Random } from './random.ts';

/** What may be asked beyond the cause; the same for every drill, so that the questions give nothing away. */
export const QUESTIONS = [
  'attacker address',
  'attacker host',
  'attacker path',
  'attacker account',
  'first access',
] as const;

export interface DrillAnswer {
  /** Slugs; empty for a healthy shop. The first is the root. */
  causes: string[];
  /** Slugs that deserve full credit as well. */
  alsoRight: string[];
  priority: Priority | 'none';
  owners: Owner[];
  /** ms UTC of the first visible event. */
  onset: number;
  /** What the debriefing says: where it stood, what proved it. */
  story: string;
  /** Answers to those of QUESTIONS that apply. */
  facts: { [question: string]: string };
}

const SHOPS = ['lindenhof', 'bluefern', 'harborline', 'maplecart', 'yunhai', 'pinewood'];
const GATEWAYS = ['paylane', 'clearpay', 'quaypay', 'unigate'];
const BANKS = ['northbank', 'hxbank', 'seabank', 'firstcoast'];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
];
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export class World {
  readonly random: Random;
  /** The incident clock, ms UTC, on a whole second. */
  readonly now: number;
  readonly onset: number;
  readonly shop: string;
  readonly gateway: string;
  readonly bank: string;
  readonly addresses: { shop: string; app: string; gateway: string; bank: string };
  readonly files = new Map<string, string | Buffer>();
  private readonly logs = new Map<string, { time: number; line: string }[]>();
  /** What the clock of the application's host shows is off by this from a time on (both ms). */
  appClock: { from: number; offset: number } | undefined;
  /** First payment that failed, ms UTC: what people see first of a fault. */
  firstFailure: number | undefined;
  private orders = 0;

  /** @param now ms UTC, about the time of the machine: the TLS library judges certificates by that */
  constructor(seed: number, now: number) {
    this.random = new Random(seed);
    this.now = Math.floor(now / 1000) * 1000;
    this.onset = this.now - this.random.between(25, 110) * MINUTE - this.random.between(0, 59) * 1000;
    const { random } = this;
    this.shop = `www.${random.pick(SHOPS)}.example.com`;
    this.gateway = `api.${random.pick(GATEWAYS)}.example.net`;
    this.bank = `acs.${random.pick(BANKS)}.example.org`;
    const net = random.between(16, 200);
    this.addresses = {
      shop: `10.${net}.1.10`,
      app: `10.${net}.2.21`,
      gateway: `203.0.113.${random.between(10, 250)}`,
      bank: `198.51.100.${random.between(10, 250)}`,
    };
  }

  /** Adds a line to a log that is sorted by time when the bundle is written. */
  log(file: string, time: number, line: string): void {
    const lines = this.logs.get(file) ?? [];
    lines.push({ time, line });
    this.logs.set(file, lines);
  }

  iso(time: number): string {
    return new Date(time).toISOString();
  }

  /** `21/Nov/2026:22:18:20 +0000` as nginx writes it. */
  clf(time: number): string {
    const [, weekday, day, month, year, clock] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(new Date(time).toUTCString())!;
    void weekday;
    return `${day}/${month}/${year}:${clock} +0000`;
  }

  /** `2026/11/21 22:18:20` as the error log of nginx writes it. */
  errorTime(time: number): string {
    return this.iso(time).slice(0, 19).replaceAll('-', '/').replace('T', ' ');
  }

  /** `Nov 21 22:18:20` of syslog. */
  syslogTime(time: number): string {
    const [, day, month, clock] = /^\w+, (\d+) (\w+) \d+ (\S+)/.exec(new Date(time).toUTCString())!;
    return `${month} ${String(Number(day)).padStart(2, ' ')} ${clock}`;
  }

  access(
    time: number,
    request: {
      client?: string;
      method?: string;
      path: string;
      status: number;
      bytes?: number;
      agent?: string;
      referer?: string;
      seconds?: number;
    },
  ): void {
    const {
      client = this.random.publicAddress(),
      method = 'GET',
      path,
      status,
      bytes = this.random.between(200, 9000),
      agent = this.random.pick(AGENTS),
      referer = `https://${this.shop}/`,
      seconds = this.random.between(20, 300) / 1000,
    } = request;
    this.log(
      'logs/shop-access.log',
      time,
      `${client} - - [${this.clf(time)}] "${method} ${path} HTTP/1.1" ${status} ${bytes} "${referer}" "${agent}" ${seconds.toFixed(3)}`,
    );
  }

  order(): string {
    return `O${this.iso(this.now).slice(2, 10).replaceAll('-', '')}${String(++this.orders).padStart(5, '0')}`;
  }

  app(time: number, level: 'INFO' | 'WARN' | 'ERROR', logger: string, message: string): void {
    const shown = this.appClock && time >= this.appClock.from ? time + this.appClock.offset : time;
    this.log(
      'logs/checkout-app.log',
      time,
      JSON.stringify({ time: this.iso(shown), level: level.toLowerCase(), logger, msg: message }),
    );
  }

  payment(
    time: number,
    row: {
      code: string;
      status: string;
      latency?: number;
      bin?: string;
      merchant?: string;
      client?: string;
      amount?: number;
      route?: string;
      card?: string;
    },
  ): void {
    const { random } = this;
    const {
      code,
      status,
      latency = random.between(150, 700),
      bin = random.pick(['400000', '520000', '411111', '601100']),
      merchant = random.pick(['M1001', 'M1002', 'M1003', 'M1007']),
      client = random.publicAddress(),
      amount = random.between(500, 20000),
      route = 'bank',
      card = `fp_${random.hex(12)}`,
    } = row;
    this.log(
      'data/payments.csv',
      time,
      [
        this.iso(time),
        `P${random.hex(10)}`,
        this.order(),
        merchant,
        route,
        bin,
        random.digits(4),
        card,
        amount,
        'EUR',
        code,
        status,
        latency,
        client,
      ].join(','),
    );
  }

  /** Traffic of a healthy shop from some hours before the onset to now; `works` says for a time whether payments work. */
  traffic(works: (time: number) => boolean, failure: (time: number, order: string) => void = () => {}): void {
    const { random } = this;
    for (let time = this.onset - 3 * HOUR; time < this.now; time += random.between(8, 40) * 1000) {
      const client = random.publicAddress();
      this.access(time, {
        client,
        path: random.pick(['/', '/p/1042', '/p/2210', '/cart', '/search?q=tea', '/static/app.js']),
        status: 200,
      });
      if (!random.chance(0.45)) continue;
      const at = time + random.between(1, 4000);
      const ok = works(at);
      this.access(at, {
        client,
        method: 'POST',
        path: '/checkout/pay',
        status: ok ? 200 : 502,
        seconds: ok ? random.between(200, 900) / 1000 : random.between(20, 90) / 1000,
      });
      const order = this.order();
      this.app(at, 'INFO', 'checkout', `payment requested order=${order}`);
      if (ok) {
        const declined = random.chance(0.06);
        this.payment(at, { code: declined ? '05' : '00', status: declined ? 'DECLINED' : 'APPROVED', client });
        this.app(at + 300, 'INFO', 'checkout', `payment ${declined ? 'declined' : 'approved'} order=${order}`);
      } else {
        this.payment(at, { code: 'ERR', status: 'ERROR', latency: random.between(15, 80), client });
        this.firstFailure ??= at;
        failure(at, order);
      }
    }
  }

  /** A root, an intermediate and what they issue. */
  authority(): { root: Issued; intermediate: Issued } {
    const root = issue({
      subject: { C: 'XX', O: 'Drill Trust', CN: `Drill Root ${this.random.between(1, 9)}` },
      notBefore: this.now - 3000 * DAY,
      notAfter: this.now + 3000 * DAY,
      ca: true,
    });
    const intermediate = issue({
      subject: { C: 'XX', O: 'Drill Trust', CN: `Drill TLS CA ${this.random.between(1, 9)}` },
      issuer: root,
      notBefore: this.now - 1000 * DAY,
      notAfter: this.now + 900 * DAY,
      ca: true,
    });
    return { root, intermediate };
  }

  server(
    host: string,
    issuer: Issued,
    notBefore = this.now - 60 * DAY,
    notAfter = this.now + 200 * DAY,
    key?: string,
  ): Issued {
    return issue({
      subject: { O: host.split('.').at(-3) ?? host, CN: host },
      issuer,
      notBefore,
      notAfter,
      names: [host],
      usage: 'server',
      ...(key ? { key } : {}),
    });
  }

  /** The nginx in front of the checkout, which speaks TLS to the gateway. */
  nginx(extra: { protocols?: string; ciphers?: string; upstream?: string; verify?: boolean } = {}): void {
    this.files.set(
      'conf/shop-nginx.conf',
      `user nginx;
error_log /var/log/nginx/error.log info;
events { worker_connections 4096; }
http {
  log_format shop '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time';
  access_log /var/log/nginx/access.log shop;
  upstream gateway { server ${extra.upstream ?? `${this.gateway}:443`}; keepalive 16; }
  server {
    listen 443 ssl;
    server_name ${this.shop};
    ssl_certificate /etc/nginx/tls/${this.shop}.pem;
    ssl_certificate_key /etc/nginx/tls/${this.shop}.key;
    ssl_protocols ${extra.protocols ?? 'TLSv1.2 TLSv1.3'};
    ssl_ciphers ${extra.ciphers ?? 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384'};
    location / { root /srv/www; }
    location /checkout/ {
      proxy_pass https://gateway;
      proxy_ssl_server_name on;
      proxy_ssl_name ${this.gateway};
      proxy_ssl_verify ${extra.verify === false ? 'off' : 'on'};
      proxy_ssl_trusted_certificate /etc/nginx/tls/trust.pem;
      proxy_connect_timeout 5s;
      proxy_read_timeout 30s;
    }
  }
}
`,
    );
  }

  /** A line of the error log of the shop's nginx about its connection to the gateway. */
  upstreamError(time: number, level: string, says: string, peer = `${this.addresses.gateway}:443`): void {
    const { random } = this;
    this.log(
      'logs/shop-error.log',
      time,
      `${this.errorTime(time)} [${level}] ${random.between(20, 40)}#0: *${random.between(1000, 99999)} ${says}, client: ${random.publicAddress()}, server: ${this.shop}, request: "POST /checkout/pay HTTP/1.1", upstream: "https://${peer}/checkout/pay", host: "${this.shop}"`,
    );
  }

  /** What every bundle has: clock, topology, changes. */
  common(changes: readonly { time: number; team: string; text: string }[] = []): void {
    const { addresses } = this;
    this.files.set('meta/now', `${this.iso(this.now).slice(0, 19)}Z\n`);
    this.files.set(
      'meta/topology.yaml',
      `site: ${this.shop}
log_timezone: UTC
nodes:
  - { name: web-1, ip: ${addresses.shop}, role: proxy, stack: nginx }
  - { name: checkout-app, ip: ${addresses.app}, role: app, stack: node }
legs:
  - { name: shop-to-gateway, to: ${this.gateway}, ip: ${addresses.gateway}, port: 443, tls: yes, mutual: no }
  - { name: gateway-to-bank, to: ${this.bank}, ip: ${addresses.bank}, port: 443, tls: yes, mutual: yes }
`,
    );
    const quiet = [
      { time: this.now - 9 * DAY, team: 'shop', text: 'search index rebuilt' },
      { time: this.now - 5 * DAY, team: 'platform', text: 'log retention set to 30 days' },
    ];
    const all = [...quiet, ...changes].sort((a, b) => a.time - b.time);
    this.files.set(
      'meta/changes.csv',
      `when,team,change\n${all.map((change) => `${this.iso(change.time)},${change.team},${change.text}`).join('\n')}\n`,
    );
  }

  /** All files of the bundle. */
  bundle(): Map<string, string | Buffer> {
    const all = new Map(this.files);
    for (const [file, lines] of this.logs) {
      const head =
        file === 'data/payments.csv'
          ? 'created_at,payment_id,order_no,merchant,channel,bin,last4,card_fp,amount,currency,resp_code,status,latency_ms,client_ip\n'
          : '';
      const body = lines
        .sort((a, b) => a.time - b.time)
        .map(({ line }) => line)
        .join('\n');
      all.set(file, `${head}${body}\n`);
    }
    return new Map([...all].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
