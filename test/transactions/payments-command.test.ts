import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gateOf } from '../../src/cli/payments/gate.ts';
import { readPayments } from '../../src/cli/payments/read.ts';
import { paymentsAsJson, paymentsAsText } from '../../src/cli/payments/render.ts';

const built = existsSync(new URL('../../dist/knowledge/thresholds.json', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-payments-'));
  const start = Date.UTC(2026, 8, 12, 6);
  const rows = ['time,order_id,merchant,channel,bin,last4,amount,currency,response_code,status,client_ip'];
  let order = 0;
  const add = (second: number, code: string, status: string, route: string, last4: string, client: string): void => {
    rows.push(
      `${new Date(start + second * 1000).toISOString()},O${++order},M${order % 4},${route},400000,${last4},${10 + (order % 90)}.00,EUR,${code},${status},${client}`,
    );
  };
  for (let second = 0; second < 6 * 3600; second += 5) {
    const minute = second / 60;
    if (minute >= 300 && minute < 330) continue;
    const route = order % 2 ? 'acq-a' : 'acq-b';
    const down = minute >= 120 && minute < 150 && route === 'acq-a';
    const declined = order % 23 === 0;
    add(
      second,
      down ? '91' : declined ? '51' : '00',
      down ? 'error' : declined ? 'declined' : 'approved',
      route,
      String(1000 + (order % 7919)),
      `10.0.${order % 200}.${order % 251}`,
    );
  }
  for (let i = 0; i < 80; i++) add(15_000 + i * 7, '05', 'declined', 'acq-b', String(2000 + i), '203.0.113.77');
  add(17_000, '', 'pending', 'acq-b', '4242', '10.0.0.9');
  writeFileSync(join(folder, 'transactions.csv'), `${rows.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!built)('paymedic payments (needs the compiled knowledge: npm run build)', () => {
  it('shows outcomes, the failing route, the silence, the card tester and what nobody answered', async () => {
    const { summaries, problems } = await readPayments([folder], { now: '2026-09-13T00:00:00Z' });
    expect(problems).toEqual([]);
    const [summary] = summaries;
    expect(summary!.rates.route.map(({ key }) => key).sort()).toEqual(['acq-a', 'acq-b']);
    expect(
      summary!.windows.filter(({ outcome }) => outcome === 'error').map(({ dimension, key }) => `${dimension} ${key}`),
    ).toEqual(['route acq-a']);
    const window = summary!.windows.find(({ outcome }) => outcome === 'error')!;
    expect(Math.abs(window.from - Date.UTC(2026, 8, 12, 8, 0))).toBeLessThanOrEqual(180_000);
    expect(Math.abs(window.to - Date.UTC(2026, 8, 12, 8, 30))).toBeLessThanOrEqual(180_000);
    expect(summary!.volume.map(({ kind }) => kind)).toContain('drop');
    expect(summary!.cardTesting.some(({ clients }) => clients[0]?.value === '203.0.113.77')).toBe(true);
    expect(summary!.reconciliation.unknown).toHaveLength(1);
    const text = paymentsAsText(summaries);
    expect(text).toMatch(/^transactions\.csv: /);
    for (const title of [
      'Outcomes by route',
      'Windows',
      'Volume',
      'Card testing',
      'Outcome unknown: ask the provider (1)',
    ])
      expect(text).toContain(title);
    expect((JSON.parse(paymentsAsJson(summaries)) as { tables: unknown[] }).tables).toHaveLength(1);
  });

  it('says what is wrong with its inputs', async () => {
    await expect(readPayments([folder], { threshold: ['x'] })).rejects.toThrow('name=number');
    const empty = join(folder, 'notes.txt');
    writeFileSync(empty, 'nothing of the kind\n');
    expect((await readPayments([empty], {})).problems.map(({ what }) => what)).toContain('holds no payment table');
  });

  it('neither fails nor passes a gate on hours that may be an outage or an incomplete export', async () => {
    const rows = ['time,order_id,merchant,amount,currency,response_code,status'];
    for (let second = 0; second < 12 * 3600; second += 7)
      if (second < 5 * 3600 || second >= 7 * 3600)
        rows.push(
          `${new Date(Date.UTC(2026, 8, 12) + second * 1000).toISOString()},K${second},M1,10.00,EUR,00,approved`,
        );
    const file = join(folder, 'cut.csv');
    writeFileSync(file, `${rows.join('\n')}\n`);
    const { summaries } = await readPayments([file], { now: '2026-09-13T00:00:00Z' });
    expect(paymentsAsText(summaries)).toContain('cannot tell');
    expect(['windows', 'abuse', 'never'].map((failOn) => gateOf(summaries, failOn))).toEqual([
      'unsure',
      'passed',
      'passed',
    ]);
    const broken = (await readPayments([join(folder, 'transactions.csv')], { now: '2026-09-13T00:00:00Z' })).summaries;
    expect(gateOf(broken, 'windows')).toBe('failed');
  });
});
