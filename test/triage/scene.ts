/**
 * Bundles as they are gathered in the field: applications in several languages, each with its own log format, local
 * times, payments over several routes, a calendar of unrelated changes, and isolated lines of faults that do not matter.
 */
import type { Report } from '../../src/report/types.ts';
import { type Files, iso, triageFiles } from './bundle.ts';

export type Stack = 'java' | 'node' | 'python' | 'json' | 'go' | 'curl' | 'php';
export interface AppNode {
  name: string;
  ip: string;
  stack: Stack;
}
export interface Attempt {
  /** ms UTC. */
  time: number;
  index: number;
  order: string;
  node: AppNode;
  route: string;
  merchant: string;
  /** Whether it is after the onset. */
  after: boolean;
}
/** How one payment ended: the words of the application, and what the payment table says. */
export interface Outcome {
  text?: string;
  code?: string;
  http?: string;
  status?: 'APPROVED' | 'DECLINED' | 'ERROR' | 'PENDING';
  cost?: number;
}
export interface Plan {
  onset: number;
  nodes?: AppNode[];
  routes?: string[];
  /** The host that payments go to, and its address. */
  host?: string;
  ip?: string;
  port?: number;
  mutual?: boolean;
  outcome?(a: Attempt): string | Outcome | undefined;
  before?: number;
  after?: number;
  /** Seconds between two payments. */
  every?: number;
  noPayments?: boolean;
  quiet?: boolean;
  changes?: string;
  files?: Files;
}

/** Local time of the site: five and a half hours ahead, so that a wrong zone shows. */
const ZONE = { name: 'Asia/Kolkata', minutes: 330, text: '+0530' };
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const local = (t: number): string => iso(t + ZONE.minutes * 60_000).slice(0, 23);
const MINUTE = 60_000;

/** Java, Node and Python beside a shell job: what a shop has. */
export const NODES: AppNode[] = [
  { name: 'ledger-sync', ip: '10.77.4.31', stack: 'java' },
  { name: 'basket-bff', ip: '10.77.4.32', stack: 'node' },
  { name: 'subs-renew', ip: '10.77.4.33', stack: 'python' },
];

/** One record in the format of a stack. */
export function record(node: AppNode, t: number, level: 'INFO' | 'ERROR' | 'WARN', text: string): string {
  const l = local(t);
  const day = l.slice(0, 10);
  const clock = l.slice(11);
  switch (node.stack) {
    case 'java':
      return `${day} ${clock.replace('.', ',')} ${level} [http-nio-8080-exec-7] ${node.name}: ${text}`;
    case 'node':
      return `${iso(t)} ${level.toLowerCase()}: [${node.name}] ${text}`;
    case 'python':
      return `[${day} ${clock.replace('.', ',')}] ${level} in ${node.name}: ${text}`;
    case 'json':
      return JSON.stringify({ ts: `${l}${ZONE.text}`, level, logger: node.name, msg: text });
    case 'go':
      return `${day.replaceAll('-', '/')} ${clock.slice(0, 8)} ${node.name}: ${text}`;
    case 'php':
      return `[${day.slice(8)}-${MONTHS[Number(day.slice(5, 7)) - 1]}-${day.slice(0, 4)} ${clock.slice(0, 8)} ${ZONE.name}] pay: ${text}`;
    default:
      return `${day} ${clock.slice(0, 8)} ${text}`;
  }
}

/** A line of an nginx error log in local time. */
export const nginxLine = (t: number, level: string, text: string): string => {
  const l = local(t);
  return `${l.slice(0, 10).replaceAll('-', '/')} ${l.slice(11, 19)} [${level}] 644#644: *${Math.floor(t / 977) % 100_000} ${text}`;
};

/** A combined access log line of nginx in local time. */
export const accessLine = (
  t: number,
  client: string,
  request: string,
  status: number,
  bytes: number,
  agent = 'okhttp/4.12.0',
  referer = '-',
): string => {
  const l = local(t);
  return `${client} - - [${l.slice(8, 10)}/${MONTHS[Number(l.slice(5, 7)) - 1]}/${l.slice(0, 4)}:${l.slice(11, 19)} ${ZONE.text}] "${request}" ${status} ${bytes} "${referer}" "${agent}"`;
};

/** Lines of `make` over the minutes from..to, one each `seconds`. */
export function stretch(
  from: number,
  to: number,
  seconds: number,
  make: (t: number, i: number) => string | undefined,
): string {
  const lines: string[] = [];
  let i = 0;
  for (let t = from; t < to; t += seconds * 1000) {
    const line = make(t + ((i * 377) % 900), i++);
    if (line !== undefined) lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

/** What every day brings, in the words of the application. */
const NOISE = [
  'mail.Smtp: delivery failed, will retry: Connection reset by peer',
  'stats: push to https://metrics.tracker.example.org failed: certificate has expired',
  'slow query ms=1830 sql="select * from t_basket where id=?"',
  'cache: redis read timeout after 200ms, falling back',
  'webhook of test merchant failed: connect ECONNREFUSED 127.0.0.1:9999',
];

export interface Scene {
  files: Files;
  onset: number;
  start: number;
  now: number;
}

/** Writes the bundle of a plan. */
export function scene(plan: Plan): Scene {
  const { onset } = plan;
  const start = onset - (plan.before ?? 30) * MINUTE;
  const now = onset + (plan.after ?? 32) * MINUTE;
  const nodes = plan.nodes ?? NODES;
  const routes = plan.routes ?? ['gateway'];
  const host = plan.host ?? 'api.corallopay.example.net';
  const ip = plan.ip ?? '203.0.113.88';
  const merchants = ['mer_550912', '77120934', 'MCH440871'];
  const rows = ['time_utc,order_id,merchant_id,node,route,bin,last4,amount,currency,resp_code,http_status,status'];
  const logs = new Map<string, string[]>(nodes.map((n) => [n.name, []]));
  let i = 0;
  for (let t = start; t < now; t += (plan.every ?? 5) * 1000) {
    i++;
    const node = nodes[i % nodes.length]!;
    const time = t + ((i * 631) % 1800);
    const a: Attempt = {
      time,
      index: i,
      order: `P${26_000_000 + i * 3}`,
      node,
      route: routes[((i * 7) % 11) % routes.length]!,
      merchant: merchants[((i * 5) % 7) % 3]!,
      after: time >= onset,
    };
    const said = plan.outcome?.(a);
    const o: Outcome =
      typeof said === 'string'
        ? { text: said, status: 'ERROR' }
        : (said ??
          (i % 17 === 0
            ? { code: i % 34 === 0 ? '51' : '05', status: 'DECLINED', http: '200' }
            : { code: '00', status: 'APPROVED', http: '200' }));
    rows.push(
      [
        iso(time),
        a.order,
        a.merchant,
        node.name,
        a.route,
        ['356600', '411111', '520082', '621483', '555555'][i % 5],
        String(1000 + ((i * 37) % 9000)),
        (3 + ((i * 13) % 400) / 3).toFixed(2),
        'GBP',
        o.code ?? '',
        o.http ?? '',
        o.status ?? 'APPROVED',
      ].join(),
    );
    const lines = logs.get(node.name)!;
    if (o.text) lines.push(record(node, time, 'ERROR', `order=${a.order} ${o.text}`));
    else
      lines.push(
        record(
          node,
          time,
          'INFO',
          `order=${a.order} http=${o.http ?? 200} cost=${o.cost ?? 20 + (i % 90)}ms resp={"respCode":"${o.code ?? '00'}","traceNo":"${i}${time}"}`,
        ),
      );
    if (!plan.quiet && i % 131 === 17) lines.push(record(node, time + 211, 'WARN', NOISE[(i * 3) % NOISE.length]!));
  }
  const files: Files = {
    'meta/now': `${iso(now)}\n`,
    'meta/topology.yaml': `site: kestrelmart\nlog_timezone: ${ZONE.name}\nhosts:\n  - {name: www.kestrelmart.example.net, ip: 10.77.9.80}\n  - {name: ${host}, ip: ${ip}}\n${nodes.map((n) => `  - {name: ${n.name}, ip: ${n.ip}, role: app, stack: ${n.stack}}`).join('\n')}\nlegs:\n  - {name: app-to-gateway, to: ${host}, ip: ${ip}, port: ${plan.port ?? 443}, tls: yes, mutual: ${plan.mutual ? 'required' : 'no'}}\n`,
    'ops/changes.txt': `# change calendar, UTC\n${iso(onset - 41 * 60 * MINUTE)}  kernel live patch on batch hosts\n${iso(onset - 19 * 60 * MINUTE)}  deploy cart-web 7.4.1 (css only)\n${iso(onset - 5 * 60 * MINUTE)}  rotate APM agent token\n${plan.changes ?? ''}`,
  };
  if (!plan.noPayments) files['txn/payments.csv'] = `${rows.join('\n')}\n`;
  for (const [name, lines] of logs) if (lines.length) files[`logs/app-${name}.log`] = `${lines.join('\n')}\n`;
  if (!plan.quiet)
    files['logs/www-error.log'] = stretch(start, now, 420, (t, k) =>
      nginxLine(
        t,
        'info',
        `${[
          'SSL_do_handshake() failed (SSL: error:0A0000C1:SSL routines::no shared cipher) while SSL handshaking',
          'SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking',
          'peer closed connection in SSL handshake while SSL handshaking',
          'client sent plain HTTP request to HTTPS port while reading client request headers',
        ][k % 4]!}, client: 185.${k % 200}.${(k * 31) % 250}.7, server: 0.0.0.0:443`,
      ),
    );
  return { files: { ...files, ...(plan.files ?? {}) }, onset, start, now };
}

/** One line per diagnosis, for a test's message. */
export const summary = (report: Report): string =>
  report.diagnosis
    .slice(0, 4)
    .map((d) => `${d.cause} ${d.confidence.toFixed(2)} ${d.priority} ${d.onset ?? ''}`)
    .join(' | ') || 'none';

export const run = (s: Scene): Promise<Report> => triageFiles(s.files);
