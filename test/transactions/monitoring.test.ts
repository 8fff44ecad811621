/** Disputes, fraud reports and enumeration by month, as Visa's monitoring program counts them. */
import { describe, expect, it } from 'vitest';
import {
  cardTesting,
  disputedMonths,
  enumeratedMonths,
  refundBursts,
  transactionLimits,
} from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import type { TransactionTable } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

const limits = transactionLimits();
const NOW = Date.parse('2026-11-01T00:00:00Z');
const HEADER = 'Creation Date,Merchant Reference,Merchant Account,Card BIN,Type,Amount,Currency,Client IP';

interface Made {
  at: string;
  type: string;
  merchant?: string;
  bin?: string;
  address?: string;
}

const tableOf = async (rows: readonly Made[]): Promise<TransactionTable> => {
  const lines = rows.map(
    ({ at, type, merchant = 'ShopEU', bin = '411111', address = '203.0.113.9' }, i) =>
      `${at},R${i},${merchant},${bin},${type},${10 + (i % 9)}.00,EUR,${address}`,
  );
  const { tables } = await readTransactions([memorySource('payments.csv', `${[HEADER, ...lines].join('\n')}\n`)], {
    now: NOW,
  });
  return tables[0]!;
};

/** Sales and disputes over September, one after the other. */
const month = (sales: number, disputes: number, of: Partial<Made> = {}): Made[] => {
  const all = sales + disputes;
  return Array.from({ length: all }, (_, i) => ({
    at: new Date(Date.UTC(2026, 8, 1) + (i * 29 * 86_400_000) / all).toISOString().slice(0, 19),
    type: Math.floor(((i + 1) * disputes) / all) > Math.floor((i * disputes) / all) ? 'Chargeback' : 'Settled',
    ...of,
  }));
};

describe('disputes', () => {
  it('are no attempts and no refunds', async () => {
    const table = await tableOf([
      ...month(300, 0),
      ...Array.from({ length: 40 }, (_, i) => ({ at: `2026-09-20T10:${10 + i}:00`, type: 'Chargeback' })),
      ...Array.from({ length: 6 }, (_, i) => ({ at: `2026-09-2${i}T08:00:00`, type: 'Refunded' })),
    ]);
    expect(refundBursts(table, limits)).toEqual([]);
    expect(disputedMonths(table, limits)).toMatchObject([
      { merchant: 'ShopEU', month: '2026-09', disputes: 40, fraudReports: 0, sales: 300, excessive: false },
    ]);
  });

  it('are beyond the limits of the month only where both are reached, of the merchant whose they are', async () => {
    const table = await tableOf([...month(60_000, 1600), ...month(50_000, 400, { merchant: 'ShopUS' })]);
    expect(disputedMonths(table, limits).map(({ merchant, excessive }) => [merchant, excessive])).toEqual([
      ['ShopEU', true],
      ['ShopUS', false],
    ]);
  });

  it('count for Visa only where the numbers tell, fraud reports with them', async () => {
    const table = await tableOf([
      ...month(1000, 10),
      ...month(500, 20, { bin: '555555' }),
      { at: '2026-09-12T09:00:00', type: 'NotificationOfFraud' },
      { at: '2026-09-12T09:00:01', type: 'TC40' },
    ]);
    expect(disputedMonths(table, limits)).toMatchObject([
      { disputes: 10, fraudReports: 2, sales: 1000, visaOnly: true },
    ]);
  });

  it('are none in a table of payments and refunds', async () => {
    expect(disputedMonths(await tableOf(month(100, 0)), limits)).toEqual([]);
  });
});

it('adds up by month what looks like enumeration, each run once', async () => {
  const bot = Array.from({ length: 120 }, (_, i) => ({
    at: `2026-09-10T04:${String(Math.floor(i / 6)).padStart(2, '0')}:${String((i % 6) * 9).padStart(2, '0')}`,
    type: 'Refused',
    bin: String(411111 + (i % 60)),
    address: '198.51.100.7',
  }));
  const table = await tableOf([...month(400, 0).map((row, i) => ({ ...row, address: `192.0.2.${i % 200}` })), ...bot]);
  const runs = [
    { from: Date.UTC(2026, 8, 10, 4), to: Date.UTC(2026, 8, 10, 5), attempts: 120 },
    { from: Date.UTC(2026, 8, 10, 4, 5), to: Date.UTC(2026, 8, 10, 4, 50), attempts: 90 },
  ];
  expect(enumeratedMonths(table, limits, runs)).toEqual([
    { month: '2026-09', tries: 120, attempts: 520, share: 120 / 520, excessive: false },
  ]);
  expect(enumeratedMonths(table, { ...limits, 'vamp.enumerated': 100 }, runs)[0]!.excessive).toBe(true);
  expect(enumeratedMonths(table, limits, cardTesting(await tableOf(month(100, 0)), limits))).toEqual([]);
});
