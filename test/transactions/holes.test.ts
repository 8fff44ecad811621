import { describe, expect, it } from 'vitest';
import { transactionLimits, type VolumeChange, volumeChanges } from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import { draws } from '../draws.ts';
import { memorySource } from '../evidence/memory-source.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-05-04T00:00:00Z');
const limits = transactionLimits();
const HEADER = 'created_at,order_id,payment_id,merchant_id,card_bin,card_last4,amount,currency,response_code,status';

interface Sale {
  time: number;
  number: number;
  failed?: boolean;
}

/** Payments of a day at uneven times, about one every 40 seconds; `number` counts them. */
function sales(seed: number, hours = 18): Sale[] {
  const random = draws(seed);
  const found: Sale[] = [];
  for (let time = START, number = 1000; ; number++) {
    time += -Math.log(1 - random()) * 40_000;
    if (time >= START + hours * HOUR) return found;
    found.push({ time: Math.round(time), number });
  }
}
const within = ({ time }: Sale, from: number, to: number): boolean =>
  time >= START + from * HOUR && time < START + to * HOUR;

/** @param name how the payments of the table are called; random when not given. */
const csv = (rows: readonly Sale[], name = (sale: Sale): string => `x${(sale.time * 7919) % 99_991}z`): string =>
  [
    HEADER,
    ...rows.map((sale) =>
      [
        new Date(sale.time).toISOString(),
        `O${(sale.time * 31) % 999_983}k`,
        name(sale),
        'M1',
        '411111',
        String(1000 + (sale.time % 9000)),
        '12.50',
        'EUR',
        sale.failed ? '91' : '00',
        sale.failed ? 'error' : 'approved',
      ].join(','),
    ),
  ].join('\n');
const changes = async (files: { [path: string]: string }): Promise<VolumeChange[]> => {
  const sources = Object.entries(files).map(([path, content]) => memorySource(path, content));
  const { tables } = await readTransactions(sources, { now: START + 90 * 24 * HOUR });
  return tables.flatMap((table) => volumeChanges(table, limits));
};
const kinds = async (files: { [path: string]: string }): Promise<string[]> =>
  (await changes(files)).map(({ kind }) => kind);

const counter = ({ number }: Sale): string => `P-${String(number).padStart(8, '0')}`;
/** The counter goes on as if nobody had come in the hole. */
const recounted = (rows: readonly Sale[]): Sale[] => rows.map((sale, i) => ({ ...sale, number: 1000 + i }));

describe('hours without payments', () => {
  it('are an outage where they begin and end at any time', async () => {
    const rows = sales(1).filter((sale) => !within(sale, 9.21, 10.63));
    expect(await kinds({ 'payments.csv': csv(rows) })).toEqual(['drop']);
  });

  it('are unclear where they begin and end on the full hour', async () => {
    const rows = sales(2).filter((sale) => !within(sale, 9, 11));
    const found = await changes({ 'payments.csv': csv(rows) });
    expect(found).toEqual([expect.objectContaining({ kind: 'unclear', why: expect.stringContaining('full hour') })]);
  });

  it('are an outage on full hours, too, where payments fail beside them', async () => {
    const rows = sales(3)
      .filter((sale) => !within(sale, 9, 11))
      .map((sale) => ({ ...sale, failed: within(sale, 8.9, 9) }));
    expect(await kinds({ 'payments.csv': csv(rows) })).toEqual(['drop']);
  });

  it('are an outage where the numbers of the payments go on without a break, whatever their edges', async () => {
    const rows = recounted(sales(4).filter((sale) => !within(sale, 9, 11)));
    expect(await kinds({ 'payments.csv': csv(rows, counter) })).toEqual(['drop']);
    const split = rows.findIndex((sale) => within(sale, 11, 12));
    expect(
      await kinds({
        'export-a.csv': csv(rows.slice(0, split), counter),
        'export-b.csv': csv(rows.slice(split), counter),
      }),
    ).toEqual(['drop']);
  });

  it('are unclear where numbers are left out, as many as payments were to be expected', async () => {
    const rows = sales(5).filter((sale) => !within(sale, 9.21, 10.63));
    const found = await changes({ 'payments.csv': csv(rows, counter) });
    expect(found).toEqual([expect.objectContaining({ kind: 'unclear', why: expect.stringContaining('numbers') })]);
  });

  it('are unclear between two files of which nothing says that they adjoin', async () => {
    const rows = sales(6).filter((sale) => !within(sale, 9.3, 11.8));
    const split = rows.findIndex((sale) => within(sale, 11, 13));
    const found = await changes({ 'export-a.csv': csv(rows.slice(0, split)), 'export-b.csv': csv(rows.slice(split)) });
    expect(found).toEqual([expect.objectContaining({ kind: 'unclear', why: expect.stringContaining('two files') })]);
  });
});

it('does not call it an outage where the export of one machine ends before the others', async () => {
  const rows = sales(7);
  const of = (node: number): Sale[] => rows.filter((_, i) => (i % 40 === 0 ? 0 : 1) === node);
  const found = await changes({
    'node1.csv': csv(of(0)),
    'node2.csv': csv(of(1).filter((sale) => within(sale, 0, 17.2))),
  });
  expect(found).toEqual([expect.objectContaining({ kind: 'unclear', why: expect.stringContaining('node2') })]);
  // The balancer sends everything to the other one.
  const taken = [...of(0), ...of(1).filter((sale) => !within(sale, 0, 17.2))].sort((a, b) => a.time - b.time);
  expect(
    await kinds({ 'node1.csv': csv(taken), 'node2.csv': csv(of(1).filter((sale) => within(sale, 0, 17.2))) }),
  ).toEqual([]);
});
