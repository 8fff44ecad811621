// Reads one capture in a process of its own and says what it cost: wall, CPU, memory, events. As `paymedic pcap` reads it. Usage: node captures-read.mjs FILE
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { loadSource } from './load-source.mjs';

const file = process.argv[2];
const { readCapture } = await loadSource('src/capture/index.ts');
const { optimizeLater } = await loadSource('src/cli/optimizer.ts');
optimizeLater();

async function* chunks(path) {
  const handle = openSync(path, 'r');
  const buffer = Buffer.allocUnsafeSlow(512 * 1024);
  try {
    for (;;) {
      const read = readSync(handle, buffer, 0, buffer.length, null);
      if (read === 0) return;
      yield buffer.subarray(0, read);
    }
  } finally {
    closeSync(handle);
  }
}

const before = process.resourceUsage();
const start = performance.now();
const result = await readCapture(chunks(file), file);
const wall = (performance.now() - start) / 1000;
const after = process.resourceUsage();
const cpu = (after.userCPUTime + after.systemCPUTime - before.userCPUTime - before.systemCPUTime) / 1e6;
const hellos = result.handshakes.filter((one) => one.clientHello).length;
const megabytes = statSync(file).size / 1e6;
console.log(
  JSON.stringify({
    megabytes: Math.round(megabytes),
    wall: Number(wall.toFixed(2)),
    cpu: Number(cpu.toFixed(2)),
    megabytesPerSecond: Math.round(megabytes / wall),
    peakMegabytes: Math.round(after.maxRSS / 1000),
    packets: result.counts.packets,
    flows: result.counts.flows,
    handshakes: result.handshakes.length,
    hellos,
    serverHellos: result.handshakes.filter((one) => one.serverHello).length,
    certificates: result.handshakes.filter((one) => one.serverCertificates).length,
    alerts: result.handshakes.reduce((sum, one) => sum + one.alerts.filter((alert) => !alert.inferred).length, 0),
    distinctJa4: new Set(result.handshakes.map((one) => one.clientHello?.ja4)).size,
    floods: result.targets.filter((one) => one.synFlood).length,
    verdicts: Object.fromEntries([
      ...result.handshakes.reduce((map, one) => map.set(one.verdict.id, (map.get(one.verdict.id) ?? 0) + 1), new Map()),
    ]),
    notes: result.notes.slice(0, 4),
  }),
);
