/**
 * Exports of the same time that are one table dealt out over several machines: a balancer gives each payment to one node, and each
 * node writes its own file. Judged one by one, a tester who meets every node is seen at a fraction of his rate, and a second charge
 * on another node not at all. Exports of other shops stay tables of their own.
 */
import { namesTerminals } from './analytics/view.ts';
import { MOST_ROWS } from './builder.ts';
import { markCopies, type Part, type Series } from './series.ts';
import type { Gap, TransactionTable } from './types.ts';

/** Names of a machine or terminal in a path: `node2`, `app-03`, `web_b`, `pos4`, `节点1`. */
const MACHINE =
  /(?:^|[-_./ ])(?:node|host|pod|srv|server|app|web|api|instance|worker|replica|vm|machine|terminal|term|pos|knoten|kasse|caja|nodo|noeud|节点|服务器|终端|ノード|端末)[-_.]?(?:\d{1,8}|[a-h])(?=[-_./ ]|$)/i;
/** Share of the attempts of each file whose merchant the other one knows, too. */
const SHARED = 0.5;

/** The machine that a path names, and the path without it and without numbers (dates, parts). */
function machineOf(path: string): { machine: string; rest: string } | undefined {
  const found = MACHINE.exec(path);
  if (!found) return undefined;
  const machine = found[0].replace(/^[-_./ ]/, '');
  return { machine, rest: path.replace(found[0], '/#').replace(/\d+/g, '0') };
}

/** The one machine, or the one terminal, that a file's rows name; undefined where they name none or several. */
function onlyMachine(table: TransactionTable): string | undefined {
  return onlyValue(table, table.node) ?? (namesTerminals(table) ? onlyValue(table, table.device) : undefined);
}

function onlyValue({ strings, length }: TransactionTable, column: Uint32Array): string | undefined {
  for (let row = 1; row < length; row++) if (column[row] !== column[0]) return undefined;
  return length > 0 && column[0] ? strings[column[0]] : undefined;
}

/** The machine that wrote a series, as its column or its paths say, and what is alike among its peers. */
function writerOf({ parts }: Series): { machine: string; rest: string } | undefined {
  const columns = new Set(parts.map(({ table }) => onlyMachine(table)));
  const [column] = columns;
  const path = machineOf(parts[0]!.table.file);
  if (columns.size === 1 && column !== undefined) return { machine: column, rest: path?.rest ?? '' };
  return parts.every(({ table }) => machineOf(table.file)?.machine === path?.machine) ? path : undefined;
}

/** Attempts by merchant. */
function merchantsOf({ parts }: Series): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { table } of parts) {
    const ids = new Map<number, number>();
    for (const id of table.merchant) ids.set(id, (ids.get(id) ?? 0) + 1);
    for (const [id, count] of ids) counts.set(table.strings[id]!, (counts.get(table.strings[id]!) ?? 0) + count);
  }
  return counts;
}

const shareIn = (own: Map<string, number>, other: Map<string, number>): number => {
  let [all, known] = [0, 0];
  for (const [merchant, count] of own) {
    all += count;
    if (other.has(merchant)) known += count;
  }
  return known / all;
};

/** Stretches that no export of a series covers, its time before and after included. */
function outside({ from, to, gaps }: Series, whole: { from: number; to: number }): Gap[] {
  const [before, after] = [
    { from: whole.from, to: from, named: false },
    { from: to, to: whole.to, named: false },
  ];
  return [before, ...gaps, after].filter((one) => one.to > one.from);
}

/** Attempts of one machine may stay away this many times their usual pause before its file counts as ended. */
const PAUSES = 30;

/** The stretches that lie in all lists. */
function common(lists: readonly Gap[][]): Gap[] {
  return lists.reduce((one, other) =>
    one.flatMap((a) =>
      other
        .map((b) => ({
          from: Math.max(a.from, b.from),
          to: Math.min(a.to, b.to),
          named: a.named && b.named,
          ...(a.unread || b.unread ? { unread: true } : {}),
        }))
        .filter(({ from, to }) => to > from),
    ),
  );
}

/** Makes one series of peers: each row is counted once, and it is told which of them lacks which time. */
function joinedPeers(peers: readonly { series: Series; machine: string }[]): Series {
  const all = peers.map(({ series }) => series);
  const whole = { from: Math.min(...all.map(({ from }) => from)), to: Math.max(...all.map(({ to }) => to)) };
  for (const [i, { parts }] of all.entries())
    for (const part of parts)
      for (const later of all.slice(i + 1).flatMap((other) => other.parts))
        if (part.from <= later.to && later.from <= part.to) markCopies(part, later);
  const absent = all.map((one) => outside(one, whole));
  const thin = all.flatMap((one, i) =>
    absent[i]!.filter(({ from, to }) => to - from > (PAUSES * (one.to - one.from)) / one.rows).map(({ from, to }) => ({
      from,
      to,
      lacks: peers[i]!.machine,
    })),
  );
  const parts: (Part & { machine?: string })[] = peers.flatMap(({ series, machine }) =>
    series.parts.map((part) => ({ ...part, machine })),
  );
  return {
    parts: parts.sort((a, b) => a.from - b.from || (a.table.file < b.table.file ? -1 : 1)),
    ...whole,
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    gaps: common(absent),
    ...(thin.length > 0 ? { thin } : {}),
  };
}

/** Puts the series together that several machines wrote at the same time. @param series of one shape of export. */
export function joinPeers(series: readonly Series[]): Series[] {
  const groups: { series: Series; machine: string; rest: string; merchants: Map<string, number> }[][] = [];
  const alone: Series[] = [];
  for (const one of series) {
    const writer = writerOf(one);
    if (!writer) {
      alone.push(one);
      continue;
    }
    const merchants = merchantsOf(one);
    const group = groups.find(
      (peers) =>
        peers.every(({ machine, rest }) => machine !== writer.machine && rest === writer.rest) &&
        peers.some(({ series: peer }) => peer.from < one.to && one.from < peer.to) &&
        peers.reduce((sum, { series: peer }) => sum + peer.rows, one.rows) <= MOST_ROWS &&
        peers.every(
          (peer) => shareIn(merchants, peer.merchants) >= SHARED && shareIn(peer.merchants, merchants) >= SHARED,
        ),
    );
    const peer = { series: one, ...writer, merchants };
    if (group) group.push(peer);
    else groups.push([peer]);
  }
  return [...alone, ...groups.map((peers) => (peers.length === 1 ? peers[0]!.series : joinedPeers(peers)))];
}
