// The capture reader beside cat, tcpdump, tshark, ssldump and ndpiReader on the generated captures, in one run.
// Usage: node bench/captures.mjs DIR [--quick]      (DIR written by captures-generate.mjs)
// Bulk and dense are read whole by everybody; of the flood, which most cannot finish, the peers that follow connections
// get the first 200,000 packets. --quick gives them a part of every capture. Missing programs are named and left out.
// The reader runs in a process of its own and reads the file as the command does, without hashing (the manifest's
// SHA-256 is measured apart: node's createHash does about 1.5 GB a second).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = process.argv[2];
const quick = process.argv.includes('--quick');
if (!directory || !existsSync(join(directory, 'bulk.pcap'))) {
  console.error(
    'usage: node bench/captures.mjs DIR [--quick]; write DIR first with: node bench/captures-generate.mjs DIR',
  );
  process.exit(2);
}
const FIELDS = [
  'tls.handshake.type',
  'tls.handshake.version',
  'tls.handshake.ciphersuite',
  'tls.handshake.extensions_server_name',
  'tls.handshake.extensions_alpn_str',
  'tls.handshake.extensions_supported_group',
  'tls.handshake.ja3',
  'tls.handshake.ja3s',
  'tls.handshake.session_id',
  'tls.handshake.random',
  'x509sat.uTF8String',
  'tls.alert_message.desc',
].flatMap((field) => ['-e', field]);
const PART_PACKETS = { bulk: 150_000, dense: 150_000, flood: 200_000 };
/** What a shape must show: MB a second on one core, peak memory in MB, and how many times tshark's CPU a megabyte. */
const TARGETS = {
  bulk: { rate: 1500, megabytes: 256, tshark: 20, tcpdump: 4 },
  dense: { rate: 600, megabytes: 256, tshark: 15 },
  flood: { megabytes: 256 },
};
const TIME_LIMIT_SECONDS = 240;
const reader = fileURLToPath(new URL('captures-read.mjs', import.meta.url));
const expectedFile = join(directory, 'expected.json');
const expected = existsSync(expectedFile) ? JSON.parse(readFileSync(expectedFile, 'utf8')) : {};
const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Wall, CPU and peak memory of one command, by GNU time. */
function measure(command, args) {
  const started = performance.now();
  const run = spawnSync('/usr/bin/time', ['-f', '%U %S %M', 'timeout', String(TIME_LIMIT_SECONDS), command, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
  });
  const wall = (performance.now() - started) / 1000;
  const [user = Number.NaN, system = Number.NaN, kilobytes = Number.NaN] = (
    run.stderr?.toString().trim().split('\n').pop() ?? ''
  )
    .split(' ')
    .map(Number);
  return { wall, cpu: user + system, megabytes: kilobytes / 1000, finished: run.status === 0 };
}

/** Runs by CPU, the best first: other work on the machine only ever adds. `pinned` holds every thread on one core. */
function measureOurs(file, pinned = []) {
  const [command, ...args] = [...pinned, process.execPath, reader, file];
  const runs = [1, 2, 3, 4, 5].map(() => {
    const own = spawnSync(command, args, { maxBuffer: 1 << 28 });
    return JSON.parse(own.stdout.toString());
  });
  return runs.sort((a, b) => a.cpu - b.cpu);
}

const asRow = (run) => ({ wall: run.wall, cpu: run.cpu, megabytes: run.peakMegabytes, finished: true });

const rows = [];
function row(shape, name, size, result, note = '') {
  rows.push({ shape, name, size, ...result, note });
  const rate = result.cpu > 0 ? Math.round(size / result.cpu) : 0;
  console.log(
    `  ${name.padEnd(22)} ${String(Math.round(size)).padStart(5)} MB  wall ${result.wall.toFixed(2).padStart(7)} s  cpu ${result.cpu.toFixed(2).padStart(7)} s  ${String(rate).padStart(5)} MB/CPU-s  ${String(Math.round(result.megabytes)).padStart(5)} MB memory${result.finished ? '' : '  did not finish'}${note}`,
  );
}

const verdicts = [];
function check(shape, what, good, value) {
  verdicts.push(`${good ? 'holds ' : 'MISSED'}  ${shape.padEnd(6)} ${what}: ${value}`);
}

function checkEvents(shape, ours) {
  const wanted = expected[shape];
  if (!wanted) return check(shape, 'no TLS event lost', false, 'no expected.json beside the captures');
  const found = {
    packets: ours.packets,
    flows: ours.flows,
    ...Object.fromEntries(Object.keys(wanted.events).map((key) => [key, ours[key]])),
  };
  const should = { packets: wanted.packets, flows: wanted.flows, ...wanted.events };
  const lost = Object.keys(should).filter((key) => found[key] !== should[key]);
  check(
    shape,
    'no TLS event lost',
    lost.length === 0,
    lost.length === 0
      ? `${ours.hellos} hellos, ${ours.serverHellos} server hellos, ${ours.certificates} chains, ${ours.alerts} alerts`
      : lost.map((key) => `${key} ${found[key]} of ${should[key]}`).join(', '),
  );
}

const scratch = mkdtempSync(join(tmpdir(), 'paymedic-bench-captures-'));
try {
  for (const shape of ['bulk', 'dense', 'flood']) {
    const file = join(directory, `${shape}.pcap`);
    if (!existsSync(file)) continue;
    const size = statSync(file).size / 1e6;
    const target = TARGETS[shape];
    console.log(shape);
    row(shape, 'cat', size, measure('cat', [file]));
    const [ours] = measureOurs(file);
    row(shape, 'paymedic', size, asRow(ours));
    checkEvents(shape, ours);
    if (target.rate) {
      // Left free, V8 compiles and collects on the other cores, which is sooner done and costs more CPU in all.
      const runs = has('taskset') ? measureOurs(file, ['taskset', '-c', '0']) : measureOurs(file);
      row(shape, 'paymedic, one core', size, asRow(runs[0]));
      const rates = runs.map(({ wall, cpu }) => Math.round(size / (has('taskset') ? wall : cpu)));
      check(
        shape,
        `${target.rate} MB a second on one core`,
        rates[0] >= target.rate,
        `${rates.join(', ')} in five runs`,
      );
    }
    check(
      shape,
      `at most ${target.megabytes} MB of memory`,
      ours.peakMegabytes <= target.megabytes,
      ours.peakMegabytes,
    );
    if (shape === 'flood') check(shape, 'the flood is named', ours.floods > 0, ours.floods);
    if (has('tcpdump')) {
      const dump = measure('tcpdump', ['-r', file, '-w', '/dev/null']);
      row(shape, 'tcpdump -w /dev/null', size, dump);
      if (target.tcpdump)
        check(
          shape,
          `at most ${target.tcpdump} times the CPU of tcpdump`,
          ours.cpu <= target.tcpdump * dump.cpu,
          (ours.cpu / dump.cpu).toFixed(1),
        );
    } else console.log('  tcpdump: not installed');
    let part = file;
    if ((quick || shape === 'flood') && has('editcap')) {
      part = join(scratch, `${shape}.pcap`);
      spawnSync('editcap', ['-F', 'pcap', '-r', file, part, `1-${PART_PACKETS[shape]}`], { stdio: 'ignore' });
    }
    const partSize = statSync(part).size / 1e6;
    const tsharkArguments = ['-r', part, '-Y', 'tls.handshake or tls.alert_message', '-T', 'fields', ...FIELDS];
    for (const [program, args] of [
      ['tshark', tsharkArguments],
      ['ssldump', ['-n', '-j', '-r', part]],
      ['ndpiReader', ['-q', '-i', part]],
    ]) {
      if (!has(program)) {
        console.log(`  ${program}: not installed`);
        continue;
      }
      const peer = measure(program, args);
      row(shape, program, partSize, peer);
      const ratio = peer.cpu / partSize / (ours.cpu / size);
      if (program === 'tshark' && target.tshark)
        check(shape, `at least ${target.tshark} times as fast as tshark`, ratio >= target.tshark, ratio.toFixed(1));
    }
  }
  console.log('\nCPU seconds a megabyte, as multiples of ours');
  const shapes = [...new Set(rows.map((one) => one.shape))];
  console.log(`  ${'program'.padEnd(22)}${shapes.map((shape) => shape.padStart(10)).join('')}`);
  for (const name of new Set(rows.map((one) => one.name))) {
    const cells = shapes.map((shape) => {
      const peer = rows.find((one) => one.name === name && one.shape === shape);
      const ours = rows.find((one) => one.name === 'paymedic' && one.shape === shape);
      if (!peer) return '-';
      return `${peer.finished ? '' : '>'}${(peer.cpu / peer.size / (ours.cpu / ours.size)).toFixed(2)}`;
    });
    console.log(`  ${name.padEnd(22)}${cells.map((cell) => cell.padStart(10)).join('')}`);
  }
  console.log(`\n${verdicts.join('\n')}`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
