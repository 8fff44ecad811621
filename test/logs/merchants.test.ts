/** Merchants as a leg of logs: whatever the layout, they are counted by minute, and what only one of them suffers is told of it. */
import { describe, expect, it } from 'vitest';
import { merchantInPath, merchantInQuery, namesMerchant } from '../../src/logs/formats/merchant-members.ts';
import { MerchantCounts } from '../../src/logs/traffic/merchants.ts';
import type { LogObservations } from '../../src/logs/types.ts';
import { legsOf } from '../../src/logs/windows/legs.ts';
import { judgeLogs } from '../../src/logs/windows/log-windows.ts';
import { nearestRank } from '../../src/logs/windows/series.ts';
import { totalOf } from '../../src/logs/windows/window.ts';
import { draws } from '../draws.ts';
import { bothWays } from './both-ways.ts';
import { iso, read } from './read.ts';

const START = Date.UTC(2026, 8, 12, 6);
const MINUTE = 60_000;

interface Call {
  at: number;
  merchant: string;
  client: string;
  status: number;
  ms: number;
}

/** Calls of merchants at so many a minute each, over six hours; what `fate` says of a call, undefined where it never came. */
function calls(
  rates: { readonly [merchant: string]: number },
  fate: (merchant: string, minute: number) => number | undefined = () => 200,
  minutes = 360,
): Call[] {
  const chance = draws(7);
  const list: Call[] = [];
  for (const [index, [merchant, rate]] of Object.entries(rates).entries())
    for (let at = 0; at < minutes; at += -Math.log(1 - chance()) / rate) {
      const status = fate(merchant, at);
      if (status === undefined) continue;
      const failed = status === 200 && chance() < 0.002 ? 500 : status;
      list.push({
        at: START + at * MINUTE,
        merchant,
        client: `198.51.100.${index + 1}`,
        status: failed,
        ms: Math.round(40 + chance() * 400),
      });
    }
  return list.sort((a, b) => a.at - b.at);
}

const QUERIES: readonly ((merchant: string) => string)[] = [
  (merchant) => `merchant_id=${merchant}`,
  (merchant) => `order=7&method=card&mchId=${merchant}&lang=de`,
  (merchant) => `message=&MERCHANT=${merchant}&sign=0af3`,
];

const LAYOUTS: { [name: string]: (call: Call, index: number) => string } = {
  'requests as JSON': ({ at, merchant, client, status, ms }) =>
    JSON.stringify({
      ts: iso(at),
      level: 'info',
      msg: 'request completed',
      client_ip: client,
      method: 'POST',
      path: '/v1/payments',
      status,
      latency_ms: ms,
      merchant_id: merchant,
    }),
  'requests as JSON that name the merchant inside': ({ at, merchant, client, status, ms }) =>
    JSON.stringify({
      time: iso(at),
      http: { method: 'POST', path: '/v1/payments', status },
      caller: { addr: client, mid: merchant },
      duration: `${ms}ms`,
    }),
  'operations as JSON': ({ at, merchant, client, status, ms }) =>
    JSON.stringify({
      ts: iso(at),
      level: 'info',
      merchant,
      acquirer: 'acq1',
      client_ip: client,
      endpoint: '/v1/pay',
      result_code: status === 200 ? '00' : '96',
      latency_ms: ms,
      msg: 'payment handled',
    }),
  'operations as pairs': ({ at, merchant, status, ms }) =>
    `time=${iso(at)} level=info msg="payment handled" mch_id=${merchant} channel=acq1 result=${status === 200 ? 'ok' : 'timeout'} took=${ms}ms`,
  'a table of operations': ({ at, merchant, status, ms }, index) =>
    `${iso(at)},o-${index},${merchant},acq1,${status === 200 ? '00' : '91'},${ms}`,
  'an access log whose paths name it': ({ at, merchant, client, status, ms }) => {
    const [day, clock] = [12, iso(at).slice(11, 19)];
    return `${client} - - [${day}/Sep/2026:${clock} +0000] "POST /v1/merchants/${merchant}/payments HTTP/1.1" ${status} ${ms} "-" "curl/8.5"`;
  },
  'an access log with pairs whose paths name it': ({ at, merchant, client, status, ms }) => {
    const [day, clock] = [12, iso(at).slice(11, 19)];
    return `${client} - - [${day}/Sep/2026:${clock} +0000] "POST /v1/merchants/${merchant}/payments HTTP/1.1" ${status} ${ms} "-" "curl/8.5" rt=${ms / 1000} ua="10.0.0.7:8080" us="${status}"`;
  },
  'an access log whose queries name it': ({ at, merchant, client, status, ms }, index) =>
    `${client} - - [12/Sep/2026:${iso(at).slice(11, 19)} +0000] "GET /pay?${QUERIES[index % 3]!(merchant)} HTTP/1.1" ${status} ${ms} "-" "curl/8.5"`,
  'an access log with pairs whose queries name it': ({ at, merchant, client, status, ms }, index) =>
    `${client} - - [12/Sep/2026:${iso(at).slice(11, 19)} +0000] "GET /pay?${QUERIES[index % 3]!(merchant)} HTTP/1.1" ${status} ${ms} "-" "curl/8.5" rt=${ms / 1000} ua="10.0.0.7:8080" us="${status}"`,
  'requests as JSON whose queries name it': ({ at, merchant, client, status, ms }, index) =>
    JSON.stringify({
      ts: iso(at),
      client_ip: client,
      method: 'GET',
      uri: `/pay?${QUERIES[index % 3]!(merchant)}`,
      status,
      request_time: ms / 1000,
    }),
  'requests as JSON with a query of their own': ({ at, merchant, client, status, ms }, index) =>
    JSON.stringify({
      ts: iso(at),
      client_ip: client,
      method: 'GET',
      path: '/pay',
      query: QUERIES[index % 3]!(merchant),
      status,
      request_time: ms / 1000,
    }).replaceAll('&', index % 5 === 0 ? '\\u0026' : '&'),
  'requests as JSON whose paths name it': ({ at, merchant, client, status, ms }) =>
    JSON.stringify({
      ts: iso(at),
      client_ip: client,
      method: 'POST',
      uri: `/v1/merchants/${merchant}/payments?x=1`,
      status,
      request_time: ms / 1000,
    }),
};
const HEADERS: { [name: string]: string } = {
  'a table of operations': 'time,order_id,merchant_id,acquirer,resp_code,latency_ms\n',
};

const written = (layout: string, list: readonly Call[]): string =>
  `${HEADERS[layout] ?? ''}${list.map(LAYOUTS[layout]!).join('\n')}\n`;

/** Calls that take longer in a time of one merchant. */
const slowed = (list: readonly Call[], merchant: string, from: number, to: number, times: number): Call[] =>
  list.map((call) => {
    const at = (call.at - START) / MINUTE;
    return call.merchant === merchant && at >= from && at < to ? { ...call, ms: Math.round(call.ms * times) } : call;
  });

/** Windows of merchants as `merchant kind from to`, minutes since the start. */
const ofMerchants = (logs: LogObservations): string[] =>
  judgeLogs(logs)
    .windows.filter(({ dimension }) => dimension.endsWith('merchant'))
    .map(
      ({ key, kind, from, to }) =>
        `${key} ${kind} ${Math.round((from - START) / MINUTE)}-${Math.round((to - START) / MINUTE)}`,
    );

const RATES = { M1000: 12, M1001: 4, M1002: 2, M1003: 1, M1004: 6, M1005: 3 };

describe.each(Object.keys(LAYOUTS))('%s', (layout) => {
  it('is counted by the fast readers as by the general ones', () =>
    bothWays(written(layout, calls(RATES, undefined, 20)), 'logs/pay.log'));

  it.each([{ keep: 'counts' }, { keep: 'all' }] as const)(
    'tells which merchant fails while the others go on ($keep)',
    async ({ keep }) => {
      const list = calls(RATES, (merchant, at) => (merchant === 'M1001' && at >= 200 && at < 240 ? 503 : 200));
      const logs = await read(written(layout, list), { keep });
      const [first, ...others] = ofMerchants(logs);
      expect(others).toEqual([]);
      expect(first).toMatch(/^M1001 failures (?:199|200|201|202)-(?:238|239|240|241)$/);
    },
  );

  it('tells which merchant stopped calling while the others go on', async () => {
    const list = calls(RATES, (merchant, at) => (merchant === 'M1001' && at >= 200 && at < 240 ? undefined : 200));
    const logs = await read(written(layout, list), { keep: 'counts' });
    const [first, ...others] = ofMerchants(logs);
    expect(others).toEqual([]);
    expect(first).toMatch(/^M1001 interruption (?:198|199|200|201|202)-(?:238|239|240|241)$/);
  });

  it('says nothing of any merchant on an ordinary day', async () => {
    expect(ofMerchants(await read(written(layout, calls(RATES)), { keep: 'counts' }))).toEqual([]);
  });

  it('says nothing of single merchants where everything stops', async () => {
    const list = calls(RATES, (_, at) => (at >= 200 && at < 240 ? undefined : 200));
    expect(ofMerchants(await read(written(layout, list), { keep: 'counts' }))).toEqual([]);
  });

  it('says nothing of single merchants where everything fails', async () => {
    const list = calls(RATES, (_, at) => (at >= 200 && at < 240 && at % 1 < 0.4 ? 503 : 200));
    expect(ofMerchants(await read(written(layout, list), { keep: 'counts' }))).toEqual([]);
  });
});

// An access log's lines without a duration have none to tell.
const TIMED = Object.keys(LAYOUTS).filter((layout) => !/^an access log whose/.test(layout));

describe.each(TIMED)('how long requests of merchants took: %s', (layout) => {
  it('is told by minute and of all of them, within 3 percent, where it was asked for', async () => {
    const list = calls(RATES, undefined, 90);
    const logs = await read(written(layout, list), { keep: 'counts', timedMerchants: true });
    const { series } = judgeLogs(logs);
    const one = series.find(({ dimension, key }) => dimension.endsWith('merchant') && key === 'M1000')!;
    const own = list.filter(({ merchant }) => merchant === 'M1000');
    for (const [name, share] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      for (const [i, told] of one[name].entries()) {
        const minute = own.filter(({ at }) => Math.floor(at / MINUTE) === one.start / MINUTE + i).map(({ ms }) => ms);
        const exact = nearestRank(
          minute.sort((a, b) => a - b),
          share,
        );
        if (Number.isNaN(exact)) expect(told).toBeNaN();
        else expect(Math.abs(told * 1000 - exact)).toBeLessThanOrEqual(exact * 0.03 + 1);
      }
      const all = nearestRank(
        own.map(({ ms }) => ms).sort((a, b) => a - b),
        share,
      );
      const leg = legsOf(series).find(({ key }) => key === 'M1000')!;
      expect(Math.abs(leg[name]! * 1000 - all)).toBeLessThanOrEqual(all * 0.03 + 1);
    }
  });

  it('is not counted where nobody asked', async () => {
    const list = slowed(calls(RATES), 'M1000', 200, 240, 4);
    const logs = await read(written(layout, list), { keep: 'counts' });
    const merchants = judgeLogs(logs).series.filter(({ dimension }) => dimension.endsWith('merchant'));
    expect(merchants.length).toBeGreaterThan(0);
    expect(merchants.every(({ p95 }) => p95.every(Number.isNaN))).toBe(true);
    expect(legsOf(merchants).some((leg) => 'p50' in leg || 'p95' in leg || 'p99' in leg)).toBe(false);
    expect(ofMerchants(logs)).toEqual([]);
  });

  it('tells when one merchant waited longer than usual while the others did not', async () => {
    const list = slowed(calls(RATES), 'M1000', 200, 240, 4);
    const found = ofMerchants(await read(written(layout, list), { keep: 'counts', timedMerchants: true }));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^M1000 slow (?:198|199|200|201|202)-(?:238|239|240|241|242)$/);
  });

  it('says nothing of any merchant on an ordinary day, nor where all of them wait', async () => {
    const options = { keep: 'counts', timedMerchants: true } as const;
    expect(ofMerchants(await read(written(layout, calls(RATES)), options))).toEqual([]);
    let list = calls(RATES);
    for (const merchant of Object.keys(RATES)) list = slowed(list, merchant, 200, 240, 4);
    expect(ofMerchants(await read(written(layout, list), options))).toEqual([]);
  });
});

it.each(['requests as JSON', 'an access log with pairs whose paths name it'])(
  'tells how long error answers of a status took by minute, where it was asked for: %s',
  async (layout) => {
    const list = calls(RATES, (_, at) => (Math.floor(at * 10) % 3 === 0 ? 503 : 200), 60).map((call) =>
      call.status === 503 ? { ...call, ms: call.ms + 3000 } : call,
    );
    for (const timedMerchants of [false, true]) {
      const { series } = judgeLogs(await read(written(layout, list), { keep: 'counts', timedMerchants }));
      const one = series.find(({ dimension, key }) => dimension === 'status' && key === '503')!;
      expect(totalOf(one.failures)).toBe(list.filter(({ status }) => status === 503).length);
      for (const [i, told] of one.p95.entries()) {
        const own = list.filter(
          ({ at, status }) => status === 503 && Math.floor(at / MINUTE) === one.start / MINUTE + i,
        );
        const exact = nearestRank(
          own.map(({ ms }) => ms).sort((a, b) => a - b),
          0.95,
        );
        if (!timedMerchants || Number.isNaN(exact)) expect(told).toBeNaN();
        else expect(Math.abs(told * 1000 - exact)).toBeLessThanOrEqual(exact * 0.03 + 1);
      }
    }
  },
);

it('takes a batch of work that always takes longer for no slow spell of its merchant', async () => {
  const batch = Array.from({ length: 15 * 40 }, (_, i): Call => {
    const at = START + (200 + i / 40) * MINUTE;
    return { at, merchant: 'M1000', client: '198.51.100.1', status: 200, ms: 4000 + (i % 7) * 300 };
  });
  const list = [...calls(RATES), ...batch].sort((a, b) => a.at - b.at);
  const options = { keep: 'counts', timedMerchants: true } as const;
  expect(ofMerchants(await read(written('operations as pairs', list), options))).toEqual([]);
});

it('finds the small one of two merchants of very different size', async () => {
  const rates = { M1: 38, M2: 2 };
  for (const status of [503, undefined]) {
    const list = calls(rates, (merchant, at) => (merchant === 'M2' && at >= 200 && at < 240 ? status : 200));
    const [only, ...others] = ofMerchants(await read(written('operations as JSON', list), { keep: 'counts' }));
    expect(others).toEqual([]);
    expect(only).toMatch(status === 503 ? /^M2 failures / : /^M2 interruption /);
  }
});

it('finds one merchant of hundreds that is not among the busiest', async () => {
  const rates = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`M${i}`, i === 150 ? 3 : 4]));
  const list = calls(rates, (merchant, at) => (merchant === 'M150' && at >= 200 && at < 250 ? 503 : 200));
  const [only, ...others] = ofMerchants(await read(written('operations as JSON', list), { keep: 'counts' }));
  expect(others).toEqual([]);
  expect(only).toMatch(/^M150 failures /);
});

it('stays within its room however many merchants there are', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) =>
    LAYOUTS['operations as JSON']!(
      { at: START + i * 100, merchant: `shop-${i}`, client: '198.51.100.1', status: 200, ms: 12 },
      i,
    ),
  );
  const { operations } = await read(`${lines.join('\n')}\n`, { keep: 'counts' });
  expect(operations.total).toBe(60_000);
  expect(operations.merchants.names.names.length).toBeLessThanOrEqual(20_001);
  expect(operations.merchants.approximated).toBe(true);
});

it('takes ids in paths for merchants only where the path says so', () => {
  expect(merchantInPath('/v1/merchants/M123/payments')).toBe('M123');
  expect(namesMerchant('/v1/merchants/*/payments')).toBe(true);
  expect(merchantInPath('/v1/merchants/login')).toBe('');
  expect(namesMerchant('/v1/payments/*')).toBe(false);
  expect(namesMerchant('/shop/*')).toBe(false);
});

it.each([
  ['merchant_id=M123', 'M123'],
  ['order=7&mch_id=1900000109&nonce=ab', '1900000109'],
  ['merId=777290058110048', '777290058110048'],
  ['merchantAccount=Shop.One-2~x_', 'Shop.One-2~x_'],
  ['MerchantCode=A1&merchant=B2', 'A1'],
  ['merchant=&mchid=M7', 'M7'],
  // Other names, and what begins like one.
  ['mid=4711', ''],
  ['merchantReference=R1', ''],
  ['merchant_=M1', ''],
  ['mer=M1&mch=M2&mch_no=M3', ''],
  ['xmerchant=M1', ''],
  ['a=merchant=M1', ''],
  ['merchant[id]=M1', ''],
  // No name of a merchant: encoded, an attack, too long.
  ["merchant_id=1'%20or%201=1", ''],
  ['merchant_id=%3Cscript%3E', ''],
  ['merchant_id=-1', ''],
  [`merchant_id=${'a'.repeat(65)}`, ''],
])('a query names a merchant only where it is an id under a name of its own: %s', (query, merchant) => {
  expect(merchantInQuery(query)).toBe(merchant);
});

it('queries of all kinds name the same merchants to the fast readers as to the general ones', () => {
  const chance = draws(11);
  const one = (of: readonly string[]): string => of[Math.floor(chance() * of.length)]!;
  const KEYS = [
    'merchant',
    'MerchantId',
    'merchant_no',
    'merchant_code',
    'merchantaccount',
    'merchant_account',
    'mch_id',
  ];
  const LIKE = [
    'mchid',
    'mer_Id',
    'merid',
    'merno',
    'merchant_',
    'merchants',
    'm',
    'me',
    'order',
    'mid',
    'merchant.id',
    '',
  ];
  const VALUES = [
    'M1',
    'shop-7',
    'a_b.c~d',
    '-1',
    '',
    '1=2',
    'M%201',
    `${'9'.repeat(64)}`,
    `${'9'.repeat(65)}`,
    'm',
    '~',
  ];
  const query = (): string =>
    Array.from(
      { length: 1 + Math.floor(chance() * 4) },
      () => `${one([...KEYS, ...LIKE])}${one(['=', '=', '=', ''])}${one(VALUES)}`,
    ).join(one(['&', '&', '&&']));
  const lines = Array.from({ length: 4000 }, (_, i) => {
    const target = `/pay?${query()}`;
    const at = START + i * 200;
    return i % 3 === 0
      ? `198.51.100.7 - - [12/Sep/2026:${iso(at).slice(11, 19)} +0000] "GET ${target} HTTP/1.1" 200 12 "-" "curl/8.5"`
      : i % 3 === 1
        ? JSON.stringify({ ts: iso(at), client_ip: '198.51.100.7', method: 'GET', uri: target, status: 200 })
        : JSON.stringify({
            ts: iso(at),
            client_ip: '198.51.100.7',
            method: 'GET',
            path: '/pay',
            query: query(),
            status: 200,
          });
  });
  const every = (part: (index: number) => boolean): string => `${lines.filter((_, i) => part(i)).join('\n')}\n`;
  return Promise.all([
    bothWays(
      every((i) => i % 3 === 0),
      'logs/access.log',
    ),
    bothWays(
      every((i) => i % 3 !== 0),
      'logs/access.jsonl',
    ),
  ]);
});

describe('counts by minute of lines in no order of time', () => {
  const LINES = 400_000;

  it('are whole', () => {
    const counts = new MerchantCounts();
    const ids = ['M1', 'M2', 'M3'].map((name) => counts.names.text(name));
    const chance = draws(3);
    const expected = new Map<string, number>();
    for (let i = 0; i < LINES; i++) {
      const [minute, merchant] = [Math.floor(chance() * 1440), ids[Math.floor(chance() * 3)]!];
      counts.add(minute, merchant, i % 2 === 0);
      expected.set(`${minute} ${merchant}`, (expected.get(`${minute} ${merchant}`) ?? 0) + 1);
    }
    const told = new Map<string, number>();
    let failed = 0;
    for (const [minute, merchant, requests, failures] of counts.entries()) {
      told.set(`${minute} ${merchant}`, (told.get(`${minute} ${merchant}`) ?? 0) + requests);
      failed += failures;
    }
    expect(told).toEqual(expected);
    expect(failed).toBe(LINES / 2);
    expect(counts.beyond).toBe(0);
  });

  it('say what is missing where there are too many minutes', () => {
    const counts = new MerchantCounts();
    const id = counts.names.text('M1');
    for (let i = 0; i < LINES; i++) counts.add(i, id, false);
    let told = 0;
    for (const [, , requests] of counts.entries()) told += requests;
    expect(counts.beyond).toBeGreaterThan(0);
    expect(told + counts.beyond).toBe(LINES);
    expect(counts.approximated).toBe(true);
  });
});
