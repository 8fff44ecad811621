/**
 * One shop per seed: other names, zones, languages, software, layouts and formats each time. An incident tells it what
 * went wrong; everything else is the ordinary traffic and noise of such a shop.
 */
import { gzipSync } from 'node:zlib';
import { type CertificatePlan, type Issued, issue } from '../../src/drill/certificates.ts';
import { Random } from '../../src/drill/random.ts';
import { EDGES, type Edge, type EdgeName } from './edges.ts';
import { type Clock, isLocalLayout, type Level, type Stack, stamp, writerOf } from './stacks.ts';
import { type Row, TABLES, type TableDialect } from './tables.ts';
import { type Fault, said } from './words.ts';

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Node {
  name: string;
  ip: string;
  stack: Stack;
  layout: number;
}
export interface Peer {
  host: string;
  ip: string;
  port: number;
  path: string;
}
export interface Attempt {
  time: number;
  index: number;
  order: string;
  node: Node;
  route: string;
  merchant: string;
  after: boolean;
}
export interface Outcome {
  /** Words of the application; a Fault is said in the language of the node. */
  fault?: Fault;
  text?: string;
  code?: string;
  http?: string;
  status?: Row['status'];
  latency?: number;
}

const SHOPS = [
  'larkfield',
  'birkholm',
  'hualin',
  'tamarack',
  'solana',
  'veldhuis',
  'kinoko',
  'pradera',
  'norrsken',
  'amaranta',
];
const PEERS = ['payquartz', 'zahlwerk', 'tongfu', 'cobaltpay', 'riverpsp', 'unidirect', 'pagofacil', 'ferrocard'];
const BANKS = ['stadtbank', 'jianghe-bank', 'northmere', 'bancodelsur', 'hartwell', 'ostsee', 'minato'];
const NODES = [
  'billing',
  'cart-api',
  'orders',
  'zahlung',
  'pay-core',
  'refunds',
  'abo-service',
  'settle',
  'cashier',
  'pos-sync',
  'wallet',
  'fees',
];
const ZONES: { name: string; minutes: number }[] = [
  { name: 'UTC', minutes: 0 },
  { name: 'Asia/Shanghai', minutes: 480 },
  { name: 'Asia/Kolkata', minutes: 330 },
  { name: 'America/Sao_Paulo', minutes: -180 },
  { name: 'Asia/Tokyo', minutes: 540 },
  { name: 'Africa/Lagos', minutes: 60 },
];
const LAYOUTS = [
  { logs: 'logs', certs: 'certs', conf: 'conf', data: 'txn', meta: 'meta', pcap: 'pcap', notes: 'notices' },
  { logs: 'var/log', certs: 'etc/ssl', conf: 'etc', data: 'export', meta: 'meta', pcap: 'captures', notes: 'mail' },
  { logs: '日志', certs: '证书', conf: '配置', data: '交易', meta: 'meta', pcap: '抓包', notes: '通知' },
  {
    logs: 'protokolle',
    certs: 'zertifikate',
    conf: 'konfig',
    data: 'umsaetze',
    meta: 'meta',
    pcap: 'mitschnitt',
    notes: 'schreiben',
  },
  {
    logs: 'incident/logs',
    certs: 'incident/tls',
    conf: 'incident/config',
    data: 'incident/db',
    meta: 'meta',
    pcap: 'incident/net',
    notes: 'incident/notes',
  },
];
type Folder = keyof (typeof LAYOUTS)[number];

export interface Options {
  /** Fixed choices of a permutation test; the seed decides the rest. */
  zone?: string;
  noTopology?: boolean;
  table?: TableDialect;
  edge?: EdgeName;
  layout?: number;
  /** What the collector put around every line. */
  wrap?: Wrap;
}

export type Wrap = 'docker' | 'containerd' | 'journald';

/** A line as a collector stores it: json-file of Docker, the CRI layout of Kubernetes, `journalctl -o json`. */
const WRAPPED: { [wrap in Wrap]: (line: string, time: number, name: string) => string } = {
  docker: (line, time) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: new Date(time).toISOString() }),
  containerd: (line, time) =>
    line
      .split('\n')
      .map((part) => `${new Date(time).toISOString().replace('Z', '000000Z')} stdout F ${part}`)
      .join('\n'),
  journald: (line, time, name) =>
    JSON.stringify({
      __REALTIME_TIMESTAMP: String(time * 1000),
      _HOSTNAME: name.replace(/\W.*$/, ''),
      SYSLOG_IDENTIFIER: name.replace(/\W.*$/, ''),
      PRIORITY: '6',
      MESSAGE: line,
    }),
};

export class World {
  readonly random: Random;
  readonly onset: number;
  readonly start: number;
  readonly now: number;
  readonly zone: { name: string; minutes: number };
  readonly folders: { [folder in Folder]: string };
  readonly shopName: string;
  readonly site: string;
  readonly siteIp: string;
  readonly gateway: Peer;
  readonly bank: Peer;
  nodes: Node[];
  merchants: string[];
  routes: string[] = ['card'];
  /** Seconds between two payments. */
  every: number;
  readonly edge: Edge;
  readonly edgeName: EdgeName;
  readonly tongue: 'en' | 'zh' | 'de';
  readonly files = new Map<string, string | Buffer>();
  private readonly table: TableDialect;
  private readonly lines = new Map<string, { time: number; line: string }[]>();
  private readonly changes: { time: number; text: string }[] = [];
  readonly rows: Row[] = [];
  readonly options: Options;
  /** Leg of the topology that is mutual TLS. */
  mutual = false;
  private readonly keys = new Map<string, string>();

  constructor(seed: number, options: Options = {}) {
    this.options = options;
    this.random = new Random(seed * 2654435761 + 97);
    const { random } = this;
    for (let i = 0; i < 5; i++) random.next();
    this.onset = Date.UTC(
      2026,
      random.between(0, 10),
      random.between(2, 27),
      random.between(0, 23),
      random.between(0, 59),
      random.between(0, 59),
    );
    this.start = this.onset - random.between(30, 70) * MINUTE;
    this.now = this.onset + random.between(28, 55) * MINUTE;
    this.zone = options.zone ? ZONES.find((z) => z.name === options.zone)! : random.pick(ZONES);
    this.folders = LAYOUTS[options.layout ?? random.between(0, LAYOUTS.length - 1)]!;
    this.shopName = random.pick(SHOPS);
    this.site = `${random.pick(['www', 'shop', 'm', 'checkout'])}.${this.shopName}.example.com`;
    const net = `10.${random.between(16, 240)}`;
    this.siteIp = `${net}.0.10`;
    const peer = random.pick(PEERS);
    this.gateway = {
      host: `${random.pick(['api', 'gw', 'secure', 'pay'])}.${peer}.example.net`,
      ip: `203.0.113.${random.between(10, 240)}`,
      port: 443,
      path: random.pick(['/v1/charges', '/payments', '/gateway.do', '/api/v3/pay']),
    };
    this.bank = {
      host: `${random.pick(['acq', 'link', 'auth', 'host'])}.${random.pick(BANKS)}.example.org`,
      ip: `198.51.100.${random.between(10, 240)}`,
      port: random.pick([443, 8443, 9443]),
      path: '/iso/auth',
    };
    const names = [...NODES].sort(() => random.next() - 0.5);
    const stacks: Stack[] = [
      'java',
      'node',
      'python',
      ...(['go', 'dotnet', 'php', 'ruby', 'rust'] as Stack[]).sort(() => random.next() - 0.5).slice(0, 2),
    ];
    this.nodes = stacks.map((stack, i) => ({
      name: names[i]!,
      ip: `${net}.2.${20 + i}`,
      stack,
      layout: random.between(0, 5),
    }));
    this.merchants = Array.from({ length: 4 }, () => `${random.pick(['M', 'mch_', '88', ''])}${random.digits(6)}`);
    this.every = random.between(4, 8);
    this.edgeName = options.edge ?? random.pick(['nginx', 'haproxy', 'httpd', 'envoy'] as const);
    this.edge = EDGES[this.edgeName];
    this.tongue = random.pick(['en', 'en', 'zh', 'de'] as const);
    this.table = options.table ?? random.pick(Object.keys(TABLES) as TableDialect[]);
  }

  clock(t: number): Clock {
    const m = this.zone.minutes;
    const sign = m < 0 ? '-' : '+';
    const abs = Math.abs(m);
    const pad = (n: number): string => String(n).padStart(2, '0');
    return { shown: new Date(t + m * MINUTE), offset: `${sign}${pad(Math.floor(abs / 60))}:${pad(abs % 60)}` };
  }

  /** A node of that stack; one of the others changes its language where there is none. */
  ensure(stack: Stack): Node {
    const found = this.nodes.find((n) => n.stack === stack);
    if (found) return found;
    const last = this.nodes[this.nodes.length - 1]!;
    last.stack = stack;
    return last;
  }
  /** Only nodes of these stacks, in that order. */
  stacks(...list: Stack[]): void {
    this.nodes = list.map((stack, i) => ({
      ...this.nodes[i % this.nodes.length]!,
      name: `${this.nodes[i % this.nodes.length]!.name}${i >= this.nodes.length ? i : ''}`,
      stack,
    }));
  }

  put(folder: Folder, name: string, content: string | Buffer): string {
    const path = `${this.folders[folder]}/${name}`;
    this.files.set(path, content);
    return path;
  }
  /** A line of a log that is put in order of time when the bundle is written. */
  log(name: string, time: number, line: string): void {
    const path = `${this.folders.logs}/${name}`;
    const list = this.lines.get(path) ?? this.lines.set(path, []).get(path)!;
    list.push({ time, line });
  }
  app(node: Node, time: number, level: Level, text: string): void {
    this.log(
      `${node.name}.${/json|node|dotnet/.test(node.stack) ? 'log' : 'log'}`,
      time,
      writerOf(node.stack, node.layout)(this, node.name, time, level, text),
    );
  }
  /** An entry of the change calendar. */
  change(time: number, text: string): void {
    this.changes.push({ time, text });
  }
  notice(name: string, time: number, from: string, subject: string, body: string): void {
    this.put(
      'notes',
      name,
      `From: ${from}\nDate: ${new Date(time).toUTCString().replace('GMT', '+0000')}\nSubject: ${subject}\n\n${body}\n`,
    );
  }
  /** Lines from..to, one each `seconds`, with some jitter. */
  each(from: number, to: number, seconds: number, make: (t: number, i: number) => void): void {
    let i = 0;
    for (let t = from; t < to; t += seconds * SECOND)
      make(t + this.random.between(0, Math.min(900, seconds * 400)), i++);
  }
  /** Edge error log line. */
  edgeError(time: number, level: string, text: string): void {
    this.log(this.edge.errorLog, time, this.edge.error(this, time, level, text));
  }
  access(
    time: number,
    r: {
      client?: string;
      request: string;
      status: number;
      bytes?: number;
      agent?: string;
      referer?: string;
      seconds?: number;
      upstream?: string;
    },
  ): void {
    this.log(this.edge.accessLog, time, this.edge.access(this, time, r));
  }

  certificate(plan: CertificatePlan): Issued {
    return issue(plan);
  }
  /** Root and issuing authority of a public kind. */
  authority(name = 'Ardenne Trust', options: { middleTo?: number } = {}): { root: Issued; middle: Issued } {
    const root = issue({
      subject: { C: 'BE', O: name, CN: `${name} Root ${this.random.between(1, 9)}` },
      notBefore: this.onset - 3000 * DAY,
      notAfter: this.onset + 3000 * DAY,
      ca: true,
    });
    const middle = issue({
      subject: { C: 'BE', O: name, CN: `${name} TLS CA ${this.random.between(1, 9)}` },
      issuer: root,
      notBefore: this.onset - 1100 * DAY,
      notAfter: options.middleTo ?? this.onset + 700 * DAY,
      ca: true,
    });
    return { root, middle };
  }

  /**
   * Payments from start to now. `outcome` says how an attempt ends; undefined: as on any day.
   */
  pay(
    outcome: (a: Attempt) => Outcome | undefined = () => undefined,
    options: { route?: (i: number) => string; noTable?: boolean; noWeb?: boolean } = {},
  ): void {
    const { random } = this;
    const ordinary = ORDINARY[this.tongue];
    let i = 0;
    for (let t = this.start; t < this.now; t += this.every * SECOND) {
      i++;
      const time = t + random.between(0, this.every * 400);
      const node = this.nodes[i % this.nodes.length]!;
      const a: Attempt = {
        time,
        index: i,
        order: `${this.shopName.slice(0, 2).toUpperCase()}${4_000_000 + i * 7}`,
        node,
        route: options.route ? options.route(i) : random.pick(this.routes),
        merchant: random.pick(this.merchants),
        after: time >= this.onset,
      };
      const o =
        outcome(a) ??
        (i % 16 === 0
          ? { code: random.pick(['51', '05', '54', '61']), status: 'declined' as const, http: '200' }
          : { code: '00', status: 'ok' as const, http: '200' });
      const words = o.fault ? said(o.fault, node.stack, this, time) : o.text;
      const failed = o.status === 'error' || (o.status === undefined && words !== undefined);
      const status = words === undefined && o.fault ? 'ok' : (o.status ?? (words === undefined ? 'ok' : 'error'));
      const latency = o.latency ?? random.between(90, 700);
      this.rows.push({
        time,
        order: a.order,
        payment: `pay_${random.hex(10)}`,
        merchant: a.merchant,
        node: node.name,
        route: a.route,
        bin: random.pick(['400000', '411111', '520082', '555555', '356600']),
        last4: random.digits(4),
        card: `fp_${random.hex(12)}`,
        expiry: `${random.between(27, 31)}${String(random.between(1, 12)).padStart(2, '0')}`,
        amount: random.between(300, 25_000) / 100,
        code: status === 'ok' && o.fault && words === undefined ? '00' : (o.code ?? ''),
        http: o.http ?? (status === 'ok' ? '200' : ''),
        status,
        latency,
        client: `100.${random.between(64, 120)}.${random.between(0, 255)}.${random.between(1, 254)}`,
        user: `u${random.digits(6)}`,
        device: `d-${random.hex(8)}`,
      });
      if (words !== undefined && (failed || o.text !== undefined || status === 'error'))
        this.app(node, time + 3, status === 'pending' ? 'WARN' : 'ERROR', `order=${a.order} ${words}`);
      else this.app(node, time + 3, 'INFO', ordinary(a.order, status === 'ok' ? '00' : (o.code ?? '05'), latency, i));
      if (i % 83 === 11) this.app(node, time + 400, 'WARN', random.pick(NOISE));
      if (!options.noWeb && i % 3 === 0)
        this.access(time, {
          request: 'POST /api/pay HTTP/1.1',
          status: status === 'error' ? 502 : 200,
          bytes: 311,
          seconds: latency / 1000,
        });
    }
    if (!options.noWeb) this.web();
    if (options.noTable) this.rows.length = 0;
  }

  /** Visitors who browse, a monitor, and what the internet brings to any port 443. */
  web(): void {
    const { random } = this;
    this.each(this.start, this.now, 11, (t, i) =>
      this.access(t, {
        request: [
          'GET / HTTP/2.0',
          'GET /c/garden HTTP/2.0',
          'GET /p/1180 HTTP/2.0',
          'POST /api/cart HTTP/2.0',
          'GET /healthz HTTP/1.1',
        ][i % 5]!,
        status: 200,
        bytes: random.between(300, 22_000),
        seconds: random.between(5, 200) / 1000,
      }),
    );
    this.each(this.start, this.now, 600, (t, i) =>
      this.access(t, {
        client: `185.${random.between(1, 220)}.3.${random.between(1, 250)}`,
        request: ['GET /.env HTTP/1.1', 'GET /wp-login.php HTTP/1.1', 'GET /actuator/health HTTP/1.1'][i % 3]!,
        status: 404,
        bytes: 162,
        agent: 'Mozilla/5.0 zgrab/0.x',
        referer: '-',
      }),
    );
    this.each(this.start, this.now, 900, (t, i) => {
      const text = this.edge.scanner(i, `45.${random.between(33, 200)}.9.${random.between(1, 250)}`, this, t);
      if (text) this.edgeError(t, 'info', text);
    });
  }

  /** Everything as files; the zone is told by the topology where a log has none. */
  bundle(): Map<string, string | Buffer> {
    const { random } = this;
    const out = new Map(this.files);
    out.set('meta/now', random.chance(0.5) ? `${stamp.iso(this.now)}\n` : `${stamp.offset(this.clock(this.now))}\n`);
    if (!this.options.noTopology) out.set(...this.topology());
    this.change(this.onset - random.between(30, 60) * HOUR, 'kernel live patch on batch hosts');
    this.change(
      this.onset - random.between(12, 28) * HOUR,
      random.pick(['cart-web 7.4.1 (css only)', '搜索同义词更新', 'Newsletter-Vorlage geändert']),
    );
    this.changes.sort((a, b) => a.time - b.time);
    const kind = random.between(0, 2);
    out.set(
      `${this.folders.meta}/${['changes.txt', 'changes.csv', 'changes.md'][kind]}`,
      kind === 0
        ? `# change calendar, UTC\n${this.changes.map((c) => `${stamp.iso(c.time).slice(0, 19)}Z  ${c.text}`).join('\n')}\n`
        : kind === 1
          ? `time,team,change\n${this.changes.map((c) => `${stamp.iso(c.time)},ops,"${c.text}"`).join('\n')}\n`
          : `# Change calendar (UTC)\n\n${this.changes.map((c) => `- ${stamp.iso(c.time).slice(0, 16).replace('T', ' ')}Z ${c.text}`).join('\n')}\n`,
    );
    if (this.rows.length) {
      this.rows.sort((a, b) => a.time - b.time);
      const { name, text } = TABLES[this.table](this.rows, this);
      out.set(`${this.folders.data}/${name}`, text);
    }
    for (const [path, list] of this.lines) {
      list.sort((a, b) => a.time - b.time);
      const wrap = this.options.wrap && WRAPPED[this.options.wrap];
      if (wrap) for (const l of list) l.line = wrap(l.line, l.time, path.split('/').at(-1)!);
      const text = `${list.map((l) => l.line).join('\n')}\n`;
      if (list.length > 400 && random.chance(0.2)) {
        // Rotated once, the older half compressed.
        const half = Math.floor(list.length / 2);
        out.set(
          `${path}.1.gz`,
          gzipSync(
            `${list
              .slice(0, half)
              .map((l) => l.line)
              .join('\n')}\n`,
          ),
        );
        out.set(
          path,
          `${list
            .slice(half)
            .map((l) => l.line)
            .join('\n')}\n`,
        );
      } else out.set(path, text);
    }
    return out;
  }

  private topology(): [string, string] {
    const legs = [this.gateway, this.bank].map((p, i) => ({ name: i ? 'app-to-bank' : 'app-to-gateway', p }));
    if (this.random.chance(0.5))
      return [
        'meta/topology.yaml',
        `site: ${this.site}\ntimezone: ${this.zone.name}   # log lines without an offset are local time\nnodes:\n  - {name: edge1, role: edge, ip: ${this.siteIp}}\n${this.nodes.map((n) => `  - {name: ${n.name}, role: app, ip: ${n.ip}, stack: ${n.stack}}`).join('\n')}\nlegs:\n${legs.map((l) => `  - {name: ${l.name}, to: ${l.p.host}, ip: ${l.p.ip}, port: ${l.p.port}, tls: yes, mutual: ${this.mutual && l.p === this.bank ? 'required' : 'no'}}`).join('\n')}\n`,
      ];
    return [
      'meta/topology.yaml',
      `site: ${this.shopName}\nlog_timezone: ${this.zone.name}\nhosts:\n  - {name: ${this.site}, ip: ${this.siteIp}}\n  - {name: ${this.gateway.host}, ip: ${this.gateway.ip}}\n  - {name: ${this.bank.host}, ip: ${this.bank.ip}}\n${this.nodes.map((n) => `  - {name: ${n.name}, ip: ${n.ip}, role: app, stack: ${n.stack}}`).join('\n')}\nlegs:\n${legs.map((l) => `  - name: ${l.name}\n    to: ${l.p.host}\n    ip: ${l.p.ip}\n    port: ${l.p.port}\n    tls: yes${this.mutual && l.p === this.bank ? '\n    mutual: required' : ''}`).join('\n')}\n`,
    ];
  }

  /** Whether some node writes times that only the topology explains. */
  get hasLocalTimes(): boolean {
    return this.nodes.some((n) => isLocalLayout(n.stack, n.layout));
  }
  /** A key that stays the same within the bundle. */
  key(name: string, make: () => string): string {
    return this.keys.get(name) ?? this.keys.set(name, make()).get(name)!;
  }
}

const ORDINARY: { [tongue in 'en' | 'zh' | 'de']: (order: string, code: string, ms: number, i: number) => string } = {
  en: (order, code, ms, i) =>
    i % 2
      ? `order=${order} http=200 cost=${ms}ms respCode=${code}`
      : `payment ${order} finished code=${code} in ${ms} ms`,
  zh: (order, code, ms) => `支付结果 order=${order} 应答码=${code} 耗时=${ms}ms`,
  de: (order, code, ms) => `Zahlung ${order} abgeschlossen, Antwortcode ${code}, ${ms} ms`,
};

/** Isolated troubles that have nothing to do with payments. */
const NOISE = [
  'mail delivery failed, will retry: Connection reset by peer',
  'stats push to https://metrics.tracker.example failed: certificate has expired',
  'slow query ms=1830 sql="select * from t_basket where id=?"',
  'cache: redis read timeout after 200ms, falling back to database',
  'webhook of test merchant failed: connect ECONNREFUSED 127.0.0.1:9999',
  'GC pause (G1 Evacuation Pause) (young) 48ms',
  'image resize failed: unexpected EOF',
];
