import type { HostGaugeFact } from '../small-facts.ts';
import type { FactText } from './context.ts';

/** Titles of `vmstat`: run queue first, then the columns by name. */
const VMSTAT = /^\s*r\s+b\s+swpd\s+free\s/;
/** `uptime`, and the first line of `w` and `top`. */
export const UPTIME = /\bup\s.{1,60}load averages?: +(\d{1,6}[.,]\d\d),? +(\d{1,6}[.,]\d\d),? +(\d{1,6}[.,]\d\d)\s*$/;
/** Titles of `free` in the language of the machine, and the row below them: a name, then five or six amounts. */
const AMOUNT = String.raw`\d{1,15}(?:[.,]\d{1,3})?(?:[KMGTP]i?|B)?`;
const FREE = new RegExp(`^[^\\d\\s:：][^\\d:：]{0,20}[:：] *(${AMOUNT}(?: +${AMOUNT}){4,5})\\s*$`);
const SWAP = new RegExp(`^[^\\d\\s:：][^\\d:：]{0,20}[:：] *(${AMOUNT}(?: +${AMOUNT}){2})\\s*$`);
/** `ss -s` of iproute2, and the file behind it. */
const SOCKETS = /^TCP: +\d+ +\(estab \d+,.{1,80}?\btimewait (\d{1,9})/;
const SOCKSTAT = /^TCP: inuse \d+ orphan \d+ tw (\d{1,9}) alloc \d+ mem \d+/;
/** A line of the kernel's ring buffer with seconds since the boot, which name no time of day. */
export const KERNEL_LINE = /^(?:<\d{1,3}>)?\[ {0,8}\d{1,9}\.\d{6}\] /;

/** What the kernel says when it runs out of something (mm/oom_kill.c, nf_conntrack_core.c, tcp_input.c). */
const KERNEL_WORDS: [HostGaugeFact['what'], RegExp][] = [
  ['out-of-memory', /\b(?:Out of memory|Memory cgroup out of memory): Kill/],
  ['connection-table-full', /nf_conntrack: (?:nf_conntrack: )?table full/],
  ['syn-queue-full', /Possible SYN flooding on port/],
];

/** `conntrack -S`: counters of a processor since the boot. */
const TRACKED = /^cpu=\d{1,5}\s+(?:searched=\d+ )?found=\d+ .{0,200}\bearly_drop=(\d{1,15})\b/;
/** `ss -l`: state, connections that wait to be accepted, how many may (ss(8); the backlog of listen(2)), local address. */
const LISTENER = /^(?:tcp\s+)?LISTEN\s+(\d{1,9})\s+(\d{1,9})\s+\S{1,100}:(\d{1,5})\s/;
/** `/proc/PID/limits` or `prlimit`, and a count of `/proc/PID/fd` in the same transcript. */
const OPEN_FILES = /^(?:Max open files {2,}|NOFILE +max number of open files +)(\d{1,12}) /;
const COUNTED_FILES = /^[^|]{0,80}\bls (?:-\w{1,5} )?\/proc\/[^|/]{1,60}\/fd\/? *\| *wc -l$/;

const UNITS: { [letter: string]: number } = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40, P: 2 ** 50 };

/** An amount of `free`; without a unit it stays a number of whatever unit the command was asked for. */
function amount(text: string): number {
  const match = /^([\d.,]+)([KMGTP])?/.exec(text)!;
  return Number(match[1]!.replace(',', '.')) * (UNITS[match[2] ?? ''] ?? 1);
}

const amounts = (row: string): number[] => row.trim().split(/ +/).map(amount);

/** Whether a text begins as the output of `ss -s`, `free`, `vmstat`, `uptime` or `/proc/meminfo` does. */
export function isHostState(lines: string[]): boolean {
  const [first, second = ''] = lines.filter((line) => !/^\s*(?:[#$]|$)/.test(line));
  if (first === undefined) return false;
  return (
    (/^Total: \d+/.test(first) && SOCKETS.test(second)) ||
    (/^sockets: used \d+/.test(first) && SOCKSTAT.test(second)) ||
    (/^\s{4,}\D+$/.test(first) && FREE.test(second)) ||
    (/^procs\b/.test(first) && VMSTAT.test(second)) ||
    UPTIME.test(first) ||
    TRACKED.test(first) ||
    /^MemTotal:\s+\d+ kB$/.test(first)
  );
}

function readMemory(file: FactText): HostGaugeFact[] {
  const facts: HostGaugeFact[] = [];
  const kilobytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d{1,15}) kB`, 'm').exec(file.text)?.[1] ?? Number.NaN);
  for (const [index, { line, text }] of file.lines.entries()) {
    if (/^MemAvailable:/.test(text) && kilobytes('MemTotal') > 0)
      facts.push({
        file: file.file,
        line,
        what: 'memory-available',
        value: kilobytes('MemAvailable'),
        of: kilobytes('MemTotal'),
        text,
      });
    const row = FREE.exec(text);
    // The titles above name as many amounts, and none of them is a number.
    if (!row || !/^\s{4,}\D+$/.test(file.lines[index - 1]?.text ?? '')) continue;
    const [total, , free, , buffers, last] = amounts(row[1]!) as [number, number, number, number, number, number];
    const older = /-\/\+ buffers/.test(file.lines[index + 1]?.text ?? '');
    // procps before 3.3.10 printed buffers and cache, which are given back on demand, and no estimate.
    const available = older ? free + buffers + (last ?? 0) : (last ?? free + buffers);
    if (total > 0) facts.push({ file: file.file, line, what: 'memory-available', value: available, of: total, text });
    const below = file.lines[index + (older ? 2 : 1)];
    const swap = below ? SWAP.exec(below.text) : undefined;
    if (below && swap) {
      const [size, used] = amounts(swap[1]!) as [number, number];
      if (size > 0)
        facts.push({ file: file.file, line: below.line, what: 'swap-used', value: used, of: size, text: below.text });
    }
  }
  return facts;
}

/** The second sample of `vmstat` on: the first is the mean since the machine started (vmstat(8)). */
function readVmstat(file: FactText): HostGaugeFact[] {
  const titleAt = file.lines.findIndex(({ text }) => VMSTAT.test(text));
  if (titleAt === -1) return [];
  const columns = file.lines[titleAt]!.text.trim().split(/\s+/);
  const rows = file.lines
    .slice(titleAt + 1)
    .map(({ line, text }) => ({ line, text, cells: text.trim().split(/\s+/).map(Number) }))
    .filter(({ cells }) => cells.length >= columns.length && cells.slice(0, columns.length).every(Number.isFinite));
  const samples = rows.length > 1 ? rows.slice(1) : rows;
  return samples.slice(0, 1000).flatMap(({ line, text, cells }) => [
    {
      file: file.file,
      line,
      what: 'swapping' as const,
      value: cells[columns.indexOf('si')]! + cells[columns.indexOf('so')]!,
      text,
    },
    { file: file.file, line, what: 'waiting-for-disk' as const, value: cells[columns.indexOf('wa')]!, of: 100, text },
  ]);
}

/** Descriptors of one process: its limit, and how many it has, from two commands of a transcript. */
function readDescriptors(file: FactText): HostGaugeFact[] {
  const limits = file.lines.flatMap(({ text }) => OPEN_FILES.exec(text)?.[1] ?? []);
  const at = file.lines.findIndex(({ text }) => COUNTED_FILES.test(text));
  const count = at === -1 ? undefined : file.lines[at + 1];
  // Of several processes nothing says which limit is whose.
  if (limits.length !== 1 || !count || !/^\d{1,12}$/.test(count.text.trim())) return [];
  const value = Number(count.text);
  const text = `${count.text.trim()} of ${limits[0]} open files`;
  return [{ file: file.file, line: count.line, what: 'descriptors', value, of: Number(limits[0]), text }];
}

/** Gauges kept of one file. */
const MOST_GAUGES = 5000;

/**
 * How a machine was doing: `free`, `/proc/meminfo`, `vmstat`, `uptime`, `ss -s`, `ss -l`, `conntrack -S`, limits and descriptors of
 * a process, and what its kernel said without a time of day (`dmesg`). Transcripts of several commands are read alike.
 * @returns one fact a gauge and line; amounts in the unit of the output, with the whole beside them where it is printed.
 */
export function readHostState(file: FactText): HostGaugeFact[] {
  const facts = [...readMemory(file), ...readVmstat(file), ...readDescriptors(file)];
  for (const { line, text } of file.lines) {
    if (facts.length >= MOST_GAUGES) break;
    const load = UPTIME.exec(text);
    if (load)
      facts.push({ file: file.file, line, what: 'load', value: Number(load[1]!.replace(',', '.')), text: text.trim() });
    const waiting = SOCKETS.exec(text) ?? SOCKSTAT.exec(text);
    if (waiting) facts.push({ file: file.file, line, what: 'time-wait', value: Number(waiting[1]), text });
    const queue = LISTENER.exec(text);
    if (queue && Number(queue[2]) > 0)
      facts.push({
        file: file.file,
        line,
        what: 'accept-queue',
        value: Number(queue[1]),
        of: Number(queue[2]),
        port: Number(queue[3]),
        text,
      });
    // Entries that had to go for new ones: the table was full (conntrack(8)).
    const early = Number(TRACKED.exec(text)?.[1] ?? 0);
    if (early > 0)
      facts.push({ file: file.file, line, what: 'connection-table-full', value: early, text: text.trim() });
    if (!KERNEL_LINE.test(text)) continue;
    for (const [what, words] of KERNEL_WORDS)
      if (words.test(text)) facts.push({ file: file.file, line, what, value: 1, text });
  }
  return facts;
}
