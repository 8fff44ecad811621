import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  duplicates,
  excessiveRetries,
  issuerStorm,
  rateChanges,
  rates,
  refundBursts,
  type ThresholdData,
  transactionLimits,
  unknownOutcomes,
  volumeChanges,
} from '../../src/transactions/analytics/index.ts';
import { baseRate, likelihoodRatio, scan } from '../../src/transactions/analytics/scan.ts';
import { issuerLookup, networkOf } from '../../src/transactions/analytics/view.ts';
import { readTransactions } from '../../src/transactions/index.ts';
import type { ResponseCodeData } from '../../src/transactions/response-codes.ts';
import { OUTCOMES, type TransactionObservations } from '../../src/transactions/types.ts';
import { draws } from '../draws.ts';
import { memorySource } from '../evidence/memory-source.ts';

const yaml = (name: string): unknown =>
  parse(readFileSync(new URL(`../../knowledge/${name}.yaml`, import.meta.url), 'utf8'));
const limits = transactionLimits({}, yaml('thresholds') as ThresholdData);
const codes = yaml('response-codes') as ResponseCodeData;
const START = Date.parse('2026-03-10T08:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();
const NOW = START + 6 * 3_600_000;
const HEADER =
  'time,payment_id,order_id,merchant,route,bin,last4,card_fp,card_exp,amount,currency,code,status,client_ip';
const load = (rows: string[], statement?: string): Promise<TransactionObservations> =>
  readTransactions(
    [
      memorySource('p.csv', `${HEADER}\n${rows.join('\n')}\n`),
      ...(statement ? [memorySource('s.csv', statement)] : []),
    ],
    { now: NOW, codes },
  );
const row = (second: number, more: { [column: string]: string | number } = {}): string => {
  const cells: { [column: string]: string | number } = {
    time: at(second),
    payment_id: `P${second}`,
    order_id: `O${second}`,
    merchant: 'M1',
    route: 'card',
    bin: '411111',
    last4: '1111',
    card_fp: `fp${second}`,
    card_exp: '2712',
    amount: '10.50',
    currency: 'EUR',
    code: '00',
    status: 'PAID',
    client_ip: `192.0.2.${second % 250}`,
    ...more,
  };
  return HEADER.split(',')
    .map((name) => cells[name])
    .join(',');
};
const ordinary = (count: number, step = 60): string[] => Array.from({ length: count }, (_, i) => row(i * step));

describe('scan statistic', () => {
  const options = { base: 0.02, minimumScore: 10, minimumFailures: 5, minimumShare: 0.1 };
  it('finds the exact edges of a stretch', () => {
    const failed = new Uint8Array(500);
    failed.fill(1, 200, 260);
    failed[10] = 1;
    expect(scan(failed, options)).toMatchObject([{ start: 200, end: 259, failures: 60, count: 60 }]);
  });
  it('finds two stretches and keeps them apart', () => {
    const failed = new Uint8Array(1000);
    failed.fill(1, 100, 130);
    failed.fill(1, 700, 740);
    expect(scan(failed, options).map(({ start, end }) => [start, end])).toEqual([
      [700, 739],
      [100, 129],
    ]);
  });
  it('says nothing about the base rate itself', () => {
    const failed = Uint8Array.from({ length: 2000 }, (_, i) => (i % 50 === 0 ? 1 : 0));
    expect(scan(failed, options)).toEqual([]);
    expect(likelihoodRatio(1, 100, 0.02)).toBe(0);
    expect(baseRate(failed, 0.01, 0.1)).toBeCloseTo(0.02, 1);
  });
  it('reads the base rate of a file that begins inside the fault', () => {
    const failed = new Uint8Array(300).fill(1);
    expect(baseRate(failed, 0.01, 0.08)).toBe(0.08);
    expect(scan(failed, { ...options, base: 0.08 })).toMatchObject([{ start: 0, end: 299 }]);
  });
});

describe('rates and their changes', () => {
  it('counts per minute and key', async () => {
    const { tables } = await load([
      row(0),
      row(10, { code: '51', status: 'FAILED' }),
      row(70, { route: 'stripe', code: 'succeeded' }),
    ]);
    const byRoute = rates(tables[0]!, 'route');
    expect(byRoute.map(({ key, attempts }) => [key, attempts])).toEqual([
      ['card', 2],
      ['stripe', 1],
    ]);
    expect(byRoute[0]!.perMinute.get(START)).toEqual({ attempts: 2, approved: 1, declined: 1, error: 0, pending: 0 });
  });
  it.each(['terminal_id', 'DE41', '终端号'])('names the terminal that fails (%s)', async (column) => {
    const lines = Array.from({ length: 500 }, (_, i) => {
      const terminal = `T${i % 5}`;
      const broken = i >= 250 && i < 350 && terminal === 'T3';
      return `${at(i * 20)},P${i},M${i % 2},${terminal},${broken ? '96' : '00'},${broken ? 'ERROR' : 'PAID'},10.50`;
    });
    const text = `time,payment_id,merchant,${column},code,status,amount\n${lines.join('\n')}\n`;
    const { tables } = await readTransactions([memorySource('pos.csv', text)], { now: NOW, codes });
    expect(rates(tables[0]!, 'terminal').map(({ key }) => key)).toEqual(['T0', 'T1', 'T2', 'T3', 'T4']);
    expect(rateChanges(tables[0]!, limits).map(({ dimension, key, from }) => [dimension, key, from])).toEqual([
      ['terminal', 'T3', START + 253 * 20_000],
    ]);
  });
  it('takes a device of a shopper for no terminal', async () => {
    const text = `time,payment_id,device_id,code,status,amount\n${Array.from({ length: 40 }, (_, i) => `${at(i * 20)},P${i},d${i % 3},00,PAID,1.00`).join('\n')}\n`;
    const { tables } = await readTransactions([memorySource('web.csv', text)], { now: NOW, codes });
    expect(rates(tables[0]!, 'terminal')).toEqual([]);
  });
  it('tells two faults at a time from one fault of everything', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => {
      const route = ['card', 'stripe', 'alipay', 'bank'][i % 4]!;
      const broken = i >= 300 && (route === 'stripe' || (route === 'alipay' && i >= 400));
      return row(i * 20, {
        route,
        code: broken ? '' : '00',
        status: broken ? 'ERROR' : 'PAID',
        client_ip: `10.0.${i >> 8}.${i & 255}`,
      });
    });
    const changes = rateChanges((await load(rows)).tables[0]!, limits);
    expect(
      changes.map(({ dimension, key, outcome, from, ongoing, during, others }) => ({
        dimension,
        key,
        outcome,
        from: new Date(from).toISOString(),
        ongoing,
        share: during.share,
        others: others.share,
      })),
    ).toEqual([
      { dimension: 'route', key: 'stripe', outcome: 'error', from: at(301 * 20), ongoing: true, share: 1, others: 0 },
      { dimension: 'route', key: 'alipay', outcome: 'error', from: at(402 * 20), ongoing: true, share: 1, others: 0 },
    ]);
    expect(changes[0]!.lines[0]).toMatchObject({ file: 'p.csv', line: 303 });
  });
  it('counts each attempt behind a balancer, where an address is no customer', async () => {
    const draw = draws(9);
    // By day ten attempts a minute, one in ten declined; at night one in two minutes.
    const rows: string[] = [];
    for (let second = 0; second < 5.5 * 3_600; second += -Math.log(1 - draw()) * (second < 3 * 3_600 ? 6 : 120)) {
      const more = {
        client_ip: `10.0.0.${1 + Math.floor(draw() * 3)}`,
        ...(draw() < 0.1 ? { code: '51', status: 'DECLINED' } : {}),
      };
      rows.push(row(Math.floor(second), more));
    }
    const { tables } = await load(rows);
    expect(rateChanges(tables[0]!, limits)).toEqual([]);
  });
  it('does not count one client that hammers as an outage', async () => {
    const rows = [
      ...ordinary(200),
      ...Array.from({ length: 60 }, (_, i) =>
        row(3000 + i, { code: '', status: 'ERROR', client_ip: '203.0.113.9', order_id: `X${i}`, card_fp: 'fpx' }),
      ),
    ];
    expect(rateChanges((await load(rows)).tables[0]!, limits)).toEqual([]);
  });
});

describe('issuer storm', () => {
  const issuers = [
    { bin: '400078', issuer: 'Teal' },
    { bin: '400005', issuer: 'Teal' },
    { bin: '411111', issuer: 'North' },
  ];
  const rows = (all: boolean): string[] =>
    Array.from({ length: 300 }, (_, i) => {
      const bin = ['400078', '411111', '400005'][i % 3]!;
      const down = i >= 150 && (all || bin !== '411111');
      return row(i * 30, { bin, code: down ? '91' : '00', status: down ? 'FAILED' : 'PAID' });
    });
  it('names the issuer over its BINs', async () => {
    const [storm] = issuerStorm((await load(rows(false))).tables[0]!, issuers, limits);
    expect(storm).toMatchObject({ issuer: 'Teal', dimension: 'issuer', othersSuccessShare: 1, during: { share: 1 } });
    expect(storm!.bins.sort()).toEqual(['400005', '400078']);
  });
  it('accuses no issuer when every issuer fails', async () => {
    expect(issuerStorm((await load(rows(true))).tables[0]!, issuers, limits)).toEqual([]);
  });
  it('matches six digits against a list of eight', () => {
    const lookup = issuerLookup([
      { bin: '40007811', issuer: 'Teal' },
      { bin: '40007822', issuer: 'Teal' },
      { bin: '41111111', issuer: 'A' },
      { bin: '41111122', issuer: 'B' },
    ]);
    expect([lookup('400078'), lookup('4000781100'), lookup('411111'), lookup('99')]).toEqual([
      'Teal',
      'Teal',
      undefined,
      undefined,
    ]);
  });
});

describe('money: double charges, open outcomes, retries, refunds', () => {
  it('finds one order approved under two payments, a second click, and a row written twice not', async () => {
    const { tables } = await load([
      ...ordinary(20),
      row(2000, { order_id: 'D1' }),
      row(2300, { order_id: 'D1', card_fp: 'fp2000' }),
      row(3000, { card_fp: 'fpC', client_ip: '192.0.2.77' }),
      row(3040, { card_fp: 'fpC', client_ip: '192.0.2.77' }),
      row(4000, { order_id: 'E1', payment_id: 'PX' }),
      row(4000, { order_id: 'E1', payment_id: 'PX' }),
    ]);
    expect(duplicates(tables[0]!, [], limits).map(({ kind, order, count }) => [kind, order, count])).toEqual([
      ['same-order', 'D1', 2],
      ['same-card', 'O3000', 2],
    ]);
  });
  it('compares with the statement', async () => {
    const rows = [
      ...ordinary(60),
      row(4000, { order_id: 'L1', route: 'wechat', code: 'NOTPAY', status: 'PENDING' }),
      row(4100, { order_id: 'L2', code: '', status: 'ERROR' }),
      row(21_500, { order_id: 'L3', code: '', status: 'PENDING' }),
    ];
    const paid = [
      ...Array.from({ length: 60 }, (_, i) => i)
        .filter((i) => i !== 30)
        .map((i) => [at(i * 60 + 5), `O${i * 60}`, i === 10 ? '11.50' : '10.50']),
      [at(4010), 'L1', '10.50'],
      [at(9000), 'OTHER', '1.00'],
    ];
    const { tables, statements } = await load(
      rows,
      `transaction_time,psp_transaction_id,out_trade_no,trade_state,amount\n${paid.map(([time, order, amount], i) => `${time},42${i},${order},SUCCESS,${amount}`).join('\n')}\n`,
    );
    const found = unknownOutcomes(tables[0]!, statements, NOW, limits);
    expect(found.paidButNotBooked.map(({ order, statementLine }) => [order, statementLine?.file])).toEqual([
      ['L1', 's.csv'],
    ]);
    expect(found.bookedButNotPaid.map(({ order }) => order)).toEqual(['O1800']);
    expect(found.amountDiffers.map(({ order, statementAmount }) => [order, statementAmount])).toEqual([['O600', 11.5]]);
    // L3 is one hundred seconds old at the incident clock: it may still be answered.
    expect(found.unknown.map(({ order }) => order)).toEqual(['L2']);
    expect(new Date(found.from).toISOString()).toBe(at(4000));
  });
  it('counts retries against the scheme limits', async () => {
    const tries = Array.from({ length: 12 }, (_, i) =>
      row(i * 1800, { card_fp: 'fpR', bin: '555555', code: '51', status: 'FAILED' }),
    );
    const dead = Array.from({ length: 5 }, (_, i) =>
      row(i * 1801 + 7, { card_fp: 'fpL', code: '43', status: 'FAILED' }),
    );
    const found = excessiveRetries((await load([...tries, ...dead])).tables[0]!, limits);
    expect(found.map(({ rule, card, attempts, beyond }) => [rule, card, attempts, beyond])).toEqual([
      ['after-final-decline', 'fpL', 5, 4],
      ['declines-per-day', 'fpR', 12, 2],
    ]);
  });
  it('finds a burst of refunds', async () => {
    const rows = [
      ...ordinary(300),
      ...Array.from({ length: 30 }, (_, i) => row(9000 + i * 20, { amount: '-99.00' })),
      row(100, { amount: '-5.00' }),
    ];
    expect(refundBursts((await load(rows)).tables[0]!, limits)).toMatchObject([{ refunds: 30, amount: 2970 }]);
  });
});

it('lets thresholds be changed by name', () => {
  expect(
    transactionLimits({ 'transactions.cardTesting.attempts': 50, unrelated: 1 }, yaml('thresholds') as ThresholdData)[
      'cardTesting.attempts'
    ],
  ).toBe(50);
});

it('knows the network of an address', () => {
  expect([networkOf('192.0.2.77'), networkOf('2001:db8:1:2:3::4'), networkOf('2001:db8::1')]).toEqual([
    '192.0.2.0/24',
    '2001:db8:1:2::/64',
    '2001:db8::/64',
  ]);
});

describe('volume', () => {
  it('tells one drop of a route as one stretch, and the return of its customers as no surge', async () => {
    const draw = draws(5);
    // Some eight attempts a minute over two routes; one falls to a quarter for an hour.
    const rows: string[] = [];
    for (let second = 0; second < 6 * 3_600; second += -Math.log(1 - draw()) * 7.5) {
      const route = draw() < 0.5 ? 'north' : 'south';
      const down = route === 'north' && second >= 2 * 3_600 && second < 3 * 3_600;
      if (!down || draw() < 0.25) rows.push(row(Math.floor(second), { route }));
    }
    const { tables } = await load(rows);
    const changes = volumeChanges(tables[0]!, limits);
    expect(changes.map(({ kind, route }) => `${kind} ${route}`)).toEqual(['drop north']);
    expect(Math.abs(changes[0]!.from - (START + 2 * 3_600_000))).toBeLessThanOrEqual(3 * 60_000);
    expect(Math.abs(changes[0]!.to - (START + 3 * 3_600_000))).toBeLessThanOrEqual(3 * 60_000);
  });
});

describe('codes of one’s own', () => {
  it('are failures of a system where their words say so, and declines otherwise', async () => {
    const words = ['gateway_timeout', 'connection refused', 'card_blocked', 'BAD_GATEWAY', 'not enough money'];
    const table = words.map((word, i) => `${at(i)},o${i},FAILED,10.00,psp,${word}`).join('\n');
    const { tables } = await readTransactions(
      [memorySource('orders.csv', `created,order_no,state,amount,psp,error\n${table}\n${at(9)},o9,PAID,10.00,psp,\n`)],
      { now: NOW, codes },
    );
    expect([...tables[0]!.outcome].map((outcome) => OUTCOMES[outcome])).toEqual([
      'error',
      'error',
      'declined',
      'error',
      'declined',
      'approved',
    ]);
  });
});
