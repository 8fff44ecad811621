/** What happens by chance, by habit or by a job of every night, and is no finding. */
import { describe, expect, it } from 'vitest';
import {
  cardTesting,
  excessiveRetries,
  issuerRefusals,
  rateChanges,
  refundBursts,
  slowSpells,
  transactionLimits,
} from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import type { TransactionTable } from '../../src/transactions/types.ts';
import { memorySource } from '../evidence/memory-source.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-05-04T00:00:00Z');
const limits = transactionLimits();
const HEADER =
  'created_at,order_id,payment_id,merchant_id,type,card_bin,card_last4,amount,response_code,status,latency_ms,client_ip,buyer_id';

interface Attempt {
  at: number;
  merchant?: string;
  type?: string;
  bin?: string;
  last4?: string;
  amount?: number;
  code?: string;
  ms?: number;
  client?: string;
  buyer?: string;
}

/** The same numbers every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

async function table(attempts: Attempt[]): Promise<TransactionTable> {
  const rows = attempts
    .sort((a, b) => a.at - b.at)
    .map((a, i) =>
      [
        new Date(START + a.at).toISOString(),
        `O${i}`,
        `P${i}`,
        a.merchant ?? 'M1',
        a.type ?? 'sale',
        a.bin ?? '555555',
        a.last4 ?? String(1000 + (i % 9000)),
        (a.amount ?? 20).toFixed(2),
        a.code ?? '00',
        (a.code ?? '00') === '00' ? 'approved' : 'declined',
        a.ms ?? 300,
        a.client ?? '',
        a.buyer ?? `b${i}`,
      ].join(','),
    );
  const source = memorySource('payments.csv', `${[HEADER, ...rows].join('\n')}\n`);
  return (await readTransactions([source], { now: START + 40 * 24 * HOUR })).tables[0]!;
}

describe('declines', () => {
  /** A table in which half of everything is declined, and of one range two thirds. */
  const strict = (): Attempt[] => {
    const random = numbers(5);
    return Array.from({ length: 3000 }, (_, i) => {
      const bin = ['222300', '411111', '555555', '510510'][Math.floor(random() * 4)]!;
      const code = random() < (bin === '222300' ? 0.66 : 0.5) ? ['05', '51', '05', '54'][i % 4]! : '00';
      return { at: i * 20_000 + random() * 5000, bin, code, amount: 5 + Math.floor(random() * 90) };
    });
  };

  it('that a range has all day long are no window, no refusal and no card testing', async () => {
    const ordinary = await table(strict());
    expect(rateChanges(ordinary, limits)).toEqual([]);
    expect(issuerRefusals(ordinary, [], limits)).toEqual([]);
    expect(cardTesting(ordinary, limits)).toEqual([]);
  });

  it('of one customer who tries again and again are one customer’s', async () => {
    const attempts = Array.from(
      { length: 600 },
      (_, i): Attempt => ({ at: i * 2 * MINUTE, code: i % 12 ? '00' : '51' }),
    );
    for (let i = 0; i < 40; i++)
      attempts.push({
        at: 8 * HOUR + i * 2 * MINUTE,
        bin: '222300',
        last4: '7777',
        code: '05',
        amount: 10 + i,
        buyer: 'b',
      });
    for (let i = 0; i < 60; i++) attempts.push({ at: i * 10 * MINUTE, bin: '222300' });
    expect(rateChanges(await table(attempts), limits)).toEqual([]);
  });

  /** A day of a shop whose customers try a second card when one is declined, and what comes on top of it. */
  const tried = (more: Attempt[]): Promise<TransactionTable> => {
    const codes = ['05', '54', '82', '14'];
    const day = Array.from({ length: 1440 }, (_, i): Attempt[] => {
      const one = { at: i * MINUTE, client: `198.51.100.${i % 251}` };
      return i % 28 === 0
        ? [0, 1].map((j) => ({ ...one, at: one.at + j * 9000, code: codes[(i / 28 + j) % 4]! }))
        : [one];
    });
    const others = Array.from(
      { length: 3000 },
      (_, i): Attempt => ({ at: i * 28_000, merchant: 'M2', buyer: `o${i}` }),
    );
    const hour = more.map((one, i) => ({ ...one, code: codes[i % 4]! }));
    return table([...day.flat(), ...others, ...hour]);
  };
  const tries = (count: number, clientOf: (i: number) => string): Attempt[] =>
    Array.from({ length: count }, (_, i) => ({ at: 13 * HOUR + i * 150_000, client: clientOf(i) }));

  it('of customers who try again come in clusters, and are no card testing', async () => {
    expect(cardTesting(await tried(tries(20, (i) => `198.18.${i >> 1}.5`)), limits)).toEqual([]);
  });

  it('of as many who never tried again are card testing', async () => {
    expect(cardTesting(await tried(tries(20, (i) => `198.18.${i}.5`)), limits)).toHaveLength(1);
  });

  it('of a range that begin at a moment, for many customers, are a window', async () => {
    const attempts = strict().map((a) =>
      a.bin === '411111' && a.at > 9 * HOUR && a.at < 11 * HOUR ? { ...a, code: '05' } : a,
    );
    expect(rateChanges(await table(attempts), limits)).toMatchObject([{ dimension: 'bin', key: '411111' }]);
  });
});

describe('jobs of the night', () => {
  const nights = (ms: (night: number) => number, ofOthers = 300): Attempt[] => {
    const attempts = Array.from(
      { length: 1440 },
      (_, i): Attempt => ({ at: i * 2 * MINUTE, client: `192.0.2.${i % 250}` }),
    );
    for (const night of [0, 1])
      for (let i = 0; i < 500; i++)
        attempts.push({
          at: (night * 24 + 2) * HOUR + i * 4000,
          ms: ms(night) + (i % 50),
          client: '10.2.0.17',
          buyer: 'job',
        });
    for (const attempt of attempts) {
      const hour = attempt.at / HOUR;
      if (attempt.client !== '10.2.0.17' && hour > 26 && hour < 26.6) attempt.ms = ofOthers;
    }
    return attempts;
  };

  it('that take their time are no slow spell', async () => {
    expect(slowSpells(await table(nights(() => 2500)), limits)).toEqual([]);
  });

  it('that take far longer than the night before, or hold up others, are one', async () => {
    expect(slowSpells(await table(nights((night) => (night ? 9000 : 1000))), limits)).not.toEqual([]);
    expect(slowSpells(await table(nights(() => 2500, 2500)), limits)).not.toEqual([]);
  });
});

it('a busy evening of refunds is no burst, and sixty within half an hour are one', async () => {
  const attempts = Array.from({ length: 1440 }, (_, i): Attempt => ({ at: i * MINUTE }));
  for (let i = 0; i < 34; i++) attempts.push({ at: 19 * HOUR + i * 8 * MINUTE, type: 'refund' });
  for (let i = 0; i < 40; i++) attempts.push({ at: i * 30 * MINUTE, type: 'refund' });
  expect(refundBursts(await table(attempts), limits)).toEqual([]);
  for (let i = 0; i < 60; i++) attempts.push({ at: 12 * HOUR + i * 30_000, type: 'refund' });
  expect(refundBursts(await table(attempts), limits)).toMatchObject([{ refunds: expect.any(Number) }]);
});

it('the limits of the schemes count what comes after them, at one merchant', async () => {
  const tries = (bin: string, last4: string, count: number, every: number, merchant = 'M1'): Attempt[] =>
    Array.from({ length: count }, (_, i) => ({ at: i * every, bin, last4, code: '51', buyer: last4, merchant }));
  const found = excessiveRetries(
    await table([
      ...tries('555555', '0010', 10, HOUR),
      ...tries('555555', '0011', 11, HOUR),
      ...tries('555555', '0012', 8, HOUR),
      ...tries('555555', '0012', 8, HOUR, 'M2'),
      ...tries('411111', '0016', 16, 36 * HOUR),
      ...tries('411111', '0017', 17, 36 * HOUR),
      ...tries('555555', '0035', 36, 19 * HOUR),
      // Visa allows fifteen reattempts in a month, whatever Mastercard allows in a day.
      ...tries('411111', '0018', 12, HOUR),
    ]),
    limits,
  );
  expect(found.map(({ rule, card, beyond }) => [card, rule, beyond]).sort()).toEqual([
    ['411111-0017', 'visa-reattempts', 1],
    ['555555-0011', 'declines-per-day', 1],
    ['555555-0035', 'same-amount-per-month', 1],
  ]);
});
