/** One small file of every format with the expected fields of each of its lines: `golden/<name>.log` and `.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LogObservations } from '../../src/logs/index.ts';
import { iso, read } from './read.ts';

interface Row {
  line: number;
  time?: string;
  [field: string]: unknown;
}
interface Golden {
  made: string;
  format: string;
  role: string;
  software?: string;
  lines: number;
  unparsed: number[];
  rows: Row[];
}

const folder = new URL('golden/', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -5));
/** The date of the files made by real software; gives stamps without a date theirs. */
const NOW = Date.UTC(2026, 10, 22, 12);

/** Records and requests in the words of the golden files; what was not logged is left out. */
function typed(logs: LogObservations, node: string): Row[] {
  const { requests: table, records } = logs;
  const rows: Row[] = records.map((record) => ({
    line: record.line,
    time: Number.isNaN(record.time) ? '' : iso(record.time),
    level: record.level,
    logger: record.logger,
    node: record.node === node ? '' : record.node,
    message: record.message,
  }));
  for (let i = 0; i < table.length; i++) {
    const text = (column: Uint32Array): string => table.strings[column[i]!]!;
    rows.push({
      line: table.line[i]!,
      time: Number.isNaN(table.time[i]!) ? '' : iso(table.time[i]),
      client: text(table.client),
      method: text(table.method),
      path: text(table.path),
      query: text(table.query),
      status: table.status[i],
      bytes: table.bytes[i],
      referer: text(table.referer),
      userAgent: text(table.userAgent),
      host: text(table.host),
      seconds: Number(table.requestTime[i]!.toPrecision(6)),
      upstream: text(table.upstream),
      upstreamStatus: table.upstreamStatus[i] || '',
      termination: text(table.termination),
    });
  }
  return rows
    .sort((a, b) => a.line - b.line)
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).filter(([, value]) => value !== undefined && value !== '' && !Number.isNaN(value)),
      ),
    ) as unknown as Row[];
}

const read1 = async (name: string): Promise<{ golden: Golden; logs: LogObservations }> => ({
  golden: JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden,
  logs: await read(readFileSync(new URL(`${name}.log`, folder)), { now: NOW, zone: 'UTC' }, name),
});

describe('golden files', () => {
  it.each(names)('%s', async (name) => {
    const { golden, logs } = await read1(name);
    const [source] = logs.sources;
    expect({
      format: source!.format,
      role: source!.role,
      software: source!.software,
      lines: source!.lines,
      unparsed: source!.unparsedSamples.map(({ line }) => line),
    }).toEqual({
      format: golden.format,
      role: golden.role,
      software: golden.software,
      lines: golden.lines,
      unparsed: golden.unparsed,
    });
    expect(source!.unparsed).toBe(golden.unparsed.length);
    expect(typed(logs, name)).toEqual(golden.rows);
  });

  it('types the same when everything is read in pieces of a few bytes', async () => {
    for (const name of names) {
      const golden = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Golden;
      const logs = await read(readFileSync(new URL(`${name}.log`, folder)), { now: NOW, zone: 'UTC' }, name, 101);
      expect(typed(logs, name), name).toEqual(golden.rows);
    }
  });

  it('counts the same in the lanes that build no rows', async () => {
    for (const name of names) {
      const bytes = readFileSync(new URL(`${name}.log`, folder));
      const [kept, counted] = [
        await read(bytes, { now: NOW, zone: 'UTC' }, name),
        await read(bytes, { now: NOW, zone: 'UTC', keep: 'counts' }, name),
      ];
      for (const part of ['total', 'failures'] as const) {
        expect(counted.traffic[part], name).toBe(kept.traffic[part]);
        expect(counted.operations[part], name).toBe(kept.operations[part]);
      }
      expect(counted.recordTotal, name).toBe(kept.recordTotal);
      expect(counted.sources[0]!.levels, name).toEqual(kept.sources[0]!.levels);
    }
  });

  it('leave next to no line without its time and words', async () => {
    let lines = 0;
    let untimed = 0;
    for (const name of names) {
      const { golden } = await read1(name);
      // Programs that write no time leave none to read.
      if (golden.format === 'plain-text' || golden.format === 'console-access') continue;
      lines += golden.rows.length;
      untimed += golden.rows.filter((row) => row.time === undefined).length;
    }
    expect(lines).toBeGreaterThan(450);
    expect(1 - untimed / lines).toBeGreaterThanOrEqual(0.995);
  });
});
