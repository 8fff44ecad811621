import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { enumeration, type ThresholdData, transactionLimits } from '../../src/transactions/analytics/index.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import type { ResponseCodeData } from '../../src/transactions/response-codes.ts';
import { memorySource } from '../evidence/memory-source.ts';

const yaml = (name: string): unknown =>
  parse(readFileSync(new URL(`../../knowledge/${name}.yaml`, import.meta.url), 'utf8'));
const limits = transactionLimits({}, yaml('thresholds') as ThresholdData);
const codes = yaml('response-codes') as ResponseCodeData;
const START = Date.parse('2026-03-10T00:00:00Z');
const MINUTE = 60_000;

/** Attempts of one card: minute of the day, answer, address. */
const runsOf = async (attempts: readonly (readonly [number, string, string])[]) => {
  const lines = attempts.map(
    ([minute, code, client], i) =>
      `${new Date(START + minute * MINUTE).toISOString()},O${i},M1,424242,4242,12/29,9.99,EUR,${code},${code === '00' ? 'APPROVED' : 'DECLINED'},${client}`,
  );
  const text = `time_utc,order_id,merchant_id,bin,last4,exp,amount,currency,resp_code,status,client_ip\n${lines.join('\n')}\n`;
  const { tables } = await readTransactions([memorySource('payments.csv', text)], {
    now: START + 1440 * MINUTE,
    codes,
  });
  return enumeration(tables[0]!, limits).map(({ from, to, attempts: count, approved }) => ({
    from: (from - START) / MINUTE,
    to: (to - START) / MINUTE,
    count,
    approved,
  }));
};

describe('a search for the security code of a card', () => {
  const owner = (minute: number) => [minute, '00', '31.4.5.6'] as const;
  const search = Array.from({ length: 25 }, (_, i) => [600 + i, '82', `81.7.6.${i}`] as const);

  it('begins and ends with the tries, not with what the owner paid that day', async () => {
    expect(await runsOf([owner(400), owner(440), ...search, owner(900), owner(1200)])).toEqual([
      { from: 600, to: 624, count: 25, approved: 0 },
    ]);
  });

  it('ends with the try that was right', async () => {
    expect(await runsOf([owner(400), ...search, [625, '00', '81.7.6.77'], owner(900)])).toEqual([
      { from: 600, to: 625, count: 26, approved: 1 },
    ]);
  });
});
