/** What the fast lanes and the general readers say of the same log. */
import { expect } from 'vitest';
import { type ReadLogsOptions, readLogs } from '../../src/logs/index.ts';
import { summarise } from '../../src/logs/summary.ts';
import { RowColumns, readRows } from '../../src/logs/traffic/rows.ts';
import type { Traffic } from '../../src/logs/traffic/traffic.ts';
import type { LogObservations } from '../../src/logs/types.ts';
import { input, lexicon, NOW } from './read.ts';

/** Everything that was read, with ids replaced by what they stand for. */
export function told(logs: LogObservations) {
  const { requests } = logs;
  const text = (column: Uint32Array, row: number) => requests.strings[column[row]!];
  return {
    sources: logs.sources,
    rows: Array.from({ length: requests.length }, (_, row) => [
      requests.time[row],
      requests.line[row],
      text(requests.client, row),
      text(requests.method, row),
      text(requests.path, row),
      text(requests.query, row),
      requests.status[row],
      requests.bytes[row],
      text(requests.referer, row),
      text(requests.userAgent, row),
      text(requests.host, row),
      requests.requestTime[row],
      text(requests.upstream, row),
      text(requests.termination, row),
      text(requests.merchant, row),
      requests.upstreamConnect[row],
      requests.upstreamHeader[row],
      requests.upstreamResponse[row],
      requests.upstreamStatus[row],
    ]),
    records: logs.records.map((record) => ({ ...record, fields: record.fields })),
    recordTotal: logs.recordTotal,
    events: logs.events,
    templates: logs.templates,
    cards: logs.cards,
    signatures: logs.signatures,
    traffic: counted(logs.traffic),
    operations: counted(logs.operations),
    summary: summarise(logs),
  };
}

/** Everything that was counted of requests or operations, with names for ids and in an order of its own. */
function counted(traffic: Traffic) {
  const { addresses, endpoints, upstreams, statuses, total, failures } = traffic;
  const columns = new RowColumns();
  const rowsOf = (minute: number): string[] => {
    const rows: string[] = [];
    for (const piece of traffic.minutes.piecesOf(minute))
      for (let at = piece.from; at < piece.to; ) {
        at = readRows(piece, at, columns);
        for (let i = 0; i < columns.length; i++)
          rows.push(
            [
              addresses.name(columns.client[i]!),
              endpoints.names[columns.endpoint[i]!],
              upstreams.names[columns.upstream[i]!],
              columns.failed[i],
              columns.seconds[i],
              columns.refused[i],
            ].join(' '),
          );
      }
    return rows.sort();
  };
  const named = ({ names, counts }: Traffic['endpoints']): string[] =>
    names
      .map((name, id) => `${name} ${counts[id]}`)
      .filter((text) => !text.endsWith(' 0'))
      .sort();
  return {
    total,
    failures,
    statuses: [...statuses],
    addresses: [...addresses.counts()]
      .filter(([, requests]) => requests > 0)
      .map((row) => row.join(' '))
      .sort(),
    endpoints: named(endpoints),
    upstreams: named(upstreams),
    merchants: named(traffic.merchants.names),
    merchantMinutes: [...traffic.merchants.entries()]
      .map(([minute, id, ...counts]) => [minute, traffic.merchants.names.names[id], ...counts].join(' '))
      .sort(),
    minutes: [...traffic.minutes.inOrder()].map((minute) => [
      traffic.minutes.minutes[minute],
      traffic.minutes.requests[minute],
      traffic.minutes.failures[minute],
      traffic.minutes.held[minute],
      rowsOf(minute),
    ]),
  };
}

/** Reads a log with the lanes and without, where records are kept, sampled and only counted. */
export async function bothWays(
  content: string | Buffer,
  file: string,
  more: Partial<ReadLogsOptions> = {},
): Promise<void> {
  for (const kept of [{ keep: 'all' }, { keep: 'all', budgetBytes: 4000 }, { keep: 'counts' }] as const) {
    const options = { lexicon, timedMerchants: true, now: NOW, digestKey: Buffer.alloc(32, 1), ...kept, ...more };
    const [fast, general] = await Promise.all(
      [true, false].map((lanes) => readLogs([input(file, content, 4096)], { ...options, lanes })),
    );
    expect(told(fast!)).toEqual(told(general!));
  }
}
