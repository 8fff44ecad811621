// Opens every capture of the given folders (found by their first bytes, whatever they are called) and compares the number
// of packets with capinfos. Usage: node bench/captures-open.mjs FOLDER...   (capinfos of Wireshark for the comparison)
// Prints each exception and each difference with its explanation; the last line counts them.
import { spawnSync } from 'node:child_process';
import { closeSync, createReadStream, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadSource } from './load-source.mjs';

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('usage: node bench/captures-open.mjs FOLDER...');
  process.exit(2);
}
const { readCapture } = await loadSource('src/capture/index.ts');

const PCAP = /^(?:d4c3b2a1|a1b2c3d4|4d3cb2a1|a1b23c4d|34cdb2a1|a1b2cd34)/;
const PCAPNG = /^0a0d0d0a/;
const PACKED = /^(?:1f8b08|28b52ffd)/;
const NAMED = /\.(?:pcap|pcapng|cap|trace|ntar|dmp|snoop|erf|enc|pkt)\d*(?:\.gz|\.zst)?$/i;

function firstBytes(file) {
  const handle = openSync(file, 'r');
  const bytes = Buffer.alloc(64);
  const got = readSync(handle, bytes, 0, 64, 0);
  closeSync(handle);
  return bytes.subarray(0, got);
}

/** `packets` capinfos could read, and what it says of the file; without packets it cannot tell. */
function capinfos(file) {
  const run = spawnSync('capinfos', ['-M', '-c', '-t', file], { encoding: 'utf8' });
  if (run.error) return { says: 'capinfos is not installed' };
  const packets = /Number of packets:\s*(\d+)/.exec(run.stdout)?.[1];
  const type = /File type:\s*(.*)/.exec(run.stdout)?.[1] ?? '';
  const before = /(?:after|in|at) (?:reading )?(?:packet|record|frame) #?(\d+)/i.exec(run.stderr)?.[1];
  return {
    ...(packets !== undefined ? { packets: Number(packets) } : {}),
    type,
    before: before === undefined ? undefined : Number(before),
    says: run.stderr
      .replace(/^capinfos: /, '')
      .split('\n')
      .filter(Boolean)
      .join(' ')
      .trim(),
  };
}

const totals = { captures: 0, opened: 0, exceptions: 0, equal: 0, explained: 0, unexplained: 0, refused: 0, other: 0 };
let slowest = 0;
for (const file of folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true }).map((name) => join(folder, name)),
)) {
  if (!statSync(file).isFile()) continue;
  const head = firstBytes(file);
  const magic = head.toString('hex', 0, 4);
  const capture = PCAP.test(magic) || PCAPNG.test(magic) || (PACKED.test(magic) && NAMED.test(file));
  if (!capture && !NAMED.test(file)) continue;
  // What version control stores in place of a large file.
  if (head.toString('latin1').startsWith('version https://git-lfs')) continue;
  totals.captures++;
  const began = process.cpuUsage();
  let result;
  try {
    result = await readCapture(createReadStream(file, { highWaterMark: 4 << 20 }), file);
    totals.opened++;
  } catch (error) {
    totals.exceptions++;
    console.log(`EXCEPTION ${file}: ${error.stack}`);
    continue;
  }
  const used = process.cpuUsage(began);
  slowest = Math.max(slowest, (used.user + used.system) / 1000);
  const theirs = capinfos(file);
  const here = result.counts.packets ?? 0;
  const note = result.notes[0] ?? 'no note';
  if (theirs.packets === here) {
    totals.equal++;
    continue;
  }
  const format = result.files[0].format;
  if (format === 'unknown') {
    // Another file format; said so, with what to do.
    if (result.notes.length > 0) totals.refused++;
    else totals.unexplained++;
    console.log(
      `${result.notes.length > 0 ? 'OTHER FORMAT' : 'UNEXPLAINED'} ${file}: capinfos ${theirs.packets ?? '-'} (${theirs.type || theirs.says}); ${note}`,
    );
    continue;
  }
  // capinfos gives no number for files that it cannot read to the end; those it names say where it stopped.
  const damaged = theirs.packets === undefined && theirs.says !== '' && result.notes.length > 0;
  if (damaged) totals.explained++;
  else totals.unexplained++;
  console.log(
    `${damaged ? 'DAMAGED' : 'UNEXPLAINED'} ${file}: capinfos ${theirs.packets ?? '-'} (${theirs.says}), here ${here} (${note})`,
  );
}
console.log(`slowest ${Math.round(slowest)} ms of CPU, peak ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`);
console.log(
  `${totals.captures} captures: ${totals.opened} opened, ${totals.exceptions} exceptions; packets equal to capinfos in ${totals.equal}, ${totals.explained} damaged (both say so), ${totals.refused} of other formats, ${totals.unexplained} unexplained`,
);
process.exit(totals.exceptions + totals.unexplained > 0 ? 1 : 0);
