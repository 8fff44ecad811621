/** Terminal text of the capture views. Pure; evidence passes through safeText here and nowhere else. */

import { safeText } from '../report/safe-text.ts';
import { columnWidths, table } from '../report/table.ts';
import { wrap } from '../report/width.ts';
import { suiteName, versionName } from '../tls/registries/index.ts';
import type { HandshakeObservation, TargetObservation } from '../tls/types.ts';
import { counted } from '../wording.ts';
import type { LadderSteps, View, ViewSuppliers } from './commands/pcap.ts';

export interface ViewOptions {
  width: number;
  unicode: boolean;
  limit: number;
  all: boolean;
}

/** Verdicts that are no failure. */
const CALM: ReadonlySet<string> = new Set(['ok', 'no_tls', 'no_data', 'not_visible', 'incomplete_capture']);

const MAX_FLOWS_NAMED = 12;
/** Below this the tables of connections and servers would break every word of their many columns. */
const TABLE_WIDTH = 120;

const endpoint = (one: { address: string; port: number }) =>
  one.address.includes(':') ? `[${one.address}]:${one.port}` : `${one.address}:${one.port}`;
const share = (part: number, whole: number) => (whole === 0 ? '-' : `${Math.round((100 * part) / whole)} %`);
const clock = (ms: number) =>
  ms > 0 && ms < 8.64e15 ? new Date(ms).toISOString().replace('T', ' ').slice(0, 23) : 'no time';
const counts = (list: readonly [string, number][]) => list.map(([name, count]) => `${name} ${count}`).join(', ');

function lines(
  head: readonly string[],
  shares: readonly number[],
  rows: readonly (readonly string[])[],
  options: ViewOptions,
): string {
  const safe = rows.map((row) => row.map((cell) => safeText(cell)));
  return `${table(head, safe, columnWidths(options.width, shares, [head, ...safe]), options.unicode, false).join('\n')}\n`;
}

export function renderCaptureViews(
  views: readonly View[],
  handshakes: readonly HandshakeObservation[],
  targets: readonly TargetObservation[],
  suppliers: ViewSuppliers,
  options: ViewOptions,
): string {
  const parts = [headline(handshakes, targets)];
  for (const view of views) {
    if (view === 'flows') parts.push(flowTable(handshakes, options));
    else if (view === 'clients') parts.push(clientTable(suppliers.clients(), options));
    else if (view === 'servers') parts.push(serverTable(suppliers.servers(), options));
    else if (view === 'timeline') parts.push(timelineTable(suppliers.timeline(), options));
  }
  return `${parts.join('\n')}`;
}

function headline(handshakes: readonly HandshakeObservation[], targets: readonly TargetObservation[]): string {
  const ok = handshakes.filter((one) => one.verdict.id === 'ok').length;
  const failed = handshakes.filter((one) => !CALM.has(one.verdict.id));
  const kinds = new Map<string, number>();
  for (const one of failed) kinds.set(one.verdict.id, (kinds.get(one.verdict.id) ?? 0) + 1);
  const ranked = [...kinds].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const floods = targets
    .filter((target) => target.synFlood)
    .map(
      (target) =>
        `SYN flood against ${endpoint(target.server)}: ${counted(target.unanswered, 'opening')} from about ${target.distinctClients} addresses\n`,
    );
  const open = handshakes.length - ok - failed.length;
  return `${counted(handshakes.length, 'connection')}: ${counted(ok, 'handshake')} complete, ${failed.length} failed, ${open} without TLS or not judged\n${ranked.length > 0 ? `failures: ${counts(ranked)}\n` : ''}${floods.join('')}`;
}

/** Failed handshakes of the same kind between the same hosts as one entry; with --all every connection as a line. */
function flowTable(handshakes: readonly HandshakeObservation[], options: ViewOptions): string {
  if (options.all) return everyFlow(handshakes, options);
  const groups = new Map<string, HandshakeObservation[]>();
  for (const one of handshakes) {
    if (CALM.has(one.verdict.id)) continue;
    const key = [
      one.verdict.id,
      one.verdict.says.slice(0, 40),
      one.client.address,
      endpoint(one.server),
      one.clientHello?.sni,
    ].join(' ');
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  // Numbers count within a capture.
  const several = severalFiles(handshakes);
  if (groups.size === 0) return 'no failed handshake (--all lists every connection)\n';
  const ranked = [...groups.values()].sort((a, b) => b.length - a.length || a[0]!.time - b[0]!.time);
  const shown = ranked.slice(0, options.limit).map((group) => {
    const first = group[0]!;
    const last = group[group.length - 1]!;
    const { verdict } = first;
    const facts = [
      `${first.client.address} -> ${endpoint(first.server)}`,
      first.clientHello?.sni ?? '',
      first.serverHello
        ? `${versionName(first.serverHello.version)} ${suiteName(first.serverHello.suite)}`
        : first.protocol,
    ].filter(Boolean);
    const when = group.length === 1 ? clock(first.time) : `${clock(first.time)} to ${clock(last.time)}`;
    const named = group.slice(0, MAX_FLOWS_NAMED);
    const flows = `flow${group.length > 1 ? 's' : ''} ${several ? byFile(named) : named.map((one) => one.flow).join(', ')}${group.length > named.length ? ', ...' : ''}`;
    const head = `${group.length} x ${verdict.id} (${verdict.side}, confidence ${verdict.confidence}${verdict.inferred ? ', inferred' : ''})`;
    const body = [facts.join('  '), verdict.says, `${when}; ${flows}; frames ${verdict.frames.slice(0, 6).join(', ')}`];
    return `${safeText(head)}\n${body
      .flatMap((line) => wrap(safeText(line), options.width - 4))
      .map((line) => `    ${line}\n`)
      .join('')}`;
  });
  const more = ranked.length > shown.length ? `${ranked.length - shown.length} more (--limit)\n` : '';
  return `${shown.join('')}${more}`;
}

function severalFiles(handshakes: readonly HandshakeObservation[]): boolean {
  return handshakes.some((one) => one.file !== handshakes[0]!.file);
}

/** `1, 3 of a.pcap; 2 of b.pcap`. */
function byFile(flows: readonly HandshakeObservation[]): string {
  const numbers = new Map<string, number[]>();
  for (const one of flows) numbers.set(one.file, [...(numbers.get(one.file) ?? []), one.flow]);
  return [...numbers].map(([file, list]) => `${list.join(', ')} of ${file}`).join('; ');
}

function everyFlow(handshakes: readonly HandshakeObservation[], options: ViewOptions): string {
  const several = severalFiles(handshakes);
  const rows = handshakes
    .slice(0, options.limit)
    .map((one) => [
      ...(several ? [one.file] : []),
      options.width < TABLE_WIDTH ? `flow ${one.flow}` : String(one.flow),
      clock(one.time).slice(11),
      `${endpoint(one.client)} -> ${endpoint(one.server)}`,
      one.clientHello?.sni ?? '',
      one.serverHello ? versionName(one.serverHello.version) : one.protocol,
      one.verdict.id,
    ]);
  const more = handshakes.length > rows.length ? `${handshakes.length - rows.length} more (--limit)\n` : '';
  if (options.width < TABLE_WIDTH)
    return `${rows
      .flatMap((row) =>
        wrap(safeText(row.filter(Boolean).join('  ')), options.width - 4).map(
          (part, index) => `${index > 0 ? '    ' : ''}${part}\n`,
        ),
      )
      .join('')}${more}`;
  return `${lines(
    [...(several ? ['capture'] : []), 'flow', 'time', 'connection', 'name', 'protocol', 'verdict'],
    [...(several ? [4] : []), 1, 3, 6, 4, 2, 5],
    rows,
    options,
  )}${more}`;
}

function clientTable(groups: ReturnType<ViewSuppliers['clients']>, options: ViewOptions): string {
  const rows = groups
    .slice(0, options.limit)
    .map((group) => [
      group.ja4,
      group.version,
      `${group.addresses.join(', ')}${group.addressCount > group.addresses.length ? `, ${group.addressCount} in all` : ''}`,
      String(group.attempts),
      share(group.succeeded, group.succeeded + group.failed),
      counts(group.verdicts),
    ]);
  return lines(
    ['client (JA4)', 'offers', 'addresses', 'tries', 'success', 'failures'],
    [5, 2, 5, 1, 2, 5],
    rows,
    options,
  );
}

function serverTable(servers: ReturnType<ViewSuppliers['servers']>, options: ViewOptions): string {
  const time = (value: { p50: number; p95: number } | undefined) =>
    value ? `${milliseconds(value.p50)} / ${milliseconds(value.p95)}` : '-';
  if (options.width < TABLE_WIDTH)
    return servers
      .slice(0, options.limit)
      .map((server) =>
        [
          `${[server.server, server.names.join(', ')].filter(Boolean).join(' ')}: ${server.succeeded} of ${server.succeeded + server.failed} judged handshakes complete`,
          counts([...server.versions, ...server.suites, ...server.groups]),
          ...server.certificates.map((one) => `certificate ${one.subject}, to ${clock(one.notAfter).slice(0, 10)}`),
          server.connect || server.handshake
            ? `p50 / p95 in ms: TCP ${time(server.connect)}, TLS ${time(server.handshake)}`
            : '',
          server.verdicts.length > 0 ? `failures: ${counts(server.verdicts)}` : '',
        ]
          .filter(Boolean)
          .flatMap((line, index) =>
            wrap(safeText(line), options.width - 4).map((part) => `${index > 0 ? '    ' : ''}${part}\n`),
          )
          .join(''),
      )
      .join('');
  const rows = servers
    .slice(0, options.limit)
    .map((server) => [
      `${server.server} ${server.names.join(', ')}`.trim(),
      counts([...server.versions, ...server.suites, ...server.groups]),
      server.certificates.map((one) => `${one.subject}, to ${clock(one.notAfter).slice(0, 10)}`).join('; '),
      time(server.connect),
      time(server.handshake),
      share(server.succeeded, server.succeeded + server.failed),
      counts(server.verdicts),
    ]);
  return lines(
    ['server', 'chosen', 'certificate', 'TCP ms p50 / p95', 'TLS ms p50 / p95', 'success', 'failures'],
    [4, 4, 4, 2, 2, 2, 4],
    rows,
    options,
  );
}

/** Two digits where one would read as nothing. */
const milliseconds = (value: number) => value.toFixed(value < 1 ? 2 : 1);

function timelineTable(line: ReturnType<ViewSuppliers['timeline']>, options: ViewOptions): string {
  if (line.buckets.length === 0) return 'no handshake to place in time\n';
  const most = Math.max(...line.buckets.map((bucket) => bucket.succeeded + bucket.failed));
  const bar = (count: number, sign: string) => sign.repeat(Math.ceil((20 * count) / most));
  const rows = line.buckets.map((bucket) => [
    clock(bucket.start).slice(0, 19),
    String(bucket.succeeded),
    String(bucket.failed),
    `${bar(bucket.succeeded, '=')}${bar(bucket.failed, 'x')}`,
    counts(bucket.verdicts),
  ]);
  return lines(['time (UTC)', 'ok', 'failed', 'share', 'failures'], [4, 1, 1, 4, 6], rows, options);
}

export function renderLadder(one: HandshakeObservation, steps: LadderSteps, width: number): string {
  const head = `flow ${one.flow} of ${one.file}\n${endpoint(one.client)} -> ${endpoint(one.server)}, ${clock(one.time)} UTC\n`;
  const body = steps.map((step) => {
    const after = step.after === undefined ? '' : `${step.after.toFixed(3)} ms`;
    const arrow = step.from === 'client' ? '-->' : step.from === 'server' ? '<--' : '-x-';
    const frame = step.frame === undefined ? '' : `#${step.frame}`;
    return safeText(`${after.padStart(14)} ${frame.padStart(8)} ${arrow} ${step.says}`, Math.max(120, width * 3));
  });
  const { verdict } = one;
  const inferred = verdict.inferred ? ', inferred' : '';
  const verdictLine = `verdict: ${verdict.id} (${verdict.side}, ${verdict.layer}, confidence ${verdict.confidence}${inferred}), frames ${verdict.frames.join(', ') || 'none'}\n  ${verdict.says}`;
  return `${safeText(head.split('\n')[0]!)}\n${safeText(head.split('\n')[1]!)}\n${body.join('\n')}\n${verdictLine
    .split('\n')
    .map((line) => safeText(line))
    .join('\n')}\n`;
}
