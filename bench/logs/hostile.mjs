// Hostile logs against the built program: node bench/logs/hostile.mjs [MB] [--only=TEXT] [--run=TEXT] [--times=N] [--program=FILE]
// (after npm run build; files of 1024 MB and a million distinct values unless said; --times=10 makes it ten million).
// Each case of hostile-cases.mjs is made in a temporary folder, read by the commands it names, and removed. One line per run:
// exit code, seconds, processor seconds, peak memory, what was said, and whether it stayed within bounds. A run fails on
// exit code 4, a signal, more memory or time than its bound, a control character, or a card number or secret in its output.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostileCases, MB } from './hostile-cases.mjs';

const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const size = Number(process.argv.slice(2).find((arg) => !arg.startsWith('--')) ?? 1024);
const times = Number(option('times') ?? 1);
const only = option('only');
const onlyRun = option('run');
const program = option('program') ?? fileURLToPath(new URL('../../bin/paymedic.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'paymedic-hostile-'));
const count = Math.round((size / 1024) * 1e6 * times);
const NOW = ['--now', '2026-09-12T12:00:00Z'];
const clean = join(folder, 'clean.log');
const partial = join(folder, 'partial.json');

/** Peak memory in MB of each run: one thread of the log pass, two, and what keeps whole requests and records. */
const RUNS = {
  logs: [150, ({ paths, options = [] }) => ['logs', ...paths, ...NOW, '--jobs', '1', ...options]],
  'logs --jobs 2': [200, ({ paths, options = [] }) => ['logs', ...paths, ...NOW, '--jobs', '2', ...options]],
  'logs --secrets': [150, ({ paths }) => ['logs', ...paths, ...NOW, '--jobs', '1', '--secrets']],
  'logs --crs': [300, ({ paths }) => ['logs', ...paths, ...NOW, '--crs', 'shipped']],
  'logs --log-pattern': [
    200,
    ({ paths }) => ['logs', ...paths, ...NOW, '--jobs', '1', '--log-pattern', '(?P<message>(\\S+\\s?)+)+$'],
  ],
  'logs --partial': [200, ({ paths }) => ['logs', ...paths, ...NOW, '--jobs', '1', '--partial', partial]],
  'logs merge': [300, () => (existsSync(partial) ? ['logs', 'merge', partial, partial] : undefined)],
  'logs --follow': [
    150,
    ({ paths }) => ['logs', ...paths, '--follow', '--from-start', '--interval', '0.1'],
    'until idle',
  ],
  'logs plan': [150, ({ paths }) => ['logs', 'plan', ...paths, '--emit', 'duckdb']],
  'logs redact': [150, ({ paths }) => ['logs', 'redact', paths[0], '--output', clean]],
  triage: [300, ({ paths }) => ['triage', ...paths, ...NOW]],
  intrusion: [300, ({ paths }) => ['intrusion', ...paths, ...NOW, '--crs', 'none']],
  'intrusion --crs': [300, ({ paths }) => ['intrusion', ...paths, ...NOW]],
  payments: [300, ({ paths }) => ['payments', ...paths, ...NOW]],
};
/** Processor seconds that any run may take: what the size asks for, and a start. */
const MOST_SECONDS = 30 + (size * Math.max(1, times)) / 12;

/** Peak memory and processor time of a process and its threads, read while it lives (Linux). */
function measure(pid) {
  const known = { memory: 0, cpu: 0 };
  const look = () => {
    try {
      known.memory = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;
      const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
      known.cpu = (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(look, 25);
  return { known, stop: () => clearInterval(timer) };
}

/** Interrupts a run that waits for more once it has used no processor for a while. */
function interruptWhenIdle(child, known) {
  let before = -1;
  const timer = setInterval(() => {
    if (known.cpu > 0.3 && known.cpu - before < 0.1) child.kill('SIGINT');
    before = known.cpu;
  }, 2000);
  child.on('close', () => clearInterval(timer));
}

const LEAKS = /4111111\d{9}\b|4111111111111111|sk_live_[0-9a-z]{8,}|hunter2secret/;
const TOLD =
  /[^\n]*(?:counted together|beyond|not read|not followed|decompression bomb|cut|longer than|more than|approximat|only its|while it was read|left out|not parsed|truncated)[^\n]*/gi;

async function run(name, what, args, most, untilIdle, during) {
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const { known, stop } = measure(child.pid);
  if (untilIdle) interruptWhenIdle(child, known);
  if (during) setTimeout(during, 600);
  let kept = '';
  let printed = 0;
  const unsafe = new Set();
  const take = (chunk) => {
    printed += chunk.length;
    const text = chunk.toString('utf8');
    if (/[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u200b\u202a-\u202e\u2066-\u2069]/.test(text))
      unsafe.add('printed a control character');
    if (LEAKS.test(text)) unsafe.add('printed a card number or a secret');
    if (kept.length < MB) kept += text;
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const timer = setTimeout(() => child.kill('SIGKILL'), MOST_SECONDS * 4000);
  const [code, signal] = await new Promise((resolve) => child.on('close', (...end) => resolve(end)));
  clearTimeout(timer);
  stop();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  if (
    what === 'logs --partial' &&
    existsSync(partial) &&
    statSync(partial).size < 256 * MB &&
    LEAKS.test(readFileSync(partial, 'utf8'))
  )
    unsafe.add('wrote a card number or a secret');
  const faults = [
    ...(signal ? [`ended by ${signal}`] : []),
    ...(code === 4 || code > 4 ? ['internal error'] : []),
    ...(known.cpu > MOST_SECONDS ? ['too slow'] : []),
    ...(known.memory > most ? [`more than ${most} MB`] : []),
    ...(printed > 4 * MB ? [`printed ${(printed / MB).toFixed(0)} MB`] : []),
    ...unsafe,
  ];
  const said = [...kept.matchAll(TOLD)].map(([line]) => line.trim().slice(0, 140));
  const last = kept.trimEnd().split('\n').at(-1)?.trim().slice(0, 100) ?? '';
  console.log(
    `${faults.length ? 'FAILS' : 'ok   '} ${name}: ${what}: exit ${code}, ${seconds.toFixed(1)} s, ${known.cpu.toFixed(1)} CPU s, ${known.memory.toFixed(0)} MB${faults.length ? `: ${faults.join(', ')}` : ''}${said.length > 0 ? ` (${said[0]}${said.length > 1 ? ` … ${said.at(-1)}` : ''})` : ` [${last}]`}`,
  );
  return faults.length === 0;
}

let failed = 0;
let done = 0;
try {
  for (const [name, [make, runs]] of Object.entries(hostileCases(size, count))) {
    if (only && !name.includes(only)) continue;
    const wanted = runs.filter(
      (what) => !onlyRun || onlyRun === what || (onlyRun === 'logs merge' && what === 'logs --partial'),
    );
    if (wanted.length === 0) continue;
    const made = await make(folder);
    const input = typeof made === 'string' ? { paths: [made] } : made;
    for (const what of wanted) {
      // What changes its file begins anew.
      if (input.during && what !== wanted[0]) await make(folder);
      const [bound, argumentsFor, untilIdle] = RUNS[what];
      // Rules need whole requests.
      const most = input.options?.some((option) => option === '--sigma' || option === '--crs') ? 300 : bound;
      const args = argumentsFor(input);
      if (!args) continue;
      done++;
      if (!(await run(name, what, args, most, untilIdle !== undefined, input.during))) failed++;
      rmSync(clean, { force: true });
    }
    for (const left of [...input.paths, partial]) rmSync(left, { recursive: true, force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${done - failed} of ${done} runs within their bounds, at ${size} MB and ${count} distinct values`);
process.exitCode = failed > 0 ? 1 : 0;
