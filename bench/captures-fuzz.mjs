// Mutates captures and reads them: no exception, none that takes more than a second of CPU, memory bounded.
// Usage: node bench/captures-fuzz.mjs COUNT [SEED] FOLDER...   (every capture below 64 KiB in the folders is a seed)
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadSource } from './load-source.mjs';
import { mutate, randomFrom } from './mutate.mjs';

const count = Number(process.argv[2]);
const seed = Number(process.argv[3]);
const folders = process.argv.slice(Number.isInteger(seed) ? 4 : 3);
const seeds = folders.flatMap((folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .filter(
      (file) => statSync(file).isFile() && statSync(file).size < 65_536 && /\.(?:pcap|pcapng|trace|cap)$/.test(file),
    )
    .map((file) => readFileSync(file)),
);
if (!(count > 0) || seeds.length === 0) {
  console.error('usage: node bench/captures-fuzz.mjs COUNT [SEED] FOLDER...');
  process.exit(2);
}
const { readCapture, handshakeRow, ladder } = await loadSource('src/capture/index.ts');
async function* once(bytes, size) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const random = randomFrom(Number.isInteger(seed) ? seed : 1);
let exceptions = 0;
let slowest = 0;
let packets = 0;
const started = performance.now();
for (let run = 0; run < count; run++) {
  const bytes = mutate(seeds[Math.floor(random() * seeds.length)], random);
  const begin = process.cpuUsage();
  try {
    const result = await readCapture(once(bytes, random() < 0.1 ? 61 : 1 << 20), 'fuzz');
    packets += result.counts.packets;
    for (const one of result.handshakes.slice(0, 20)) {
      JSON.stringify(handshakeRow(one));
      ladder(one);
    }
  } catch (error) {
    exceptions++;
    if (exceptions <= 5) console.log(`run ${run}: ${error.stack}`);
  }
  // CPU seconds: a busy machine can stop any process for longer than that.
  const used = process.cpuUsage(begin);
  const took = (used.user + used.system) / 1000;
  if (took > slowest) slowest = took;
  if (took > 1000) console.log(`run ${run}: ${Math.round(took)} ms of CPU`);
  if ((run + 1) % 100_000 === 0) console.log(`${run + 1} runs, ${Math.round((performance.now() - started) / 1000)} s`);
}
console.log(
  JSON.stringify({
    runs: count,
    seeds: seeds.length,
    exceptions,
    slowestCpuMs: Math.round(slowest),
    packets,
    seconds: Math.round((performance.now() - started) / 1000),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1000),
  }),
);
process.exit(exceptions > 0 ? 1 : 0);
