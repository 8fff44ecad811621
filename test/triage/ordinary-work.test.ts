/** One program beside the customers works, repeats itself or watches: no interruption, however much of the log it is. */
import { describe, expect, it } from 'vitest';
import { draws } from '../draws.ts';
import { triageFiles } from './bundle.ts';

const START = Date.UTC(2026, 5, 16, 0);
const MINUTE = 60_000;

interface Asked {
  at: number;
  client: string;
  target: string;
  status: number;
  seconds: number;
  agent: string;
  method?: string;
}

/** A day of customers, ten requests a minute. */
function customers(fate: (one: Asked) => Partial<Asked> = () => ({})): Asked[] {
  const chance = draws(5);
  return Array.from({ length: 14_400 }, (_, i) => {
    const one: Asked = {
      at: START + i * 6000 + Math.floor(chance() * 3000),
      client: `198.51.100.${Math.floor(chance() * 250)}`,
      target: ['/', '/cart', '/checkout', '/v2/payments'][Math.floor(chance() * 4)]!,
      status: 200,
      seconds: 0.03 + chance() * 0.06,
      agent: 'Mozilla/5.0',
    };
    return { ...one, ...fate(one) };
  });
}

const lines = (asked: readonly Asked[], behind = (_: Asked): string => ''): string =>
  [...asked]
    .sort((a, b) => a.at - b.at)
    .map((one) => {
      const { at, client, target, status, seconds, agent, method = 'GET' } = one;
      const time = new Date(at).toISOString().slice(11, 19);
      return `${client} - - [16/Jun/2026:${time} +0000] "${method} ${target} HTTP/1.1" ${status} 512 "-" "${agent}" rt=${seconds.toFixed(3)}${behind(one)}`;
    })
    .join('\n')
    .concat('\n');

const causesOf = async (asked: readonly Asked[], behind?: (one: Asked) => string): Promise<(string | undefined)[]> => {
  const { diagnosis, findings } = await triageFiles({ 'access.log': lines(asked, behind) });
  return [...diagnosis.map(({ cause }) => cause), ...findings.map(({ id }) => id)];
};

describe('a program of one customer that repeats what is refused', () => {
  const storm = (clients: number, status: (i: number) => number, seconds: number): Asked[] =>
    Array.from({ length: 6000 }, (_, i) => ({
      at: START + 3 * 60 * MINUTE + i * 250,
      client: `203.0.113.${9 + (i % clients)}`,
      target: '/v2/payments',
      status: status(i),
      seconds,
      agent: 'erp-connector/0.9',
      method: 'POST',
    }));

  it('is no flood while everybody is served', async () => {
    expect(await causesOf([...customers(), ...storm(1, (i) => (i % 3 === 0 ? 422 : 400), 0.02)])).toEqual([]);
  });

  it.each([
    ['the service breaks under it', 1, (i: number) => (i % 4 === 0 ? 503 : 400), 0.02],
    ['answers take long under it', 1, () => 400, 1.5],
    ['it comes from many', 80, () => 400, 0.02],
  ])('is one where %s', async (_, clients, status, seconds) => {
    expect(await causesOf([...customers(), ...storm(clients, status, seconds)])).toContain('request-flood');
  });
});

describe('a nightly batch of reports', () => {
  const chance = draws(9);
  const batch: Asked[] = Array.from({ length: 1500 }, (_, i) => ({
    at: START + 2 * 60 * MINUTE + i * 1600,
    client: '10.20.0.30',
    target: '/reports/daily',
    status: 200,
    // One in thirty is done within two and a half seconds.
    seconds: chance() < 0.03 ? 2 : 5 + chance() * 6,
    agent: 'batch/2',
  }));

  it('is not slow: it takes that long', async () => {
    expect(await causesOf([...customers(), ...batch])).toEqual([]);
  });

  it('does not hide that what customers ask for takes as long', async () => {
    const noon = START + 12 * 60 * MINUTE;
    const slow = customers(({ at }) =>
      at >= noon && at < noon + 40 * MINUTE ? { seconds: 7 + (at % 4000) / 1000 } : {},
    );
    expect(await causesOf([...slow, ...batch])).toContain('upstream-slow');
  });
});

describe('a monitor whose check fails all day beside few customers', () => {
  const monitor = (target: string): Asked[] =>
    Array.from({ length: 8640 }, (_, i) => ({
      at: START + i * 10_000,
      client: `10.20.0.${8 + (i % 2)}`,
      target,
      status: 503,
      seconds: 0.005,
      agent: 'Prometheus/2.53',
    }));
  const few = (fate?: (one: Asked) => Partial<Asked>): Asked[] => customers(fate).filter((_, i) => i % 5 === 0);

  it('is no interruption', async () => {
    expect(await causesOf([...few(), ...monitor('/health/deep')])).toEqual([]);
  });

  it('is one where customers fail with it', async () => {
    expect(await causesOf([...few(() => ({ status: 503 })), ...monitor('/health/deep')])).not.toEqual([]);
  });

  /** What nginx adds of the server behind it. */
  const told = ({ status }: Asked): string => ` uct="0.001" urt="0.005" ua="10.20.7.11:8443" us="${status}"`;

  it('is no fault of the server that answers the check', async () => {
    expect(await causesOf([...few(), ...monitor('/health/deep')], told)).toEqual([]);
  });

  it('does not hide what the server answers to customers meanwhile', async () => {
    const noon = START + 12 * 60 * MINUTE;
    const failing = few(({ at }) => (at >= noon && at < noon + 40 * MINUTE ? { status: 500 } : {}));
    expect(await causesOf([...failing, ...monitor('/health/deep')], told)).toContain('upstream-unavailable');
  });
});
