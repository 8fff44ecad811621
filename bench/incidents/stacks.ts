/** How applications of several languages write a record: text layouts of their usual loggers, and their JSON ones. */
import type { World } from './world.ts';

export type Stack = 'java' | 'node' | 'python' | 'go' | 'dotnet' | 'php' | 'ruby' | 'rust' | 'curl';
export type Level = 'INFO' | 'WARN' | 'ERROR';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

export interface Clock {
  /** Wall time of the zone as if it were UTC. */
  shown: Date;
  /** `+05:30`. */
  offset: string;
}

export const stamp = {
  iso: (t: number): string => new Date(t).toISOString(),
  /** 2026-05-12 14:20:01.123 */
  space: (c: Clock): string => c.shown.toISOString().slice(0, 23).replace('T', ' '),
  offset: (c: Clock): string => `${c.shown.toISOString().slice(0, 23)}${c.offset}`,
  slash: (c: Clock): string => c.shown.toISOString().slice(0, 19).replaceAll('-', '/').replace('T', ' '),
  /** 12/May/2026:14:20:01 +0530 */
  common: (c: Clock): string =>
    `${pad(c.shown.getUTCDate())}/${MONTHS[c.shown.getUTCMonth()]}/${c.shown.getUTCFullYear()}:${c.shown.toISOString().slice(11, 19)} ${c.offset.replace(':', '')}`,
  /** May 12 14:20:01 */
  syslog: (c: Clock): string =>
    `${MONTHS[c.shown.getUTCMonth()]} ${String(c.shown.getUTCDate()).padStart(2)} ${c.shown.toISOString().slice(11, 19)}`,
  /** Tue May 12 14:20:01.123456 2026 */
  httpd: (c: Clock): string =>
    `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][c.shown.getUTCDay()]} ${MONTHS[c.shown.getUTCMonth()]} ${pad(c.shown.getUTCDate())} ${c.shown.toISOString().slice(11, 23)}${pad(c.shown.getUTCMilliseconds() % 1000, 3)} ${c.shown.getUTCFullYear()}`,
};

type Writer = (w: World, node: string, t: number, level: Level, text: string) => string;

/** The first line stands where the record is one line; the rest follows as a stack trace does. */
const json = (members: { [key: string]: unknown }): string => JSON.stringify(members);

const WRITERS: { [stack in Stack]: Writer[] } = {
  java: [
    (w, node, t, level, text) =>
      `${stamp.space(w.clock(t)).replace('.', ',')} ${level.padEnd(5)} [http-nio-8080-exec-${t % 17}] c.${w.shopName}.pay.GatewayClient [${node}] - ${text}`,
    (w, node, t, level, text) =>
      `${stamp.offset(w.clock(t))}  ${level.padStart(5)} 1 --- [${node}] [nio-8443-exec-${t % 9}] c.${w.shopName}.pay.PaymentService : ${text}`,
    (_w, node, t, level, text) =>
      json({
        '@timestamp': stamp.iso(t),
        '@version': '1',
        message: text.split('\n')[0],
        logger_name: 'com.shop.pay.Acquirer',
        thread_name: `pool-2-thread-${t % 8}`,
        level,
        host: node,
        ...(text.includes('\n') ? { stack_trace: text } : {}),
      }),
  ],
  node: [
    (_w, node, t, level, text) =>
      json({
        level: { INFO: 30, WARN: 40, ERROR: 50 }[level],
        time: t,
        pid: 19,
        hostname: node,
        name: 'checkout',
        ...(level === 'INFO' ? {} : { err: { type: 'Error', message: text } }),
        msg: level === 'INFO' ? text : 'charge failed',
      }),
    (_w, node, t, level, text) => `${stamp.iso(t)} ${level.toLowerCase()}: [${node}] ${text}`,
  ],
  python: [
    (w, node, t, level, text) =>
      `${stamp.space(w.clock(t)).replace('.', ',')} ${level === 'WARN' ? 'WARNING' : level} [${node}] pay.client: ${text}`,
    (w, node, t, level, text) =>
      json({
        event: text,
        level: level.toLowerCase(),
        logger: 'pay.client',
        host: node,
        timestamp: stamp.offset(w.clock(t)),
      }),
  ],
  go: [
    (w, node, t, level, text) => `${stamp.slash(w.clock(t))} ${node}: ${level === 'INFO' ? '' : `${level} `}${text}`,
    (_w, node, t, level, text) =>
      json({
        level: level.toLowerCase(),
        ts: t / 1000,
        caller: 'pay/client.go:88',
        msg: level === 'INFO' ? text : 'charge',
        node,
        ...(level === 'INFO' ? {} : { error: text }),
      }),
    (_w, node, t, level, text) =>
      `time=${stamp.iso(t)} level=${level} msg=${JSON.stringify(text.slice(0, 600))} svc=${node}`,
  ],
  dotnet: [
    (w, node, t, level, text) =>
      `${stamp.space(w.clock(t))} ${w.clock(t).offset} [${{ INFO: 'INF', WARN: 'WRN', ERROR: 'ERR' }[level]}] Shop.Payments.AcquirerClient (${node}): ${text}`,
    (_w, node, t, level, text) =>
      json({
        '@t': stamp.iso(t),
        '@mt': level === 'INFO' ? text : 'Charge failed',
        ...(level === 'INFO' ? {} : { '@l': 'Error', '@x': text }),
        MachineName: node,
      }),
  ],
  php: [
    (w, node, t, level, text) =>
      `[${stamp.offset(w.clock(t))}] ${node}.${level === 'WARN' ? 'WARNING' : level}: ${text.replaceAll('\n', ' ')} [] []`,
  ],
  ruby: [
    (w, node, t, level, text) =>
      `${level[0]}, [${stamp.offset(w.clock(t)).slice(0, 23)}000 #412] ${level.padStart(5)} -- ${node}: ${text}`,
  ],
  rust: [
    (_w, node, t, level, text) =>
      `${stamp.iso(t).replace('Z', '456Z')} ${level.padStart(5)} ${node.replaceAll('-', '_')}::acquirer: ${text}`,
  ],
  curl: [(w, _node, t, _level, text) => `${stamp.space(w.clock(t)).slice(0, 19)} ${text}`],
};

/** Chooses the layout of a node once; all its lines have it. */
export function writerOf(stack: Stack, choice: number): Writer {
  const list = WRITERS[stack];
  return list[choice % list.length]!;
}
/** Whether a layout shows times without an offset, so that the zone must come from elsewhere. */
export function isLocalLayout(stack: Stack, choice: number): boolean {
  const at = choice % WRITERS[stack].length;
  return (
    stack === 'curl' ||
    stack === 'ruby' ||
    (stack === 'java' && at === 0) ||
    (stack === 'python' && at === 0) ||
    (stack === 'go' && at === 0)
  );
}
