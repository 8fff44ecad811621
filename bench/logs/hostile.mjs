// Hostile logs against the built program: node bench/logs/hostile.mjs [MB] [--only=CASE] (after npm run build; 1024 MB unless said)
// Each case is made in a temporary folder, read by `logs`, `triage`, `intrusion` and `logs redact`, and removed. One line
// per run: exit code, seconds, CPU seconds, peak memory, what was said of it, and whether it stayed within bounds. A run
// fails on exit code 4, a signal, more memory or time than its bound, or a control character in what it printed.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';

const MB = 2 ** 20;
const size = Number(process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? 1024);
const only = process.argv.find((arg) => arg.startsWith('--only='))?.slice(7);
const program = fileURLToPath(new URL('../../bin/paymedic.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-hostile-'));
const million = Math.round((size / 1024) * 1e6);
/** Peak memory in MB and processor seconds that any run may take. */
const MOST_MEMORY = 700;
const MOST_SECONDS = 60 + size / 4;

async function write(name, pieces, packed) {
  const file = createWriteStream(join(folder, name));
  const out = packed ?? file;
  if (packed) packed.pipe(file);
  for (const piece of pieces) if (!out.write(piece)) await new Promise((resolve) => out.once('drain', resolve));
  out.end();
  await finished(file);
  return join(folder, name);
}
function* repeated(piece, megabytes) {
  const count = Math.ceil((megabytes * MB) / piece.length);
  for (let i = 0; i < count; i++) yield piece;
}
/** Lines by number, a megabyte at a time. */
function* numbered(count, line) {
  let text = '';
  for (let i = 0; i < count; i++) {
    text += line(i);
    if (text.length > MB) {
      yield text;
      text = '';
    }
  }
  yield text;
}
const mixed = (i) => Math.imul(i, 0x9e3779b1) >>> 0;
const ip4 = (i) => [24, 16, 8, 0].map((shift) => (mixed(i) >>> shift) & 255).join('.');
const ip6 = (i) =>
  `2001:db8:${(mixed(i) >>> 16).toString(16)}:${(mixed(i) & 0xffff).toString(16)}::${i.toString(16).slice(-4)}`;
const access = (client, uri, agent = 'Mozilla/5.0') =>
  `${client} - - [12/Sep/2026:08:54:04 +0000] "GET ${uri} HTTP/1.1" 200 512 "-" "${agent}"\n`;
const ordinary = access('10.0.0.1', '/pay').repeat(50);
const block = Buffer.alloc(MB, 'a');
const words = Buffer.from('abcdefghij klmnop '.repeat(60_000).slice(0, MB));

const cases = {
  'one long line': () => write('access.log', [ordinary, ...repeated(block, size), '\n', ordinary]),
  'one long request': () =>
    write('access.log', [
      ordinary,
      '10.0.0.1 - - [12/Sep/2026:08:54:04 +0000] "GET /',
      ...repeated(block, size),
      '\n',
      ordinary,
    ]),
  'one long JSON line': () =>
    write('app.log', [
      '{"time":"2026-09-12T08:00:00Z","level":"info","msg":"a"}\n'.repeat(50),
      '{"time":"2026-09-12T08:00:01Z","level":"error","msg":"',
      ...repeated(words, size),
      '"}\n',
    ]),
  'one long stack trace': () =>
    write('app.log', [
      '2026-09-12 20:40:11,172 [main] ERROR com.pay.X - boom\n',
      ...repeated('\tat com.pay.X.run(X.java:1)\n'.repeat(30_000), size / 4),
    ]),
  'NUL bytes': () => write('access.log', [ordinary, ...repeated(Buffer.alloc(MB), size), ordinary]),
  'random bytes': () =>
    write('access.log', [
      ordinary,
      ...(function* () {
        const bytes = Buffer.alloc(MB);
        let state = 1;
        for (let i = 0; i < size / 4; i++) {
          for (let at = 0; at < MB; at += 4) {
            state ^= state << 13;
            state ^= state >>> 17;
            state ^= state << 5;
            bytes.writeInt32LE(state, at);
          }
          yield Buffer.from(bytes);
        }
      })(),
    ]),
  'escapes and turns of direction': () =>
    write(
      'access.log',
      numbered(million / 5, (i) =>
        access(`10.0.${i % 250}.1`, `/\u001b[2J\u001b]0;owned\u0007${i % 97}`, '\u202egnp.exe\u202c \u009b31m \u200b'),
      ),
    ),
  'a million addresses': () =>
    write(
      'access.log',
      numbered(million, (i) => access(i % 2 ? ip4(i) : ip6(i), '/pay')),
    ),
  'a million URLs': () =>
    write(
      'access.log',
      numbered(million, (i) => access('10.0.0.1', `/p/${mixed(i).toString(36)}x/${i}?k${i}=${i}`)),
    ),
  'a million agents': () =>
    write(
      'access.log',
      numbered(million, (i) => access('10.0.0.1', '/pay', `agent ${mixed(i).toString(36)}`)),
    ),
  'a million JSON values': () =>
    write(
      'gateway.log',
      numbered(
        million,
        (i) =>
          `{"time":"2026-09-12T08:00:00Z","level":"info","merchant":"m${mixed(i)}","client_ip":"${ip4(i)}","path":"/v1/${i}","status":200,"latency_ms":12}\n`,
      ),
    ),
  'a million JSON keys': () =>
    write(
      'app.log',
      numbered(million, (i) => `{"time":"2026-09-12T08:00:00Z","level":"info","msg":"a","k${mixed(i)}":"v"}\n`),
    ),
  'a million messages': () =>
    write(
      'app.log',
      numbered(
        million,
        (i) => `2026-09-12 20:40:11,172 [main] ERROR com.pay.X${i % 1000} - odd ${mixed(i).toString(36)} ${i}\n`,
      ),
    ),
  'gzip bomb': () =>
    write('access.log.gz', [ordinary, ...repeated(Buffer.alloc(MB), size * 4)], createGzip({ level: 9 })),
  'gzip bomb of lines': () =>
    write(
      'access.log.gz',
      [...repeated(access('10.0.0.1', '/pay').repeat(10_000), size * 2)],
      createGzip({ level: 9 }),
    ),
  'deep JSON': () => write('app.log', [...numbered(200, () => `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}\n`)]),
  'patterns that explode elsewhere': async () => {
    writeFileSync(
      join(folder, 'rule.yml'),
      'title: x\nlogsource: {category: webserver}\ndetection:\n  s: {cs-uri-query|re: "^(([a-z])+.)+[A-Z]([a-z])+$"}\n  condition: s\n',
    );
    return write(
      'access.log',
      numbered(million / 10, (i) => access('10.0.0.1', `/q?x=${'a'.repeat(2000)}!${i}`)),
    );
  },
};
if (existsSync('/usr/bin/zstd'))
  cases['zstd bomb'] = async () => {
    const zstd = spawn('zstd', ['-q', '-19', '-o', join(folder, 'access.log.zst')], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise((resolve) => zstd.on('close', resolve));
    for (const piece of [ordinary, ...repeated(Buffer.alloc(MB), size * 4)])
      if (!zstd.stdin.write(piece)) await new Promise((resolve) => zstd.stdin.once('drain', resolve));
    zstd.stdin.end();
    await ended;
    return join(folder, 'access.log.zst');
  };

/** Peak memory and processor time of a process and its threads, read while it lives (Linux). */
function measure(pid) {
  const known = { memory: 0, cpu: 0 };
  const timer = setInterval(() => {
    try {
      known.memory = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
      known.cpu = (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      // It has ended.
    }
  }, 25);
  return { known, stop: () => clearInterval(timer) };
}

async function run(name, what, args) {
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { known, stop } = measure(child.pid);
  let kept = '';
  let unsafe = false;
  const take = (chunk) => {
    const text = chunk.toString('latin1');
    if (/[\x00-\x08\x0b-\x1f\x7f]/.test(text) || /[\u200b\u202a-\u202e\u2066-\u2069]/.test(chunk.toString('utf8')))
      unsafe = true;
    if (kept.length < MB) kept += text;
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const timer = setTimeout(() => child.kill('SIGKILL'), MOST_SECONDS * 8000);
  const [code, signal] = await new Promise((resolve) => child.on('close', (...end) => resolve(end)));
  clearTimeout(timer);
  stop();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const faults = [
    ...(signal ? [`ended by ${signal}`] : []),
    ...(code === 4 ? ['internal error'] : []),
    ...(known.cpu > MOST_SECONDS ? ['too slow'] : []),
    ...(known.memory > MOST_MEMORY ? ['too much memory'] : []),
    ...(unsafe ? ['printed a control character'] : []),
  ];
  const said =
    /[^\n]*(?:counted together|beyond|not read|decompression bomb|cut|longer than|approximat|not parsed)[^\n]*/i
      .exec(kept)?.[0]
      ?.trim()
      .slice(0, 110);
  console.log(
    `${faults.length ? 'FAILS' : 'ok   '} ${name}: ${what}: exit ${code}, ${seconds.toFixed(1)} s, ${known.cpu.toFixed(1)} CPU s, ${known.memory.toFixed(0)} MB${faults.length ? `: ${faults.join(', ')}` : ''}${said ? ` (${said})` : ''}`,
  );
  return faults.length === 0;
}

let failed = 0;
let done = 0;
try {
  for (const [name, make] of Object.entries(cases)) {
    if (only && !name.includes(only)) continue;
    const file = await make();
    const commands = {
      logs: [
        'logs',
        file,
        ...(name.startsWith('patterns') ? ['--sigma', join(folder, 'rule.yml'), '--crs', 'shipped'] : []),
      ],
      'logs --jobs 2': ['logs', file, '--jobs', '2'],
      triage: ['triage', file, '--now', '2026-09-12T12:00:00Z'],
      intrusion: ['intrusion', file, ...(name.startsWith('patterns') ? [] : ['--crs', 'none'])],
      'logs redact': ['logs', 'redact', file, '--output', join(folder, 'clean.log')],
    };
    if (name.startsWith('patterns'))
      commands['logs --log-pattern'] = ['logs', file, '--log-pattern', '(?P<message>(\\S+\\s?)+)+$'];
    for (const [what, args] of Object.entries(commands)) {
      done++;
      if (!(await run(name, what, args))) failed++;
    }
    for (const left of [file, join(folder, 'clean.log')]) rmSync(left, { force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  `${done - failed} of ${done} runs within ${MOST_MEMORY} MB and ${MOST_SECONDS.toFixed(0)} CPU s each, at ${size} MB`,
);
process.exitCode = failed > 0 ? 1 : 0;
