/** What the web server or balancer in front of the shop writes, and what it says about the servers behind it. */
import { type Level, stamp } from './stacks.ts';
import type { Peer, World } from './world.ts';

export type EdgeName = 'nginx' | 'haproxy' | 'httpd' | 'envoy';
export interface Request {
  client?: string;
  request: string;
  status: number;
  bytes?: number;
  agent?: string;
  referer?: string;
  seconds?: number;
  upstream?: string;
}
export interface Edge {
  accessLog: string;
  errorLog: string;
  access(w: World, t: number, r: Request): string;
  error(w: World, t: number, level: string, text: string): string;
  /** An isolated complaint about a stranger, or undefined where this software has none. */
  scanner(i: number, client: string, w: World, t: number): string | undefined;
}

const AGENTS = [
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36',
];
const visitor = (w: World): string =>
  `100.${w.random.between(64, 120)}.${w.random.between(0, 255)}.${w.random.between(1, 254)}`;
const combined = (w: World, t: number, r: Request): string =>
  `${r.client ?? visitor(w)} - - [${stamp.common(w.clock(t))}] "${r.request}" ${r.status} ${r.bytes ?? 512} "${r.referer ?? `https://${w.site}/`}" "${r.agent ?? AGENTS[t % 3]}"`;

export const EDGES: { [name in EdgeName]: Edge } = {
  nginx: {
    accessLog: 'nginx/access.log',
    errorLog: 'nginx/error.log',
    access: (w, t, r) => `${combined(w, t, r)} rt=${(r.seconds ?? 0.05).toFixed(3)}`,
    error: (w, t, level, text) =>
      `${stamp.slash(w.clock(t))} [${level}] 1187#1187: *${Math.floor(t / 911) % 900_000} ${text}`,
    scanner: (i, client) =>
      [
        `SSL_do_handshake() failed (SSL: error:0A00006C:SSL routines::bad key share) while SSL handshaking, client: ${client}, server: 0.0.0.0:443`,
        `SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol) while SSL handshaking, client: ${client}, server: 0.0.0.0:443`,
        `client sent plain HTTP request to HTTPS port while reading client request headers, client: ${client}, server: 0.0.0.0:443`,
      ][i % 3],
  },
  haproxy: {
    accessLog: 'haproxy.log',
    errorLog: 'haproxy.log',
    access: (w, t, r) =>
      `${stamp.syslog(w.clock(t))} edge1 haproxy[733]: ${r.client ?? visitor(w)}:${w.random.between(20_000, 60_000)} [${stamp.common(w.clock(t)).slice(0, 20)}.${String(t % 1000).padStart(3, '0')}] fe_https~ be_app/app${1 + (t % 3)} 0/0/1/${Math.round((r.seconds ?? 0.05) * 1000)}/${Math.round((r.seconds ?? 0.05) * 1000) + 2} ${r.status} ${r.bytes ?? 512} - - ---- 31/31/6/2/0 0/0 "${r.request}"`,
    error: (w, t, _level, text) => `${stamp.syslog(w.clock(t))} edge1 haproxy[733]: ${text}`,
    scanner: (_i, client, w, t) =>
      `${client}:51812 [${stamp.common(w.clock(t)).slice(0, 20)}.${String(t % 1000).padStart(3, '0')}] fe_https/1: SSL handshake failure`,
  },
  httpd: {
    accessLog: 'httpd/access_log',
    errorLog: 'httpd/error_log',
    access: combined,
    error: (w, t, level, text) =>
      `[${stamp.httpd(w.clock(t))}] [${text.includes('AH0') && /proxy|AH01|AH009/.test(text) ? 'proxy' : 'ssl'}:${level}] [pid 2210:tid 140221${t % 1000}] ${text}`,
    scanner: (_i, client) => `[client ${client}:40112] AH02008: SSL library error 1 in handshake (server shop:443)`,
  },
  envoy: {
    accessLog: 'envoy/access.json',
    errorLog: 'envoy/envoy.log',
    access: (w, t, r) =>
      JSON.stringify({
        start_time: stamp.iso(t),
        method: r.request.split(' ')[0],
        path: r.request.split(' ')[1],
        protocol: 'HTTP/2',
        response_code: r.status,
        response_flags: '-',
        bytes_received: 120,
        bytes_sent: r.bytes ?? 512,
        duration: Math.round((r.seconds ?? 0.05) * 1000),
        x_forwarded_for: r.client ?? visitor(w),
        user_agent: r.agent ?? AGENTS[t % 3],
        authority: w.site,
        ...(r.referer ? { referer: r.referer } : {}),
      }),
    error: (w, t, level, text) =>
      `[${stamp.space(w.clock(t))}][17][${level === 'info' ? 'info' : 'warning'}][connection] ${text}`,
    scanner: () => undefined,
  },
};

/** What an nginx proxy in front of a peer says when it cannot be reached: the tail that names request and upstream. */
export const nginxTail = (w: World, peer: Peer): string =>
  `, client: ${w.nodes[0]!.ip}, server: ${w.site}, request: "POST /api/pay HTTP/1.1", upstream: "https://${peer.ip}:${peer.port}${peer.path}", host: "${w.site}"`;
export type { Level };
