/** What the fast lanes and the general readers say of the same log. */
import { expect } from 'vitest';
import { readLogs } from '../../src/logs/index.ts';
import { summarise } from '../../src/logs/summary.ts';
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
    summary: summarise(logs),
  };
}

/** Reads a log with the lanes and without, where records are kept, sampled and only counted. */
export async function bothWays(content: string | Buffer, file: string): Promise<void> {
  for (const kept of [{ keep: 'all' }, { keep: 'all', budgetBytes: 4000 }, { keep: 'counts' }] as const) {
    const options = { lexicon, now: NOW, digestKey: Buffer.alloc(32, 1), ...kept };
    const [fast, general] = await Promise.all(
      [true, false].map((lanes) => readLogs([input(file, content, 4096)], { ...options, lanes })),
    );
    expect(told(fast!)).toEqual(told(general!));
  }
}
