// MB per CPU-second of the log pass beside other tools: node bench/logs/speed.mjs [MB] [RUNS]
// Every measurement runs in a process of its own; median and worst of RUNS are printed, slow peers run once.
import { spawnSync } from 'node:child_process';
import {
  createReadStream,
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
import { fileURLToPath } from 'node:url';
import { loadSource } from '../load-source.mjs';
import { makeLogs } from './make-logs.mjs';

const self = fileURLToPath(import.meta.url);
const [first, second] = process.argv.slice(2);

/** In a child: one task over one file; prints CPU seconds and peak memory. */
async function task(name, file) {
  const { CardScanner, compileLexicon, readLogs, forEachLine } = await loadSource('bench/logs/speed-entry.ts');
  const { parse } = await import('yaml');
  const folder = fileURLToPath(new URL('../../knowledge/lexicon/', import.meta.url));
  const entries =
    name === 'pass'
      ? readdirSync(folder).flatMap((f) =>
          parse(readFileSync(join(folder, f), 'utf8')).entries.map((entry) => ({
            software: f.replace('.yaml', ''),
            ...entry,
          })),
        )
      : [];
  const lexicon = compileLexicon(entries);
  const stream = () => createReadStream(file, { highWaterMark: 1 << 20 });
  const before = process.cpuUsage();
  if (name === 'pass') {
    const head = Buffer.alloc(65_536);
    readSync(openSync(file, 'r'), head, 0, head.length, 0);
    await readLogs([{ file, head, chunks: stream }], { lexicon, now: Date.UTC(2026, 8, 20) });
  } else if (name === 'cards') {
    const scanner = new CardScanner(Buffer.alloc(32));
    await forEachLine(stream(), (b, start, end, line) => scanner.scan(b, start, end, file, line, 0));
  } else await forEachLine(stream(), () => {});
  const used = process.cpuUsage(before);
  console.log(JSON.stringify({ cpu: (used.user + used.system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 }));
}

function peer(command, args) {
  const result = spawnSync('/usr/bin/time', ['-f', '%U %S %M', command, ...args], { maxBuffer: 1 << 28 });
  const [user, system, memory] = result.stderr.toString().trim().split('\n').at(-1).split(' ').map(Number);
  return { cpu: user + system, rss: memory / 1024 };
}

function show(what, file, runs) {
  const megabytes = statSync(file).size / 1e6;
  const speeds = runs.map(({ cpu }) => megabytes / cpu).sort((a, b) => b - a);
  console.log(
    `${what.padEnd(34)} median ${speeds[speeds.length >> 1].toFixed(0).padStart(5)}  worst ${speeds.at(-1).toFixed(0).padStart(5)} MB/CPU-s  peak ${Math.max(...runs.map(({ rss }) => rss)).toFixed(0)} MiB  (${runs.length} runs)`,
  );
}

if (first === '--task') await task(second, process.argv[4]);
else {
  const megabytes = Number(first ?? 100);
  const times = Number(second ?? 5);
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-bench-logs-'));
  try {
    makeLogs(folder, megabytes);
    console.log(
      `${cpus()[0].model}, ${availableParallelism()} CPUs, load ${loadavg()[0].toFixed(1)}, Node ${process.version}, ${megabytes} MB a file`,
    );
    const repeat = (run, n = times) => Array.from({ length: n }, run);
    for (const name of ['access.log', 'gateway.jsonl', 'app.log']) {
      const file = join(folder, name);
      console.log(`\n${name}`);
      for (const kind of ['lines', 'cards', 'pass']) {
        show(
          `paymedic: ${{ lines: 'split lines only', cards: 'card numbers alone', pass: 'everything' }[kind]}`,
          file,
          repeat(() => JSON.parse(spawnSync(process.execPath, [self, '--task', kind, file]).stdout.toString())),
        );
      }
      const patterns = join(folder, 'patterns');
      writeFileSync(
        patterns,
        [
          'union\\s+select',
          "'\\s*or\\s+1=1",
          '<script',
          '\\.\\./\\.\\./',
          'etc/passwd',
          'cmd\\.exe',
          '\\$\\{jndi:',
          'wp-login',
          '\\.git/config',
          'phpunit',
        ].join('\n'),
      );
      if (spawnSync('rg', ['--version']).status === 0)
        show(
          'ripgrep -c -i -f 10 patterns',
          file,
          repeat(() => peer('rg', ['-c', '-i', '--no-mmap', '-f', patterns, file])),
        );
      if (existsSync('/usr/bin/grep'))
        show(
          'grep -c literal',
          file,
          repeat(() => peer('grep', ['-c', 'Connection refused', file])),
        );
      if (name === 'access.log' && spawnSync('goaccess', ['--version']).status === 0)
        show('goaccess --log-format=COMBINED', file, [
          peer('goaccess', [file, '--log-format=COMBINED', '-o', join(folder, 'out.json')]),
        ]);
      if (name === 'gateway.jsonl' && spawnSync('jq', ['--version']).status === 0)
        show('jq select(.level=="error")', file, [peer('jq', ['-c', 'select(.level=="error")|.msg', file])]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
