// Scores the card-number detector on a labelled file: node bench/logs/pan.mjs FILE TRUTH [--verbose]
// TRUTH: JSON lines or a JSON array of {line, ...} (1-based; one entry a number; `count` for several), or bare line numbers.
// A line counts as many true positives as it holds labelled numbers; anything found beyond is a false positive.
import { closeSync, createReadStream, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { loadSource } from '../load-source.mjs';

const LISTED = 400;
const [file, truthFile, ...flags] = process.argv.slice(2);
if (!truthFile) {
  console.error('usage: pan.mjs FILE TRUTH [--verbose]');
  process.exit(2);
}
const { CardScanner, FixedColumns, forEachBlock, lineEnd, Places } = await loadSource('bench/logs/pan-entry.ts');

function readTruth(path) {
  const text = readFileSync(path, 'utf8').trim();
  const entries = text.startsWith('[')
    ? JSON.parse(text)
    : text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
  const perLine = new Map();
  for (const entry of entries) {
    const line = typeof entry === 'number' ? entry : entry.line;
    const known = perLine.get(line) ?? { count: 0, kind: entry.kind ?? '?' };
    known.count += entry.count ?? 1;
    perLine.set(line, known);
  }
  return perLine;
}

const truth = readTruth(truthFile);
const head = Buffer.alloc(65_536);
const descriptor = openSync(file, 'r');
const headBytes = head.subarray(0, readSync(descriptor, head, 0, head.length, 0));
closeSync(descriptor);
const megabytes = statSync(file).size / 1e6;
let best = Number.POSITIVE_INFINITY;
let result;
for (let run = 0; run < 3; run++) {
  const scanner = new CardScanner(Buffer.alloc(32), Number.POSITIVE_INFINITY);
  const before = process.cpuUsage();
  const fixed = new FixedColumns();
  fixed.learn(headBytes, 0, headBytes.length);
  const places = new Places();
  // As the product does: blocks are swept for what may be a number, and lines with such a place are looked at.
  await forEachBlock(createReadStream(file, { highWaterMark: 1 << 20 }), ({ bytes, kernel }, end, firstLine) => {
    places.length = 0;
    kernel.sweepCards(end, places);
    let place = 0;
    let line = firstLine;
    for (let start = 0; start < end; line++) {
      const stop = bytes.indexOf(10, start);
      if (line === 1 || fixed.any || (place < places.length && places.at[place] < stop))
        scanner.scan(bytes, start, lineEnd(bytes, start, stop), file, line, 0, fixed);
      while (place < places.length && places.at[place] < stop) place++;
      start = stop + 1;
    }
    return line - firstLine;
  });
  const used = process.cpuUsage(before);
  best = Math.min(best, (used.user + used.system) / 1e6);
  result = scanner;
}
const found = new Map();
for (const hit of result.finish().hits) if (hit.kind !== 'cvv') found.set(hit.line, (found.get(hit.line) ?? 0) + 1);
let right = 0;
let wrong = 0;
let missed = 0;
const missedKinds = new Map();
const wrongLines = [];
const missedLines = [];
for (const [line, count] of found) {
  const wanted = truth.get(line)?.count ?? 0;
  right += Math.min(count, wanted);
  if (count > wanted) {
    wrong += count - wanted;
    wrongLines.push(line);
  }
}
for (const [line, { count, kind }] of truth) {
  const lost = Math.max(0, count - (found.get(line) ?? 0));
  missed += lost;
  if (lost === 0) continue;
  missedKinds.set(kind, (missedKinds.get(kind) ?? 0) + lost);
  missedLines.push(line);
}
const precision = right / (right + wrong || 1);
const recall = right / (right + missed || 1);
console.log(
  `precision ${precision.toFixed(4)}  recall ${recall.toFixed(4)}  true ${right}  false ${wrong}  missed ${missed}`,
);
console.log(
  `${megabytes.toFixed(1)} MB, best of 3: ${best.toFixed(2)} CPU-s, ${(megabytes / best).toFixed(0)} MB per CPU-second`,
);
if (missedKinds.size > 0) console.log('missed by kind:', Object.fromEntries(missedKinds));
const masked = (line) => line.replace(/\d{9,}/g, (run) => `${run.slice(0, 6)}…${run.slice(-4)}`);
if (flags.includes('--verbose')) {
  const lines = readFileSync(file, 'utf8').split('\n');
  for (const line of wrongLines.slice(0, LISTED)) console.log(`false: ${line}: ${masked(lines[line - 1])}`);
  for (const line of missedLines.slice(0, LISTED)) console.log(`missed: ${line}: ${masked(lines[line - 1])}`);
}
process.exitCode = precision >= 0.99 && recall >= 0.97 ? 0 : 1;
