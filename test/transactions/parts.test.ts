import { describe, expect, it } from 'vitest';
import {
  duplicates,
  transactionLimits,
  unknownOutcomes,
  volumeChanges,
} from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import { fileOf, OUTCOMES, type TransactionTable } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-05-04T00:00:00Z');
const limits = transactionLimits();
const HEADER = 'created_at,order_id,payment_id,merchant_id,card_bin,card_last4,amount,currency,response_code,status';

const row = (time: number, name: string, more: { order?: string; status?: string; code?: string } = {}): string =>
  [
    new Date(time).toISOString(),
    more.order ?? `O-${name}`,
    `P-${name}`,
    'M1',
    '411111',
    more.order ? '7777' : String(1000 + (Math.floor(time / 1000) % 5000)),
    '12.50',
    'EUR',
    more.code ?? '00',
    more.status ?? 'approved',
  ].join(',');
const csv = (rows: string[]): string => `${[HEADER, ...rows].join('\n')}\n`;
/** An attempt every two minutes. */
const steady = (from: number, to: number): string[] =>
  Array.from({ length: (to - from) / 120_000 }, (_, i) => row(from + i * 120_000, String(from / 120_000 + i)));

const read = async (files: { [path: string]: string }): Promise<TransactionTable[]> => {
  const sources = Object.entries(files).map(([path, content]) => memorySource(path, content));
  return (await readTransactions(sources, { now: START + 300 * DAY })).tables;
};

it('learns from all files which number of a date is the month', async () => {
  const american = (day: number): string =>
    [
      'date,order,amount,status',
      ...Array.from({ length: 30 }, (_, i) => `05/${day}/2026 08:${10 + i}:00,A${day}-${i},1.00,APPROVED`),
    ].join('\n');
  const [table] = await read({ 'report May 09.csv': american(9), 'report May 10.csv': american(10) });
  expect([table!.length, new Date(table!.time[0]!).toISOString()]).toEqual([60, '2026-05-09T08:10:00.000Z']);
});

describe('one export in several files', () => {
  it('joins files that follow each other, in order of time, and keeps file and line', async () => {
    const tables = await read({
      'orders-2026-05-05.csv': csv(steady(START + DAY, START + 2 * DAY)),
      'orders-2026-05-04.csv': csv(steady(START, START + DAY)),
    });
    expect(tables).toHaveLength(1);
    const [table] = tables as [TransactionTable];
    expect(table.length).toBe(1440);
    expect(table.files).toEqual(['orders-2026-05-04.csv', 'orders-2026-05-05.csv']);
    expect([fileOf(table, 0), table.line[0]]).toEqual(['orders-2026-05-04.csv', 2]);
    expect([fileOf(table, 720), table.line[720]]).toEqual(['orders-2026-05-05.csv', 2]);
    expect(volumeChanges(table, limits)).toEqual([]);
  });

  it('finds a second charge on the other side of midnight', async () => {
    const [table] = await read({
      'a-01.csv': csv([...steady(START, START + DAY), row(START + DAY - 5000, 'x', { order: 'twice' })]),
      'a-02.csv': csv([
        row(START + DAY + 5000, 'y', { order: 'twice' }),
        ...steady(START + DAY + 60_000, START + 2 * DAY),
      ]),
    });
    const found = duplicates(table!, [], limits).filter(({ order }) => order === 'twice');
    expect(found.map(({ kind, count }) => [kind, count])).toEqual([['same-order', 2]]);
    expect(found[0]!.lines.map(({ file, line }) => [file, line])).toEqual([
      ['a-01.csv', 722],
      ['a-02.csv', 2],
    ]);
  });

  it('counts rows of overlapping exports once, takes the later word on an open one, and says so', async () => {
    const rows = steady(START, START + DAY);
    const open = START + DAY / 2 - 60_000;
    const tables = await read({
      'report-1.csv': csv([...rows.slice(0, 360), row(open, 'open', { status: 'pending', code: '' })]),
      'report-2.csv': csv([...rows.slice(0, 360), row(open, 'open'), ...rows.slice(360)]),
    });
    expect(tables).toHaveLength(1);
    const [table] = tables as [TransactionTable];
    expect(table.length).toBe(721);
    expect(duplicates(table, [], limits)).toEqual([]);
    expect(table.outcome.includes(OUTCOMES.indexOf('pending'))).toBe(false);
    expect(unknownOutcomes(table, [], START + 2 * DAY, limits).unknown).toEqual([]);
    expect(table.problems).toEqual([
      expect.objectContaining({ what: expect.stringContaining('another export'), count: 361 }),
    ]);
  });

  it('keeps exports of the same time with other rows apart', async () => {
    const tables = await read({
      'node1/payments.csv': csv(steady(START, START + DAY)),
      'node2/payments.csv': csv(
        steady(START, START + DAY).map((line) => line.replaceAll('-', '_').replaceAll('2026_05_04', '2026-05-04')),
      ),
    });
    expect(tables.map(({ length }) => length)).toEqual([720, 720]);
  });

  it('calls a day that nobody exported no silence, and one within the files one', async () => {
    const days = (which: number[]): { [path: string]: string } =>
      Object.fromEntries(
        which.map((day) => [`orders-2026-05-0${4 + day}.csv`, csv(steady(START + day * DAY, START + (day + 1) * DAY))]),
      );
    const [missing] = await read(days([0, 1, 3]));
    expect(missing!.gaps).toHaveLength(1);
    expect(volumeChanges(missing!, limits)).toEqual([]);
    const [silent] = await read({
      'orders-2026-05-04.csv': csv(steady(START, START + DAY - 1_200_000)),
      'orders-2026-05-05.csv': csv(steady(START + DAY + 1_800_000, START + 2 * DAY)),
    });
    expect(volumeChanges(silent!, limits)).toEqual([
      expect.objectContaining({ kind: 'drop', from: START + DAY - 1_260_000, attempts: 0 }),
    ]);
  });
});
