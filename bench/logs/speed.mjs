// MB per CPU-second of the log pass beside other tools: node bench/logs/speed.mjs [MB] [RUNS] [--peers MB]
// Every measurement runs in a process of its own; median and worst of RUNS are printed. Slow peers run once, on the first
// --peers MB (100 unless told). DuckDB is taken from bench/node_modules when it is there (npm install --prefix bench).
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleSource } from '../load-source.mjs';
import { makeLogs } from './make-logs.mjs';

const self = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL('../..', import.meta.url));
const [first, second, third, fourth] = process.argv.slice(2);

/** What a pass looks for, by task. */
const LOOKS = {
  counters: { cards: false, texts: false },
  texts: { cards: false, texts: true },
  everything: { cards: true, texts: true },
};

/** Bundles the product and gathers the lexicon once for all tasks: what that takes is no part of their memory. */
async function prepare(folder) {
  await bundleSource('bench/logs/speed-entry.ts', join(folder, 'product.mjs'));
  const { parse } = await import('yaml');
  const lexicon = join(root, 'knowledge/lexicon');
  const entries = readdirSync(lexicon).flatMap((f) =>
    parse(readFileSync(join(lexicon, f), 'utf8')).entries.map((entry) => ({
      software: f.replace('.yaml', ''),
      ...entry,
    })),
  );
  writeFileSync(join(folder, 'lexicon.json'), JSON.stringify(entries));
}

/** In a child: one task over one file; prints CPU seconds and peak memory. Loading and compiling are not counted. */
async function task(name, file, folder) {
  const product = await import(pathToFileURL(join(folder, 'product.mjs')).href);
  const lexicon = product.compileLexicon(JSON.parse(readFileSync(join(folder, 'lexicon.json'), 'utf8')));
  const head = Buffer.alloc(65_536);
  readSync(openSync(file, 'r'), head, 0, head.length, 0);
  const chunks = () => product.passingChunks(file);
  // What loading left behind is not collected at the expense of the task.
  globalThis.gc?.();
  const before = process.cpuUsage();
  if (name === 'duckdb') await duckdb(file);
  else if (name === 'lines') await product.forEachBlock(chunks(), () => 0);
  else if (name === 'cards') {
    const scanner = new product.CardScanner(Buffer.alloc(32));
    const places = new product.Places();
    await product.forEachBlock(chunks(), ({ bytes: b, kernel }, end, line) => {
      places.length = 0;
      kernel.sweepCards(end, places);
      for (let i = 0; i < places.length; i++) {
        const start = b.lastIndexOf(10, places.at[i]) + 1;
        scanner.scan(b, start, b.indexOf(10, start), file, line, 0);
      }
      return 1;
    });
  } else {
    const options = { lexicon, now: Date.UTC(2026, 8, 20), keep: 'counts', looks: LOOKS[name] };
    product.summarise(await product.readLogs([{ file, head, chunks }], options));
  }
  const used = process.cpuUsage(before);
  console.log(JSON.stringify({ cpu: (used.user + used.system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 }));
}

/** Counts per minute and per address, and the lines that match one of the 50 patterns, of either file in DuckDB. */
async function duckdb(file) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const patterns = readFileSync(join(root, 'bench/logs/patterns.txt'), 'utf8').split('\n').filter(Boolean);
  const any = `(?i)(?:${patterns.join('|')})`.replaceAll("'", "''");
  // One column per line: a separator that no text log holds.
  const lines = `read_csv('${file}', columns={'line': 'VARCHAR'}, delim=e'\\x01', quote='', escape='', header=false, auto_detect=false, strict_mode=false)`;
  await connection.runAndReadAll(`select count(*) from ${lines} where regexp_matches(line, '${any}')`);
  if (!file.endsWith('jsonl')) {
    const part = (pattern) => `regexp_extract(line, '${pattern}', 1)`;
    await connection.runAndReadAll(
      `select ${part('\\[([^\\]]{17})')} as at, ${part('" (\\d{3}) ')} as status, count(*) from ${lines} group by 1, 2`,
    );
    await connection.runAndReadAll(
      `select ${part('^(\\S+) ')} as client, count(*) n from ${lines} group by 1 order by n desc limit 20`,
    );
    return;
  }
  const source = `read_json('${file}', format='newline_delimited', columns={ts:'TIMESTAMP', client_ip:'VARCHAR', acquirer:'VARCHAR', latency_ms:'INTEGER'})`;
  await connection.runAndReadAll(
    `select date_trunc('minute', ts), acquirer, count(*), quantile_disc(latency_ms, 0.95) from ${source} group by 1, 2`,
  );
  await connection.runAndReadAll(`select client_ip, count(*) n from ${source} group by 1 order by n desc limit 20`);
}

/** A program under /usr/bin/time: CPU and wall seconds, peak MiB. */
function run(command, args, input) {
  const result = spawnSync('/usr/bin/time', ['-f', '%U %S %M %e', command, ...args], {
    maxBuffer: 1 << 30,
    stdio: [input === undefined ? 'ignore' : input, 'pipe', 'pipe'],
  });
  const [user, system, memory, wall] = result.stderr.toString().trim().split('\n').at(-1).split(' ').map(Number);
  return { cpu: user + system, rss: memory / 1024, wall };
}

function show(what, megabytes, runs) {
  const sorted = (pick) => runs.map(pick).sort((a, b) => a - b);
  const cpu = sorted((one) => one.cpu);
  const median = cpu[cpu.length >> 1];
  const wall = runs[0].wall === undefined ? '' : `  wall ${sorted((one) => one.wall)[runs.length >> 1].toFixed(1)} s`;
  console.log(
    `${what.padEnd(46)} median ${(megabytes / median).toFixed(0).padStart(5)}  worst ${(megabytes / cpu.at(-1)).toFixed(0).padStart(5)} MB/CPU-s  ${median.toFixed(2).padStart(7)} CPU-s${wall}  peak ${Math.max(...runs.map(({ rss }) => rss)).toFixed(0)} MiB  (${runs.length}x)`,
  );
  return median;
}

/** Seconds that two programs of one thread take which read the same file at the same time. */
function sideBySide(file) {
  const command = `"${process.execPath}" "${join(root, 'bin/paymedic.js')}" logs "$0" --jobs 1 >/dev/null 2>&1`;
  const started = performance.now();
  const { status } = spawnSync('sh', ['-c', `${command} & ${command}; wait`, file]);
  if (status !== 0) throw new Error(`two programs side by side: exit code ${status}`);
  return (performance.now() - started) / 1000;
}

/**
 * CPU seconds of the threads of one run, from /proc (Linux), and seconds by the clock: the first thread, the others that read, and
 * V8's own, which compile and collect. Those that read are known by their work: V8 has four threads, which do far less each.
 */
async function threadTimes(file, jobs) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'bin/paymedic.js'), 'logs', file, '--jobs', String(jobs)], {
    stdio: 'ignore',
  });
  const seconds = new Map();
  const look = () => {
    for (const thread of readdirSync(`/proc/${child.pid}/task`))
      seconds.set(
        thread,
        Number(readFileSync(`/proc/${child.pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e9,
      );
  };
  // Threads come and go between the list and the look.
  const timer = setInterval(() => {
    try {
      look();
    } catch {}
  }, 5);
  const [code] = await once(child, 'exit');
  const wall = (performance.now() - started) / 1000;
  clearInterval(timer);
  if (code !== 0) throw new Error(`paymedic logs --jobs ${jobs}: exit code ${code}`);
  const first = seconds.get(String(child.pid));
  seconds.delete(String(child.pid));
  const others = [...seconds.values()].sort((a, b) => b - a);
  const reading = others.splice(0, jobs - 1);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  return { wall, first, reading: sum(reading), own: sum(others) };
}

/** Says where the seconds of two threads go, and what would be left if nothing were done twice or one after another. */
async function explainThreads(file, times) {
  if (!existsSync('/proc/self/task')) return;
  const best = async (jobs) => {
    let found;
    for (let i = 0; i < times; i++) {
      const one = await threadTimes(file, jobs);
      if (!found || one.wall < found.wall) found = one;
    }
    return found;
  };
  const [one, two] = [await best(1), await best(2)];
  const work = one.first + one.own;
  const all = two.first + two.reading + two.own;
  const s = (seconds) => `${seconds.toFixed(2)} s`;
  console.log(
    `best run of one thread: ${s(one.wall)}; CPU: reading ${s(one.first)}, V8's own threads on the other core ${s(one.own)}\n` +
      `best run of two: ${s(two.wall)}; CPU: first ${s(two.first)}, second ${s(two.reading)}, V8's own threads ${s(two.own)} on the same two cores\n` +
      `  ${s(all - work)} of CPU more than in one thread; ${s(two.wall - all / 2)} by the clock in which a core had nothing to do\n` +
      `  two cores that share the work of one thread perfectly, with V8's: ${(one.wall / (work / 2)).toFixed(2)} times as fast as one`,
  );
}

const has = (program, flag = '--version') => spawnSync(program, [flag]).status === 0;

async function bench(folder, times, peerMegabytes) {
  const repeat = (act, n = times) => Array.from({ length: n }, act);
  const own = (name, file, n) =>
    repeat(() => {
      const child = spawnSync(process.execPath, ['--expose-gc', self, '--task', name, file, folder]);
      if (child.status !== 0) throw new Error(child.stderr.toString());
      return JSON.parse(child.stdout.toString());
    }, n);
  const cli = (file, jobs, ...before) => {
    const [command, ...words] = [...before, process.execPath];
    return run(command, [...words, join(root, 'bin/paymedic.js'), 'logs', file, '--jobs', String(jobs)]);
  };
  /** Runs each in turn, so that an hour in which the machine is slower is all of theirs. */
  const inTurn = (...acts) => {
    const rounds = repeat(() => acts.map((act) => act()));
    return acts.map((_, i) => rounds.map((round) => round[i]));
  };
  for (const name of ['access.log', 'gateway.jsonl']) {
    const file = join(folder, name);
    const size = statSync(file).size / 1e6;
    const json = name.endsWith('jsonl');
    console.log(`\n${name}, ${size.toFixed(0)} MB`);
    show('split into blocks of lines only', size, own('lines', file));
    show('card numbers alone', size, own('cards', file));
    show('counters alone', size, own('counters', file));
    show(`counters and ${json ? 'lexicon' : '50 signatures'}`, size, own('texts', file));
    const all = show('counters, lexicon, signatures, card numbers', size, own('everything', file));
    const pinned = has('taskset') ? [() => cli(file, 1, 'taskset', '-c', '0')] : [];
    const [one, two, alone] = inTurn(
      () => cli(file, 1),
      () => cli(file, 2),
      ...pinned,
    );
    show('paymedic logs FILE, one thread', size, one);
    show('paymedic logs FILE --jobs 2', size, two);
    const wall = (runs) => runs.map((r) => r.wall).sort((a, b) => a - b)[runs.length >> 1];
    console.log(`two threads are ${(wall(one) / wall(two)).toFixed(2)} times as fast as one`);
    if (alone)
      console.log(
        `two threads on two cores are ${(wall(alone) / wall(two)).toFixed(2)} times as fast as one on one core`,
      );
    const both = repeat(() => ({ wall: sideBySide(file) }));
    console.log(
      `two programs of one thread side by side do ${((2 * wall(one)) / wall(both)).toFixed(2)} times the work of one: the most that two cores of this machine can do`,
    );
    await explainThreads(file, times);
    if (has('rg')) {
      const patterns = join(root, 'bench/logs/patterns.txt');
      const rg = show(
        'ripgrep -c -i -f 50 patterns',
        size,
        repeat(() => run('rg', ['-c', '-i', '--no-mmap', '-f', patterns, file])),
      );
      console.log(`everything takes ${(all / rg).toFixed(2)} times the CPU of ripgrep`);
    }
    const small = join(folder, `peers-${name}`);
    const part = Math.min(size, peerMegabytes);
    const bytes = Buffer.alloc(Math.floor(part * 1e6));
    readSync(openSync(file, 'r'), bytes, 0, bytes.length, 0);
    writeFileSync(small, bytes.subarray(0, bytes.lastIndexOf(10) + 1));
    if (!json && has('goaccess'))
      show(`goaccess --log-format=COMBINED, ${part} MB`, part, [
        run('goaccess', [small, '--log-format=COMBINED', '-o', join(folder, 'out.json')]),
      ]);
    if (json && has('jq'))
      show(`jq select(.level=="error"), ${part} MB`, part, [run('jq', ['-c', 'select(.level=="error")|.msg', small])]);
    if (existsSync(join(root, 'bench/node_modules/@duckdb/node-api')))
      show(`DuckDB, counters and 50 patterns, one thread, ${part.toFixed(0)} MB`, part, own('duckdb', small, 1));
    for (const [name, there] of [
      ['DuckDB (npm install --prefix bench)', existsSync(join(root, 'bench/node_modules/@duckdb/node-api'))],
      ['ripgrep', has('rg')],
      ['jq', !json || has('jq')],
      ['GoAccess', json || has('goaccess')],
    ])
      if (!there) console.log(`${name} is not installed and not compared`);
  }
}

if (first === '--task') await task(second, third, fourth);
else {
  const numbers = process.argv.slice(2).filter((argument) => /^\d+$/.test(argument));
  const peers = process.argv.indexOf('--peers');
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-bench-logs-'));
  try {
    const megabytes = Number(peers === 2 ? 1074 : (numbers[0] ?? 1074));
    makeLogs(folder, megabytes, 42, ['access.log', 'gateway.jsonl']);
    console.log(
      `${cpus()[0].model}, ${availableParallelism()} CPUs, load ${loadavg()[0].toFixed(1)}, Node ${process.version}`,
    );
    await prepare(folder);
    await bench(folder, Number(numbers[1] ?? 5), peers < 0 ? 100 : Number(process.argv[peers + 1]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
