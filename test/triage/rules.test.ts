import { describe, expect, it } from 'vitest';
import { isPrivate } from '../../src/address.ts';
import { imitates } from '../../src/checks/attacks/phishing-clone.ts';
import { decidePriority } from '../../src/checks/priority.ts';
import { fingerprint } from '../../src/checks/run.ts';
import { bursts, MINUTE } from '../../src/graph/bursts.ts';
import { inRange } from '../../src/graph/endpoints.ts';
import { wildcard } from '../../src/triage/session.ts';

describe('the priority rule', () => {
  const cases: [string, Parameters<typeof decidePriority>[0], Parameters<typeof decidePriority>[1], string][] = [
    ['exposed keys', { exposure: 'keys' }, 'routine', 'urgent'],
    [
      'exposed card data, though nothing fails',
      { exposure: 'card-data', failingShare: 0, attempts: 900, minutes: 90 },
      'routine',
      'urgent',
    ],
    [
      'a quarter of the attempts over ten minutes',
      { failingShare: 0.25, attempts: 400, minutes: 10, scope: 'all' },
      'important',
      'urgent',
    ],
    [
      'a quarter of the attempts for two minutes',
      { failingShare: 0.25, attempts: 40, minutes: 2, scope: 'all' },
      'important',
      'important',
    ],
    [
      'a route wholly down',
      { whollyDown: true, failingShare: 0.1, attempts: 500, minutes: 6, scope: 'one-route' },
      'important',
      'urgent',
    ],
    [
      'one merchant, all of its attempts',
      { failingShare: 0.05, attempts: 500, minutes: 60, scope: 'one-merchant' },
      'urgent',
      'important',
    ],
    [
      'a client group beside working ones',
      { failingShare: 0.1, attempts: 500, minutes: 60, scope: 'client-group' },
      'urgent',
      'important',
    ],
    [
      'sporadic failures',
      { failingShare: 0.01, attempts: 5000, minutes: 600, scope: 'sporadic' },
      'important',
      'important',
    ],
    [
      'most payments, for three minutes, when the evidence ends',
      { failingShare: 0.8, attempts: 200, minutes: 3, ongoing: true, scope: 'all' },
      'important',
      'urgent',
    ],
    [
      'most payments, for three minutes, and over',
      { failingShare: 0.8, attempts: 200, minutes: 3, ongoing: false, scope: 'all' },
      'important',
      'important',
    ],
    ['nothing affected', { scope: 'none' }, 'urgent', 'routine'],
    ['an expiry tomorrow on a payment link', { daysLeft: 1 }, 'urgent', 'urgent'],
    ['an expiry in ten days', { daysLeft: 10 }, 'urgent', 'important'],
  ];
  it.each(cases)('%s', (_name, impact, base, expected) => {
    const decision = decidePriority(impact, base);
    expect(decision.priority).toBe(expected);
    expect(decision.because.length).toBeGreaterThan(10);
  });

  it('does not say of what began just now that it lasts for no minute', () => {
    const { because } = decidePriority(
      { failingShare: 0.99, attempts: 103, minutes: 0.3, ongoing: true, scope: 'all' },
      'important',
    );
    expect(because).toBe('99 % of 103 attempts fail, for less than a minute so far');
  });

  it('obeys changed thresholds', () => {
    expect(
      decidePriority({ failingShare: 0.12, attempts: 100, minutes: 30, scope: 'all' }, 'important', { wideShare: 0.1 })
        .priority,
    ).toBe('urgent');
  });
});

describe('bursts', () => {
  const series = (entries: [number, number][]): Map<number, number> =>
    new Map(entries.map(([m, n]) => [m * MINUTE, n]));
  it('leaves isolated lines outside the onset', () => {
    const [main] = bursts(
      series([
        [3, 1],
        [100, 5],
        [101, 9],
        [103, 7],
      ]),
    );
    expect(main).toEqual({ from: 100 * MINUTE, to: 103 * MINUTE, count: 21 });
  });
  it('leaves outside what trickled in ahead, hours long', () => {
    const trickle = Array.from({ length: 12 }, (_, i): [number, number] => [i * 11, i === 5 ? 2 : 1]);
    const burst = Array.from({ length: 38 }, (_, i): [number, number] => [134 + i, 17]);
    expect(bursts(series([...trickle, ...burst]))[0]).toEqual({ from: 134 * MINUTE, to: 171 * MINUTE, count: 38 * 17 });
  });
  it('keeps a rise with the burst that it becomes', () => {
    const rise: [number, number][] = [
      [0, 1],
      [1, 1],
      [3, 2],
      [4, 4],
      [5, 9],
    ];
    const burst = Array.from({ length: 20 }, (_, i): [number, number] => [6 + i, 20]);
    expect(bursts(series([...rise, ...burst]))[0]).toMatchObject({ from: 0 });
  });
  it('keeps a sporadic fault together', () => {
    expect(
      bursts(
        series([
          [0, 1],
          [30, 1],
          [55, 1],
          [90, 1],
        ]),
      ),
    ).toHaveLength(1);
  });
  it('of nothing is nothing', () => expect(bursts(new Map())).toEqual([]));
});

describe('addresses', () => {
  it('knows ranges', () => {
    expect(inRange('10.9.1.11', '10.9.0.0/16')).toBe(true);
    expect(inRange('10.10.1.11', '10.9.0.0/16')).toBe(false);
    expect(inRange('203.0.113.64', '203.0.113.0/26')).toBe(false);
    expect(inRange('not-an-address', '10.0.0.0/8')).toBe(false);
  });
  it('knows private ones', () =>
    expect([isPrivate('192.168.3.4'), isPrivate('198.51.100.2'), isPrivate('fd00::1')]).toEqual([true, false, true]));
});

describe('look-alike names', () => {
  const own = new Set(['store.maple-row.example.net']);
  it.each(['www.map1e-row.top.test', 'maple-row-pay.shop.test', 'maplerow.example.org', 'rnaple-row.invalid'])(
    '%s imitates',
    (h) => expect(imitates(h, own)).toBe(true),
  );
  it.each([
    'store.maple-row.example.net',
    'cdn.maple-row.example.net',
    'www.google.com',
    'orchard-shop.example.net',
    'row.example.org',
  ])('%s does not', (h) => expect(imitates(h, own)).toBe(false));
});

describe('fingerprints', () => {
  it('depend on check and subject only', () => {
    const a = fingerprint('tls/x', { kind: 'host', id: 'gw', label: 'one' });
    expect(fingerprint('tls/x', { kind: 'host', id: 'gw', label: 'two' })).toBe(a);
    expect(fingerprint('tls/y', { kind: 'host', id: 'gw' })).not.toBe(a);
  });
});

describe('path patterns', () => {
  it.each([
    ['logs/*.log', 'logs/app.log', true],
    ['logs/*.log', 'logs/app.log.1', false],
    ['*', 'anything', true],
    ['a*b*c', 'aXbYc', true],
    ['a*b*c', 'acb', false],
    ['*.gz', 'x.gz', true],
  ])('%s on %s: %s', (pattern, text, expected) => expect(wildcard(pattern)(text)).toBe(expected));
});
