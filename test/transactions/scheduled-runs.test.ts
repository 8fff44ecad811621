import { describe, expect, it } from 'vitest';
import {
  cardTesting,
  rateChanges,
  setRunsAside,
  transactionLimits,
  volumeChanges,
} from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import { isMerchantInitiated } from '../../src/transactions/initiator.ts';
import { summarisePayments } from '../../src/transactions/summary.ts';
import type { TransactionTable } from '../../src/transactions/types.ts';
import { draws } from '../draws.ts';
import { memorySource } from '../evidence/memory-source.ts';

const START = Date.UTC(2026, 3, 6);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const limits = transactionLimits();
const BINS = ['411111', '555555', '222300', '400005'];

interface Row {
  at: number;
  merchant: string;
  amount: number;
  code: string;
  initiator: string;
  client: string;
}

/** Shoppers of one merchant, some eight in a hundred declined. */
function shoppers(days: number, random: () => number): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < days * DAY; at += 90_000 * (0.5 + random()))
    rows.push({
      at,
      merchant: 'SHOP',
      amount: Math.round(500 + random() * 9000) / 100,
      code: random() < 0.08 ? ['05', '51', '54'][Math.floor(random() * 3)]! : '00',
      initiator: 'customer',
      client: `203.0.113.${Math.floor(random() * 250)}`,
    });
  return rows;
}

/** A run of subscriptions. @param codes of its declines. @param share that is declined. */
function run(day: number, random: () => number, codes: readonly string[], share = 0.3, initiator = 'merchant'): Row[] {
  return Array.from({ length: 160 }, () => ({
    at: day * DAY + 2 * HOUR + random() * 4 * 60_000,
    merchant: 'ABO',
    amount: [9.99, 14.99][Math.floor(random() * 2)]!,
    code: random() < share ? codes[Math.floor(random() * codes.length)]! : '00',
    initiator,
    client: '',
  }));
}

const OF_ACCOUNTS = ['51', '51', '51', '61', '65', '05', '54'];

async function tableOf(rows: readonly Row[]): Promise<TransactionTable> {
  const text = [...rows]
    .sort((a, b) => a.at - b.at)
    .map(({ at, merchant, amount, code, initiator, client }, i) =>
      [
        new Date(START + at).toISOString(),
        `O${i}`,
        merchant,
        `${BINS[i % BINS.length]}******${String(1000 + i)}`,
        amount,
        code === '00' ? 'approved' : 'declined',
        code,
        initiator,
        client,
      ].join(','),
    );
  const header = 'time,order_id,merchant,card_number,amount,status,response_code,initiated_by,client_ip';
  const source = memorySource('payments.csv', `${[header, ...text].join('\n')}\n`);
  return (await readTransactions([source], { now: START + 40 * DAY })).tables[0]!;
}

const judged = (table: TransactionTable) =>
  setRunsAside(table, rateChanges(table, limits), volumeChanges(table, limits), limits);

describe('runs of stored cards', () => {
  it('tells a monthly run that the table marks as a note, not as a window or surge', async () => {
    const random = draws(3);
    const table = await tableOf([...shoppers(2, random), ...run(1, random, OF_ACCOUNTS)]);
    expect(rateChanges(table, limits).length + volumeChanges(table, limits).length).toBeGreaterThan(0);
    const { rates, volume, runs } = judged(table);
    expect([rates, volume]).toEqual([[], []]);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ known: 'marked', merchants: [{ value: 'ABO' }] });
    expect(Math.abs(runs[0]!.from - (START + DAY + 2 * HOUR))).toBeLessThan(60_000);
    const [summary] = summarisePayments({ tables: [table], statements: [], issuers: [] }, START + 40 * DAY, limits);
    expect([summary!.windows, summary!.volume, summary!.runs.length]).toEqual([[], [], 1]);
  });

  it('knows a nightly run without marks by the other nights', async () => {
    const random = draws(4);
    const nights = [0, 1, 2, 3].flatMap((day) => run(day, random, OF_ACCOUNTS, 0.3, ''));
    const { rates, runs } = judged(await tableOf([...shoppers(4, random), ...nights]));
    expect(rates).toEqual([]);
    expect(runs.length).toBeGreaterThan(0);
    expect(runs.every(({ known, merchants }) => known === 'repeated' && merchants[0]!.value === 'ABO')).toBe(true);
  });

  it('keeps the window of a single run that nothing marks', async () => {
    const random = draws(5);
    const { rates, runs } = judged(await tableOf([...shoppers(4, random), ...run(2, random, OF_ACCOUNTS, 0.3, '')]));
    expect(rates).toHaveLength(1);
    expect(runs).toEqual([]);
  });

  it.each([
    ['stored cards that expired', ['54', '54', '54', '51'], 0.45],
    ['a soft decline that asks for the cardholder', ['65', '65', '65', '51'], 0.45],
    ['more than half of a run', OF_ACCOUNTS, 0.8],
  ])('keeps the window of %s', async (_, codes, share) => {
    const random = draws(6);
    const nights = [0, 1].flatMap((day) => run(day, random, OF_ACCOUNTS, 0.2));
    const { rates, runs } = judged(await tableOf([...shoppers(3, random), ...nights, ...run(2, random, codes, share)]));
    expect(rates.some(({ to }) => to > START + 2 * DAY)).toBe(true);
    expect(runs.every(({ to }) => to < START + 2 * DAY)).toBe(true);
  });

  it('keeps the window where shoppers are declined beside the run', async () => {
    const random = draws(7);
    const shop = shoppers(2, random).map((row) =>
      Math.abs(row.at - DAY - 2 * HOUR) < HOUR && random() < 0.8 ? { ...row, code: '05' } : row,
    );
    const { rates } = judged(await tableOf([...shop, ...run(1, random, OF_ACCOUNTS)]));
    expect(rates.some(({ outcome }) => outcome === 'declined')).toBe(true);
  });
});

describe('who began a payment', () => {
  it.each([
    ['recurringProcessingModel', 'Subscription', '', true],
    ['recurringProcessingModel', 'UnscheduledCardOnFile', '', true],
    ['recurringProcessingModel', 'CardOnFile', '', false],
    ['initiated_by', 'customer', 'recurring', false],
    ['off_session', 'true', '', true],
    ['off_session', 'false', '', false],
    ['stored_credential', 'true', '', false],
    ['transaction_source', 'recurring_first', '', false],
    ['transaction_source', 'recurring', '', true],
    ['mit_indicator', 'M101', '', true],
    ['mit_indicator', 'C101', '', false],
    ['', '', 'Folgezahlung', true],
    ['', '', 'Récurrent', true],
    ['', '', 'Рекуррентный', true],
    ['', '', '정기 결제', true],
    ['', '', 'sale', false],
    ['', '', '', false],
  ])('%s: %s, type %s', (header, cell, type, expected) => {
    expect(isMerchantInitiated(header, cell, type)).toBe(expected);
  });
});

describe('card testing', () => {
  it('names the address that has all but a few of the tries, not their amount', async () => {
    const random = draws(8);
    const tries = Array.from({ length: 150 }, (_, i) => ({
      at: 10 * HOUR + i * 8000,
      merchant: 'SHOP',
      amount: 1,
      // Approved at both edges: the address alone is cut there, the amount is not.
      code: i === 0 || i === 149 || i % 17 === 0 ? '00' : '05',
      initiator: 'customer',
      client: '198.51.100.7',
    }));
    const [testing] = cardTesting(await tableOf([...shoppers(1, random), ...tries]), limits);
    expect(testing).toMatchObject({ by: 'client', key: '198.51.100.7' });
    expect(testing!.also).toContainEqual({ by: 'amount', key: '1.00  at SHOP' });
  });
});
