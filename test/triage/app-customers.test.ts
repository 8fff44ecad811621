/** Customers who pay by an app load no page and come once or twice: neither their declines nor their rush are an attack. */
import { describe, expect, it } from 'vitest';
import { draws } from '../draws.ts';
import { triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 8, 14, 6);
const HOURS = 4;
const SALE = START + 2 * 3_600_000;

interface Asked {
  at: number;
  client: string;
  method: string;
  target: string;
  status: number;
  agent: string;
}

const APP = 'ShopApp/4.1 (iPhone)';
const pay = (at: number, client: string, status: number, agent = APP): Asked => ({
  at,
  client,
  method: 'POST',
  target: '/api/pay',
  status,
  agent,
});

/** Fifteen payments a minute from ten thousand addresses, three of a hundred declined. */
function customers(): Asked[] {
  const chance = draws(7);
  const address = (): string => `198.51.${Math.floor(chance() * 41)}.${1 + Math.floor(chance() * 250)}`;
  return Array.from({ length: HOURS * 900 }, (_, i) => pay(START + i * 4000, address(), chance() < 0.03 ? 402 : 200));
}

async function told(asked: readonly Asked[]) {
  const lines = [...asked]
    .sort((a, b) => a.at - b.at)
    .map(({ at, client, method, target, status, agent }) => {
      const time = new Date(at).toISOString().slice(11, 19);
      return `${client} - - [14/Sep/2026:${time} +0000] "${method} ${target} HTTP/1.1" ${status} 300 "-" "${agent}"\n`;
    });
  const { diagnosis, findings } = await triageFiles({ 'access.log': lines.join('') });
  return { causes: diagnosis.map(({ cause }) => cause), findings, first: diagnosis[0] };
}

describe('declines of customers who pay once', () => {
  it('are no card testing, however many they are in sum', async () => {
    const { causes, findings } = await told(customers());
    expect([...causes, ...findings.map(({ id }) => id)]).toEqual([]);
  });

  it('do not hide forty addresses that try four cards each', async () => {
    const tries = Array.from({ length: 160 }, (_, i) =>
      pay(START + i * 80_000, `203.0.113.${1 + (i % 40)}`, i % 20 === 0 ? 200 : 402, 'okhttp/4.9'),
    );
    const { causes, first } = await told([...customers(), ...tries]);
    expect(causes).toEqual(['card-testing']);
    expect(first!.title).toMatch(/from (?:3\d|4\d) addresses were refused/);
  });

  it('do not hide a thousand addresses that try one card each', async () => {
    const tries = Array.from({ length: 1000 }, (_, i) =>
      pay(START + i * 14_000, `203.0.${i >> 7}.${1 + (i % 128)}`, i % 20 === 0 ? 200 : 402, 'okhttp/4.9'),
    );
    expect((await told([...customers(), ...tries])).causes).toEqual(['card-testing']);
  });
});

describe('many requests at once', () => {
  it('are no flood where the same app does what it always does, by more customers', async () => {
    const chance = draws(9);
    const sale = Array.from({ length: 6000 }, (): Asked[] => {
      const client = `198.51.${41 + Math.floor(chance() * 200)}.${1 + Math.floor(chance() * 250)}`;
      const at = SALE + Math.floor(chance() ** 2 * 1_800_000);
      const view = { ...pay(at, client, 200), method: 'GET', target: `/api/product/${Math.floor(chance() * 20)}` };
      return [view, { ...pay(at + 20_000, client, 200), target: '/api/cart' }, pay(at + 40_000, client, 200)];
    }).flat();
    const { causes, findings } = await told([...customers(), ...sale]);
    expect([...causes, ...findings.map(({ id }) => id)]).toEqual([]);
  });

  it('are one where they hit one target, and no failures are told that were none', async () => {
    const flood = Array.from({ length: 20_000 }, (_, i) => ({
      ...pay(SALE + i * 15, `203.0.113.${1 + (i % 40)}`, 200, 'python-requests/2.31'),
      method: 'GET',
      target: '/login',
    }));
    const { causes, findings, first } = await told([...customers(), ...flood]);
    expect(causes[0]).toBe('request-flood');
    expect(first!.priority).toBe('urgent');
    expect(first!.priorityBecause).not.toMatch(/failed/);
    // The customers who paid meanwhile asked for something else.
    expect(findings[0]!.detail).toContain('/login from 40 addresses');
  });
});
