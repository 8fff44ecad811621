import type { ConnectionFact, DiskFact, ProcessFact } from '../small-facts.ts';
import type { FactText } from './context.ts';

/** `tasklist` of Windows, as a table or as CSV: name, number, session, number of it, memory. */
export function readTasks(file: FactText): ProcessFact[] {
  return file.lines.flatMap(({ line, text }) => {
    const match =
      /^"([^"]{1,100})","(\d{1,8})",/.exec(text) ??
      /^(\S.{0,60}?) +(\d{1,8}) \S.* \d+ +[\d.,\u00a0 ]+ \S+\s*$/.exec(text);
    return match
      ? [{ file: file.file, line, user: '', pid: Number(match[2]), started: '', command: match[1]!.trim() }]
      : [];
  });
}

/** `ps` output in any column choice whose last column is the command. */
export function readProcesses(file: FactText): ProcessFact[] {
  const titleAt = file.lines.findIndex(({ text }) => /\bPID\b/.test(text) && /\b(?:COMMAND|CMD|ARGS)\b/.test(text));
  if (titleAt === -1) return [];
  const columns = file.lines[titleAt]!.text.trim().split(/\s+/);
  const at = (...names: string[]): number => columns.findIndex((column) => names.includes(column));
  const [user, pid, parent, started, command] = [
    at('USER', 'UID', 'RUSER'),
    at('PID'),
    at('PPID'),
    at('START', 'STIME', 'STARTED', 'LSTART'),
    at('COMMAND', 'CMD', 'ARGS'),
  ];
  const facts: ProcessFact[] = [];
  for (const { line, text } of file.lines.slice(titleAt + 1)) {
    let cells = text.trim().split(/\s+/);
    if (cells.length <= command || !/^\d+$/.test(cells[pid] ?? '')) continue;
    // `lstart` prints five words: Tue Jan 27 13:00:00 2026.
    if (columns[started] === 'STARTED' && /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)$/.test(cells[started] ?? ''))
      cells = [...cells.slice(0, started), cells.slice(started, started + 5).join(' '), ...cells.slice(started + 5)];
    facts.push({
      file: file.file,
      line,
      user: cells[user] ?? '',
      pid: Number(cells[pid]),
      ...(parent === -1 ? {} : { parent: Number(cells[parent]) }),
      started: cells[started] ?? '',
      command: cells.slice(command).join(' '),
    });
  }
  return facts;
}

const ENDPOINT = /^(.*)[:.](\d{1,5}|\*)$/;

function split(text: string): { address: string; port: number } {
  const match = ENDPOINT.exec(text);
  return match
    ? { address: match[1]!.replace(/^\[|\]$/g, '').replace(/%.*$/, ''), port: match[2] === '*' ? 0 : Number(match[2]) }
    : { address: text, port: 0 };
}

/** A line of Windows' netstat: protocol, both ends, state in its language, number of the process. */
export const SOCKET =
  /^\s*(TCP|UDP)\s+(\S+[:.]\d{1,5})\s+(\S+[:.](?:\d{1,5}|\*))(?:\s+([\p{L}_-]{3,20}(?: \d)?))?(?:\s+\d+)?\s*$/u;

/** States in the words of a German Windows, which alone translates them. */
const STATES: { [word: string]: string } = {
  ABHÖREN: 'LISTEN',
  HERGESTELLT: 'ESTABLISHED',
  WARTEND: 'TIME_WAIT',
  SCHLIESSEN_WARTEN: 'CLOSE_WAIT',
  SYN_GESENDET: 'SYN_SENT',
  LISTENING: 'LISTEN',
};

/** Most connections kept of one list. */
const MOST_CONNECTIONS = 100_000;

/** `ss -tan` and `netstat -an` output. */
export function readConnections(file: FactText): ConnectionFact[] {
  const facts: ConnectionFact[] = [];
  for (const { line, text } of file.lines) {
    if (facts.length >= MOST_CONNECTIONS) break;
    const cells = text
      .trim()
      .split(/\s+/)
      // lsof: `10.0.0.5:44322->203.0.113.9:3333 (ESTABLISHED)`
      .flatMap((cell) =>
        cell.includes('->') ? cell.split('->') : (STATES[cell] ?? cell.replace(/^\((\w+)\)$/, '$1')),
      );
    const ss = cells.findIndex((cell) =>
      /^(?:ESTAB|LISTEN|TIME-WAIT|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|CLOSE-WAIT|LAST-ACK|CLOSING|UNCONN)$/.test(cell),
    );
    const state =
      ss !== -1 && ss <= 1
        ? cells[ss]!
        : cells.find((cell) =>
            /^(?:ESTABLISHED|LISTEN|TIME_WAIT|SYN_SENT|SYN_RECV|FIN_WAIT[12]|CLOSE_WAIT|LAST_ACK|CLOSING)$/.test(cell),
          );
    if (!state) continue;
    const ends = cells.filter((cell) => ENDPOINT.test(cell) && !/^\d+$/.test(cell));
    if (ends.length < 2) continue;
    const [local, remote] = [split(ends[0]!), split(ends[1]!)];
    const process =
      /users:\(\("([^"]{1,60})"/.exec(text)?.[1] ??
      /\b\d+\/([\w.-]{1,40})$/.exec(text)?.[1] ??
      // lsof: command, number, user, descriptor.
      (/->\S+ \([A-Z_0-9]+\)$/.test(text) ? /^(\S{1,40}) +\d{1,8} +\S+ +\d+[a-zA-Z]* /.exec(text)?.[1] : undefined);
    const pid =
      /\bpid=(\d{1,8})\b/.exec(text)?.[1] ??
      /\b(\d{1,8})\/[\w.-]{1,40}$/.exec(text)?.[1] ??
      /^\S{1,40} +(\d{1,8}) +\S+ +\d+[a-zA-Z]* /.exec(text)?.[1];
    facts.push({
      file: file.file,
      line,
      state: state.replace(/_/g, '-').replace('ESTABLISHED', 'ESTAB'),
      local: local.address,
      localPort: local.port,
      remote: remote.address,
      remotePort: remote.port,
      ...(process ? { process } : {}),
      ...(process && pid !== undefined ? { pid: Number(pid) } : {}),
    });
  }
  return facts;
}

/** A line of `df` in any language: device, numbers, percent used, mount point. */
export const DISK_LINE = /^(\S+)\s[^%]*?\s(\d{1,3})%(?:\s+\d+\s+\d+\s+(\d{1,3})%)?\s+(\/\S*)$/;

/** `df`, `df -i`, and the `df` of BSD, which prints both. */
export function readDisks(file: FactText): DiskFact[] {
  let of: DiskFact['of'] = 'space';
  return file.lines.flatMap(({ line, text }) => {
    const match = DISK_LINE.exec(text);
    if (!match) {
      // `Inodes IUsed IFree IUse%` in whatever language: no other title of `df` counts inodes, but BSD's, which has a capacity too.
      if (/\s(?:inodes?|in\u0153uds|i-?nodos|inode)\s/i.test(text)) of = 'inodes';
      else if (/%\s/.test(text)) of = 'space';
      return [];
    }
    const fact = { file: file.file, line, filesystem: match[1]!, mount: match[4]!, text };
    return [
      { ...fact, usedPercent: Number(match[2]), of },
      ...(match[3] === undefined ? [] : [{ ...fact, usedPercent: Number(match[3]), of: 'inodes' as const }]),
    ];
  });
}

/** `sysctl` output in any command transcript: `$ sysctl key` followed by values, or `key = value`. */
export function readKernelSettings(file: FactText): { file: string; line: number; key: string; value: string }[] {
  const facts: { file: string; line: number; key: string; value: string }[] = [];
  for (const [index, { line, text }] of file.lines.entries()) {
    const assigned = /^((?:net|kernel|fs|vm)\.[\w.-]+) ?= ?(.+)$/.exec(text);
    if (assigned) facts.push({ file: file.file, line, key: assigned[1]!, value: assigned[2]!.trim() });
    const asked = /^[$#] ?(?:sysctl(?: -n)?|cat \/proc\/sys\/)\s?((?:net|kernel|fs|vm)[\w./-]+)$/.exec(text);
    const answer = file.lines[index + 1]?.text;
    // `conntrack -C` prints the same count.
    if (/^[$#] ?(?:sudo )?conntrack (?:-C|--count)$/.test(text) && /^\d{1,12}$/.test(answer ?? ''))
      facts.push({ file: file.file, line: line + 1, key: 'net.netfilter.nf_conntrack_count', value: answer! });
    if (asked && answer && !answer.includes('=') && !/^[$#]/.test(answer))
      facts.push({ file: file.file, line: line + 1, key: asked[1]!.replace(/\//g, '.'), value: answer.trim() });
  }
  return facts;
}
