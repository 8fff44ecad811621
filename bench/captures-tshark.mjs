// Compares every ClientHello (JA3, server name) and every alert in clear text with tshark, flow by flow, and the packet
// counts with capinfos. Usage: [JOBS=4] node bench/captures-tshark.mjs FOLDER...   (folders are searched for captures)
// Each difference is printed with its likely reason; the last lines count them.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { loadSource } from './load-source.mjs';

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('usage: node bench/captures-tshark.mjs FOLDER...');
  process.exit(2);
}
const { readCapture } = await loadSource('src/capture/index.ts');
const MAGICS = new Set([
  'd4c3b2a1',
  'a1b2c3d4',
  '4d3cb2a1',
  'a1b23c4d',
  '34cdb2a1',
  'a1b2cd34',
  '0a0d0d0a',
  '1f8b0800',
  '1f8b0808',
]);
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile() && MAGICS.has(readFileSync(file).toString('hex', 0, 4))),
);
const all = files.length;
// Repositories share captures: each is compared once.
const seen = new Set();
for (let at = 0; at < files.length; ) {
  const digest = createHash('sha256').update(readFileSync(files[at])).digest('hex');
  if (seen.has(digest)) files.splice(at, 1);
  else {
    seen.add(digest);
    at++;
  }
}

const FIELDS = [
  'frame.number',
  'tcp.srcport',
  'tcp.dstport',
  'udp.srcport',
  'udp.dstport',
  'tls.handshake.ja3',
  'tls.handshake.extensions_server_name',
  'tls.alert_message.desc',
  'frame.protocols',
  'quic.version',
];
const run = promisify(execFile);

async function tshark(file) {
  try {
    const { stdout } = await run(
      'tshark',
      [
        '-o',
        'tcp.reassemble_out_of_order:TRUE',
        '-r',
        file,
        '-Y',
        'tls.handshake.type==1 or dtls.handshake.type==1 or tls.alert_message.desc',
        '-T',
        'fields',
        '-E',
        'separator=|',
        ...FIELDS.flatMap((field) => ['-e', field]),
      ],
      { maxBuffer: 1 << 28, encoding: 'utf8' },
    );
    return fields(stdout);
  } catch (error) {
    // What it read before the damage counts, too.
    return error.stdout ? fields(error.stdout) : undefined;
  }
}

const fields = (text) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split('|'));

/** capinfos ends with an error for damaged files and says on standard error how far it came. */
async function packetsOf(file) {
  try {
    const { stdout } = await run('capinfos', ['-M', '-c', file], { encoding: 'utf8' });
    return /Number of packets:\s*(\d+)/.exec(stdout)?.[1] ?? '?';
  } catch {
    return 'damaged';
  }
}

const list = (cell) => cell.split(',').filter(Boolean);
const last = (cell) => list(cell).at(-1) ?? '';

/** Hellos and alerts of tshark, each once a flow: it shows repeats again. */
function theirs(rows) {
  const hellos = new Map();
  const alerts = new Map();
  for (const [frame, tcpFrom, tcpTo, udpFrom, udpTo, ja3, sni, alert, protocols, quic] of rows) {
    const from = last(tcpFrom) || last(udpFrom);
    const to = last(tcpTo) || last(udpTo);
    const names = list(sni);
    for (const [index, one] of list(ja3).entries()) {
      const key = `${from}|${one}|${names.length === list(ja3).length ? names[index] : (names[0] ?? '')}`;
      if (!hellos.has(key)) hellos.set(key, { frame, protocols, quic });
    }
    for (const code of list(alert))
      if (!alerts.has(`${from}>${to} ${code}`)) alerts.set(`${from}>${to} ${code}`, { frame, protocols });
  }
  return { hellos, alerts };
}

function ours(handshakes) {
  const hellos = new Set();
  const alerts = new Set();
  for (const one of handshakes) {
    for (const hello of [one.clientHello, one.retriedHello])
      if (hello?.ja3) hellos.add(`${one.client.port}|${hello.ja3}|${hello.sni ?? ''}`);
    for (const alert of one.alerts) {
      if (alert.description < 0 || alert.inferred) continue;
      const [from, to] =
        alert.from === 'client' ? [one.client.port, one.server.port] : [one.server.port, one.client.port];
      alerts.add(`${from}>${to} ${alert.description}`);
    }
  }
  return { hellos, alerts };
}

function reason(key, { protocols, quic }, handshakes, notes) {
  const port = Number(/^\d+/.exec(key)[0]);
  const flows = handshakes.filter((one) => one.client.port === port || one.server.port === port);
  // RFC 9000 section 15: 0x?a?a?a?a is no version; such a packet only asks which versions there are.
  if (/^0x(?:.a){4}/.test(quic ?? ''))
    return 'QUIC packet of a reserved version, which only asks for version negotiation';
  if (protocols.includes('quic')) return `QUIC ${quic} of one vendor, or beyond the first Initial`;
  if (/rdpudp/.test(protocols)) return 'carried by a protocol that is not followed (RDP over UDP)';
  if (/tls:.*tls:|ssl:.*tls/.test(protocols)) return 'TLS inside TLS, opened with keys';
  if (/openvpn|eap|wlan|capwap|ipsec|esp|rtps|diameter|tds|dtls:.*dtls/.test(protocols))
    return `carried by a protocol that is not followed (${protocols.split(':').slice(2, 9).join(':')})`;
  if (notes.some((note) => note.includes('link type'))) return 'unknown link layer';
  if (flows.some((one) => one.clientHello))
    return 'this flow has another hello: sent again with other content, or renegotiated';
  if (flows.length === 0) return `no such flow (${protocols})`;
  return `flow seen without it: ${flows[0].verdict.id} (${protocols.split(':').slice(1, 9).join(':')})`;
}

let withHello = 0;
let unread = 0;
let equal = 0;
let total = 0;
let alertsEqual = 0;
let alertsTotal = 0;
let packetsEqual = 0;
const reasons = new Map();
async function compare(file) {
  const { handshakes, counts, notes } = await readCapture(createReadStream(file), file);
  const [packets, rows] = await Promise.all([packetsOf(file), tshark(file)]);
  if (Number(packets) === counts.packets) packetsEqual++;
  else console.log(`PACKETS ${basename(file)}: capinfos ${packets}, here ${counts.packets}; ${notes[0] ?? ''}`);
  if (!rows) {
    unread++;
    return;
  }
  const wanted = theirs(rows);
  if (wanted.hellos.size > 0) withHello++;
  const found = ours(handshakes);
  for (const [key, where] of wanted.hellos) {
    total++;
    if (found.hellos.has(key)) equal++;
    else {
      const why = reason(key, where, handshakes, notes);
      reasons.set(why, (reasons.get(why) ?? 0) + 1);
      console.log(`HELLO ${basename(file)} frame ${where.frame} ${key}: ${why}`);
    }
  }
  for (const [key, where] of wanted.alerts) {
    alertsTotal++;
    if (found.alerts.has(key)) alertsEqual++;
    else console.log(`ALERT ${basename(file)} frame ${where.frame} ${key}: ${reason(key, where, handshakes, notes)}`);
  }
  for (const key of found.hellos)
    if (!wanted.hellos.has(key)) console.log(`MORE ${basename(file)} ${key}: found here, not by tshark`);
}
const waiting = files.values();
await Promise.all(
  Array.from({ length: Number(process.env.JOBS) || 1 }, async () => {
    for (const file of waiting) await compare(file);
  }),
);
console.log(
  `\nreasons of missing hellos: ${[...reasons].map(([why, count]) => `${why} ${count}`).join('; ') || 'none'}`,
);
console.log(
  `${all} captures, ${files.length} of them different, ${withHello} with a ClientHello; ${unread} that tshark cannot read`,
);
console.log(`packet counts equal ${packetsEqual} of ${files.length}`);
console.log(`alerts equal ${alertsEqual} of ${alertsTotal}`);
console.log(`hellos equal ${equal} of ${total} (${((100 * equal) / Math.max(1, total)).toFixed(2)} %)`);
