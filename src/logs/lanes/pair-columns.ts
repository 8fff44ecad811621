/** The steps for access lines behind which pairs stand: `... "AGENT" rt=0.012 uct=0.001 ua="10.0.0.7:8080" us="200"`. */
import { type Columns, DASH, NOWHERE, NUMBER, SPAN, STATUS_CODE, Steps, UNESCAPED, WHOLE } from './column-steps.ts';

const LINE =
  /^[\d.]+ - - \[[^\]]{1,40}\] "[^"\\]*" \d{3} \d+( "[^"\\]*" "[^"\\]*")?((?: [A-Za-z_]\w{0,38}=(?:"[^"\\]*"|[^\s"\\]*)){1,20})$/;

/** What `setPair` of formats/access-text.ts takes pairs for, by name. */
const NUMBERS: { readonly [name: string]: number } = {
  rt: NUMBER.requestTime,
  request_time: NUMBER.requestTime,
  reqtime: NUMBER.requestTime,
  duration: NUMBER.requestTime,
  req_time: NUMBER.requestTime,
  response_time: NUMBER.requestTime,
  resptime: NUMBER.requestTime,
  uct: NUMBER.upstreamConnect,
  upstream_connect_time: NUMBER.upstreamConnect,
  up_connect: NUMBER.upstreamConnect,
  uht: NUMBER.upstreamHeader,
  upstream_header_time: NUMBER.upstreamHeader,
  up_header: NUMBER.upstreamHeader,
  urt: NUMBER.upstreamResponse,
  upstream_response_time: NUMBER.upstreamResponse,
  upstream_time: NUMBER.upstreamResponse,
  up_time: NUMBER.upstreamResponse,
  ut: NUMBER.upstreamResponse,
  upt: NUMBER.upstreamResponse,
  us: NUMBER.upstreamStatus,
  upstream_status: NUMBER.upstreamStatus,
  ustatus: NUMBER.upstreamStatus,
  up_status: NUMBER.upstreamStatus,
};
const SERVERS: ReadonlySet<string> = new Set(['ua', 'upstream', 'upstream_addr', 'backend', 'up']);
const HOSTS: ReadonlySet<string> = new Set(['host', 'vhost', 'server_name', 'http_host']);
/** What the general reader takes, too, and the kernel does not. */
const OTHERS =
  /^(?:request_time_ms|duration_ms|rt_ms|agent|user_agent|http_user_agent|referer|referrer|http_referer|ref|sni|xff|x_forwarded_for|http_x_forwarded_for|forwarded|real_ip|status|bytes|size|body_bytes_sent|client|remote_addr|src|ip|request|req)$/;

const BLANK = 32;

interface Pair {
  name: string;
  quoted: boolean;
}

const known = new Map<string, Columns | undefined>();
/** Layouts whose steps are kept; a file has one or two. */
const MOST_LAYOUTS = 64;

/** @returns the steps for lines like this one, the same object for each of them; undefined where there are no pairs. */
export function pairColumns(line: Buffer): Columns | undefined {
  const match = LINE.exec(line.toString('latin1', 0, 4096));
  if (!match) return undefined;
  const pairs = Array.from(match[2]!.matchAll(/ (\w+)=(?:(")[^"]*"|\S*)/g), ([, name, quote]): Pair => {
    return { name: name!, quoted: quote !== undefined };
  });
  const layout = `${match[1] === undefined} ${pairs.map(({ name, quoted }) => `${name} ${quoted}`).join(' ')}`;
  if (!known.has(layout)) {
    if (known.size >= MOST_LAYOUTS) known.clear();
    known.set(layout, columnsOf(match[1] !== undefined, pairs));
  }
  return known.get(layout);
}

function columnsOf(named: boolean, pairs: Pair[]): Columns | undefined {
  const steps = new Steps()
    .add('address', 0)
    .literal(' - - [')
    .add('stamp', 0, 1)
    .literal('] "')
    .add('request')
    .literal('" ')
    .add('answer', 1)
    .literal(' ')
    .number(NUMBER.bytes, WHOLE, '');
  if (named)
    steps
      .literal(' "')
      .field(SPAN.referer | UNESCAPED, '" "')
      .field(SPAN.userAgent | UNESCAPED, '"');
  const taken = new Set<string>();
  let blank = ' ';
  for (const [index, { name: written, quoted }] of pairs.entries()) {
    const name = written.toLowerCase();
    const number = NUMBERS[name];
    const what = SERVERS.has(name)
      ? 'server'
      : HOSTS.has(name)
        ? 'host'
        : number === undefined
          ? undefined
          : `${number}`;
    if (OTHERS.test(name) || (what !== undefined && taken.has(what))) return undefined;
    if (what !== undefined) taken.add(what);
    steps.literal(`${blank}${written}=${quoted ? '"' : ''}`);
    blank = ' ';
    if (number !== undefined)
      steps.number(number, number === NUMBER.upstreamStatus ? DASH | WHOLE | STATUS_CODE : DASH, '');
    else if (what === 'server') steps.add('server', SPAN.upstream);
    else if (quoted) {
      steps.field((what === 'host' ? SPAN.host : NOWHERE) | UNESCAPED, '"');
      continue;
    } else {
      // The general reader would take quotes around it off.
      if (what === 'host') return undefined;
      if (index === pairs.length - 1) {
        steps.add('rest', BLANK, NOWHERE);
        break;
      }
      steps.field(NOWHERE | UNESCAPED, ' ');
      blank = '';
      continue;
    }
    if (quoted) steps.literal('"');
  }
  const built = steps.add('end').build();
  return built && { steps: built, second: 0, apart: false, otherStamps: 0 };
}
