// Measures the capture reader beside cat, tcpdump, tshark, ssldump and ndpiReader on the generated captures, in one run.
// Usage: node bench/captures.mjs DIR [--full]   (DIR as written by captures-generate.mjs; --full gives tshark whole files)
// Peers that cannot finish the flood get its first 200,000 packets. Programs that are missing are named and left out.
// The reader runs in a process of its own and reads the file as the command does, without hashing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const directory = process.argv[2];
const full = process.argv.includes('--full');
if (!directory || !existsSync(join(directory, 'bulk.pcap'))) {
  console.error(
    'usage: node bench/captures.mjs DIR [--full]; write DIR first with: node bench/captures-generate.mjs DIR',
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
const reader = fileURLToPath(new URL('captures-read.mjs', import.meta.url));
const has = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/** Wall, CPU and peak memory of one command, by GNU time. */
function measure(command, args) {
  const started = performance.now();
  const run = spawnSync('/usr/bin/time', ['-f', '%U %S %M', command, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    maxBuffer: 1 << 28,
    timeout: 900_000,
  });
  const wall = (performance.now() - started) / 1000;
  const [user = Number.NaN, system = Number.NaN, kilobytes = Number.NaN] = (
    run.stderr?.toString().trim().split('\n').pop() ?? ''
  )
    .split(' ')
    .map(Number);
  return { wall, cpu: user + system, megabytes: kilobytes / 1000, finished: run.status === 0 };
}

function show(name, size, result) {
  const rate = result.cpu > 0 ? Math.round(size / result.cpu) : 0;
  console.log(
    `  ${name.padEnd(26)} wall ${result.wall.toFixed(2).padStart(8)} s  cpu ${result.cpu.toFixed(2).padStart(8)} s  ${String(rate).padStart(6)} MB per CPU s  ${String(Math.round(result.megabytes)).padStart(6)} MB${result.finished ? '' : '  (did not finish)'}`,
  );
}

const scratch = mkdtempSync(join(tmpdir(), 'paymedic-bench-captures-'));
try {
  for (const shape of ['bulk', 'dense', 'flood']) {
    const file = join(directory, `${shape}.pcap`);
    if (!existsSync(file)) continue;
    const size = statSync(file).size / 1e6;
    console.log(`${shape}: ${Math.round(size)} MB`);
    show('cat', size, measure('cat', [file]));
    const own = spawnSync(process.execPath, [reader, file], { maxBuffer: 1 << 28 });
    const ours = JSON.parse(own.stdout.toString());
    show('paymedic', size, { wall: ours.wall, cpu: ours.cpu, megabytes: ours.peakMegabytes, finished: true });
    console.log(
      `    ${ours.packets} packets, ${ours.flows} flows, ${ours.hellos} hellos, ${ours.serverHellos} server hellos, ${ours.alerts} alerts, ${ours.distinctJa4} distinct JA4, floods ${ours.floods}`,
    );
    if (has('tcpdump')) {
      const dump = measure('tcpdump', ['-r', file, '-w', '/dev/null']);
      show('tcpdump -w /dev/null', size, dump);
      console.log(`    CPU against tcpdump: ${(ours.cpu / dump.cpu).toFixed(1)} times`);
    } else console.log('  tcpdump: not installed');
    let part = file;
    let partSize = size;
    if (!full && has('editcap') && has('tshark')) {
      part = join(scratch, `${shape}.pcap`);
      spawnSync('editcap', ['-r', file, part, shape === 'flood' ? '1-200000' : '1-150000'], { stdio: 'ignore' });
      partSize = statSync(part).size / 1e6;
    }
    if (has('tshark')) {
      const shark = measure('tshark', [
        '-r',
        part,
        '-Y',
        'tls.handshake or tls.alert_message',
        '-T',
        'fields',
        ...FIELDS,
      ]);
      show(part === file ? 'tshark' : `tshark (${Math.round(partSize)} MB of it)`, partSize, shark);
      console.log(`    CPU a megabyte: ${(shark.cpu / partSize / (ours.cpu / size)).toFixed(1)} times ours`);
    } else console.log('  tshark: not installed');
    for (const [program, args] of [
      ['ssldump', ['-j', '-r', part]],
      ['ndpiReader', ['-q', '-i', part]],
    ]) {
      if (has(program)) show(part === file ? program : `${program} (part)`, partSize, measure(program, args));
      else console.log(`  ${program}: not installed`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
