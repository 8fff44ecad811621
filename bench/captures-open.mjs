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
  return {
    ...(packets !== undefined ? { packets: Number(packets) } : {}),
    type,
    says: run.stderr
      .replace(/^capinfos: /, '')
      .split('\n')
      .filter(Boolean)
      .join(' ')
      .trim(),
  };
}

const totals = { captures: 0, opened: 0, exceptions: 0, equal: 0, damaged: 0, refused: 0, other: 0, unexplained: 0 };
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
  const where = `${file}: capinfos ${theirs.packets ?? '-'} (${theirs.says || theirs.type}), here ${here} (${note})`;
  if (result.files[0].format === 'unknown') {
    // Text that is only called like a capture is none; another format must be said.
    if (theirs.packets === undefined) {
      totals.captures--;
      totals.opened--;
    } else count(result.notes.length > 0 ? 'other' : 'unexplained', where);
    continue;
  }
  // capinfos stops at the first thing it does not know and says what; reading goes on here, and both say why.
  if (theirs.says !== '' && result.notes.length > 0) count('damaged', where);
  else if (/doesn't support|damaged or corrupt/.test(theirs.says)) count('refused', where);
  else count('unexplained', where);
}

function count(kind, where) {
  totals[kind]++;
  console.log(`${kind.toUpperCase()} ${where}`);
}

console.log(`slowest ${Math.round(slowest)} ms of CPU, peak ${Math.round(process.resourceUsage().maxRSS / 1000)} MB`);
console.log(
  `${totals.captures} captures: ${totals.opened} opened, ${totals.exceptions} exceptions; packets as capinfos counts them in ${totals.equal}, ${totals.damaged} damaged or of unknown link types (both say so), ${totals.refused} refused by capinfos and read here, ${totals.other} of other formats (said so), ${totals.unexplained} unexplained`,
);
process.exit(totals.exceptions + totals.unexplained > 0 ? 1 : 0);
