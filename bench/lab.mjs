// Scores verdicts on a folder of labelled captures: DIR/expected.tsv with columns capture, truth. Where a capture leaves
// room for more than one right answer, truth names them separated by |.
// The folder is read as one input, because captures explain each other. Usage: npm run bench:lab -- DIR
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadSource } from './load-source.mjs';

const directory = process.argv[2];
if (!directory || !existsSync(join(directory, 'expected.tsv'))) {
  console.error('usage: npm run bench:lab -- DIR   (DIR holds expected.tsv and the captures it names)');
  process.exit(2);
}
const { readCaptures } = await loadSource('src/capture/index.ts');

const rows = readFileSync(join(directory, 'expected.tsv'), 'utf8')
  .split(/\r?\n/)
  .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  .map((line) => line.split('\t'));
const header = rows[0].map((cell) => cell.trim().toLowerCase());
const hasHeader = header.includes('capture') && header.includes('truth');
const captureColumn = hasHeader ? header.indexOf('capture') : 0;
const truthColumn = hasHeader ? header.indexOf('truth') : 1;
const expected = new Map(
  (hasHeader ? rows.slice(1) : rows).map((row) => [row[captureColumn].trim(), (row[truthColumn] ?? '').trim()]),
);

const names = readdirSync(directory);
const fileOf = (capture) =>
  names.find((name) => name === capture) ??
  names.find((name) => name.replace(/\.(?:pcap|pcapng|cap|trace)(?:\.gz|\.zst)?$/, '') === capture);
const files = names.filter((name) => /\.(?:pcap|pcapng|cap|trace)(?:\.gz|\.zst)?$/.test(name));
for (const capture of expected.keys()) {
  const file = fileOf(capture);
  if (file && !files.includes(file)) files.push(file);
}
const result = await readCaptures(
  files.sort().map((file) => ({ file, source: createReadStream(join(directory, file), { highWaterMark: 4 << 20 }) })),
);

const NEUTRAL = new Set(['ok', 'no_tls', 'no_data', 'not_visible', 'incomplete_capture']);

/**
 * The verdict of a capture: that of most failed handshakes; among equals the surer, then the earlier one. Verdicts below
 * a claim (0.5) count only where nothing succeeded, and what could not be judged only where there is nothing else.
 */
function verdictOf(file) {
  const flows = result.handshakes.filter((handshake) => handshake.file === file);
  const failed = flows.filter((handshake) => !NEUTRAL.has(handshake.verdict.id));
  const claims = failed.filter((handshake) => handshake.verdict.confidence >= 0.5);
  const good = flows.filter((handshake) => handshake.verdict.id === 'ok');
  const pool = [claims, good, failed, flows].find((group) => group.length > 0) ?? [];
  const tally = new Map();
  for (const flow of pool) {
    const entry = tally.get(flow.verdict.id) ?? { count: 0, confidence: 0, first: flow.firstFrame };
    entry.count++;
    entry.confidence = Math.max(entry.confidence, flow.verdict.confidence);
    tally.set(flow.verdict.id, entry);
  }
  // No connection that could be listed: nothing of a handshake is visible.
  return (
    [...tally].sort(
      (a, b) => b[1].count - a[1].count || b[1].confidence - a[1].confidence || a[1].first - b[1].first,
    )[0]?.[0] ?? 'not_visible'
  );
}

const confusion = new Map();
let right = 0;
for (const [capture, truth] of expected) {
  const file = fileOf(capture);
  const got = file ? verdictOf(file) : 'file missing';
  const good = truth.split('|').includes(got);
  if (good) right++;
  confusion.set(truth, [...(confusion.get(truth) ?? []), got]);
  console.log(`${good ? 'right' : 'WRONG'}  ${capture.padEnd(28)} ${truth.padEnd(34)} ${good ? '' : got}`);
}
console.log('\ntruth -> verdicts');
for (const [truth, verdicts] of [...confusion].sort()) {
  const counts = new Map();
  for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  console.log(`${truth.padEnd(36)} ${[...counts].map(([verdict, count]) => `${verdict} ${count}`).join(', ')}`);
}

// One row a flow, when the folder has such a table: mtls.expected.tsv and the like.
for (const table of names.filter((name) => name.endsWith('.expected.tsv'))) {
  const file = fileOf(table.replace(/\.expected\.tsv$/, ''));
  if (!file) continue;
  const [head, ...lines] = readFileSync(join(directory, table), 'utf8')
    .split(/\r?\n/)
    .filter(Boolean)
    .map((line) => line.split('\t'));
  const column = (name) => head.indexOf(name);
  let flowsRight = 0;
  for (const line of lines) {
    const flow = result.handshakes.find(
      (one) =>
        one.file === file &&
        one.client.port === Number(line[column('clientPort')]) &&
        one.server.port === Number(line[column('serverPort')]),
    );
    const truth = line[column('truth')];
    if (flow && truth.split('|').includes(flow.verdict.id)) flowsRight++;
    else console.log(`WRONG  ${table} ${line.join(' ')} -> ${flow?.verdict.id} (${flow?.verdict.says})`);
  }
  console.log(`${table}: ${flowsRight} of ${lines.length} flows right`);
}
for (const note of result.notes) console.log(`note: ${note}`);
console.log(`${((100 * right) / Math.max(1, expected.size)).toFixed(1)}`);
