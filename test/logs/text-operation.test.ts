import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seconds } from '../../src/logs/formats/access-json.ts';
import { mayTellOperation, textOperation } from '../../src/logs/formats/text-operation.ts';
import { shapeOf } from '../../src/logs/templates.ts';
import { judgeLogs } from '../../src/logs/windows/log-windows.ts';
import { bothWays } from './both-ways.ts';
import { iso, read } from './read.ts';

describe('durations in words and pairs', () => {
  it.each([
    ['refund via [eastpay] took 3.2s', 3.2],
    ['payment took 5321 ms', 5.321],
    ['支付完成 渠道=eastpay 耗时 532ms', 0.532],
    ['支付完成 渠道：eastpay，耗时：532毫秒', 0.532],
    ['call to acquirer [northbank] finished in 3.2 seconds', 3.2],
    ['settlement batch done, duration: 00:00:05.3', 5.3],
    ['authorize channel=eastpay elapsed=1.2s', 1.2],
    ['authorize channel=eastpay latency=350µs', 0.00035],
    ['authorize channel=eastpay took=1m2.5s', 62.5],
    ['payment failed acquirer=eastpay after 30012 ms: java.net.SocketTimeoutException', 30.012],
    ['GET /v1/payments/pay_1 merchant=M1 -> 200 in 53 ms', 0.053],
    ['Completed authorization in 0,8 s', 0.8],
    ['[HTTP] POST /pay 502 512 - curl/8 192.0.2.7 31ms', 0.031],
    ['192.0.2.7 POST /pay/17 200 31.5 ms', 0.0315],
  ])('%s', (message, expected) => {
    const fields = textOperation(message)!;
    expect(seconds(fields.took!, 'took')).toBeCloseTo(expected, 6);
  });

  it.each([
    'started in production mode',
    'retrying in a moment',
    'user logged in',
    'took a backup',
    'order 17 accepted',
    'listening in 3 threads',
    'after 3 attempts the queue is empty',
    '%ASA-6-302014: Teardown TCP connection 17 for outside:203.0.113.9/443 to dmz:10.0.0.9/51432 duration 0:00:30 bytes 9',
  ])('are not read from: %s', (message) => {
    const fields = textOperation(message);
    expect(fields?.took).toBeUndefined();
  });
});

it('tells whom an operation was for, through whom it went, and what was done', () => {
  expect(textOperation('payment failed merchant=M7 acquirer=eastpay rc=91 took=532ms')).toMatchObject({
    merchant: 'M7',
    acquirer: 'eastpay',
    rc: '91',
    took: '0.532000000s',
  });
  expect(textOperation('refund for merchant [M7] via [eastpay] took 3.2 s')).toMatchObject({
    merchant: 'M7',
    acquirer: 'eastpay',
    endpoint: 'refund for merchant',
  });
  expect(textOperation('POST /v1/pay?x=1 merchant=M7 -> 502 in 31 ms')).toMatchObject({
    endpoint: '/v1/pay?x=1',
    http_status: '502',
  });
  // The same operation whatever became of it.
  const [done, failed] = ['payment done took 12 ms', 'payment failed after 12 ms'].map(textOperation);
  expect(done!.endpoint).toBe('payment');
  expect(failed!.endpoint).toBe('payment');
});

it('reads an invocation of a Lambda function once, with the time that it took', () => {
  const report =
    'REPORT RequestId: 3f8d-1\tDuration: 3000.51 ms\tBilled Duration: 3001 ms\tMemory Size: 128 MB\tMax Memory Used: 90 MB';
  expect(textOperation(`${report}\tInit Duration: 120.10 ms`)).toEqual({
    endpoint: 'Lambda function',
    took: '3000.51ms',
  });
  expect(textOperation(`2026/09/12/[$LATEST]ab12 ${report}\tStatus: timeout`)).toMatchObject({ result: 'timeout' });
  expect(textOperation('2026-09-12T08:00:00.200Z 3f8d-1 Task timed out after 3.00 seconds')).toBeUndefined();
});

it('reads a request that a logger of its own tells with answer and duration as an operation', async () => {
  expect(textOperation('[HTTP] POST /pay 502 512 - curl/8 31ms')).toMatchObject({
    endpoint: '/pay',
    http_status: '502',
  });
  expect(textOperation('pay.Client - POST /pay 200 again')).toEqual({ endpoint: '/pay' });
  const text = Array.from(
    { length: 120 },
    (_, i) =>
      `[Nest] 42  - 09/12/2026, 8:${String(i >> 1).padStart(2, '0')}:${i % 2 ? '30' : '00'} AM     LOG [HTTP] POST /pay/${i} ${i % 3 ? 200 : 502} 512 - curl/8 31ms`,
  ).join('\n');
  const { operations } = await read(`${text}\n`, { keep: 'counts' });
  expect([operations.total, operations.failures]).toEqual([120, 40]);
  await bothWays(`${text}\n`, 'logs/nest.log');
});

it('takes no bare word for a partner', () => {
  expect(textOperation('gateway timeout after 300 ms')!.acquirer).toBeUndefined();
  expect(textOperation('the bank declined in 300 ms')!.acquirer).toBeUndefined();
});

it('knows from the shape of a message whether it has to be read', () => {
  const piece = fc.constantFrom(
    ...['took ', 'in ', 'after', 'acquirer=', 'x', '12', ' ', '3.2s', 'ms', ':', '[', 'via ', '/v1/pay', '\n'],
    ...['latency_ms', '=', 'channel', 'duration', '"', 'é'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const message = pieces.join('');
      if (textOperation(message)) expect(mayTellOperation(shapeOf(message))).toBe(true);
    }),
  );
});

it('reads hostile messages in linear time', () => {
  for (const text of [
    'took '.repeat(50_000),
    'in 1'.repeat(50_000),
    `took ${'9'.repeat(100_000)}`,
    '='.repeat(100_000),
  ]) {
    const began = performance.now();
    textOperation(text);
    expect(performance.now() - began).toBeLessThan(500);
  }
});

const START = Date.UTC(2026, 8, 12, 6);
const MINUTE = 60_000;
const stampOf = (at: number): string => iso(at).replace('T', ' ').replace('.', ',').replace('Z', '');

/** Payments of a program that writes one line for each, eight a minute, over six hours. */
function program(line: (at: number, acquirer: string, ms: number, bad: boolean) => string, slow = 1, failing = false) {
  let state = 5;
  const chance = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const lines: string[] = [];
  for (let i = 0; i < 360 * 8; i++) {
    const at = START + i * 7500 + Math.floor(chance() * 7000);
    const minute = (at - START) / MINUTE;
    const acquirer = ['northbank', 'eastpay', 'unity'][Math.floor(chance() * 3)]!;
    const hit = acquirer === 'eastpay' && minute >= 200 && minute < 240;
    const ms = Math.round((80 + chance() * 200) * (hit ? slow : 1));
    lines.push(line(at, acquirer, ms, hit && failing));
  }
  return `${lines.join('\n')}\n`;
}

const LAYOUTS: { [name: string]: (at: number, acquirer: string, ms: number, bad: boolean) => string } = {
  'pairs behind a class': (at, acquirer, ms, bad) =>
    `${stampOf(at)} ${bad ? 'ERROR' : 'INFO '} [http-8] c.e.pay.Service - payment ${bad ? 'failed' : 'done'} order=${at % 97} acquirer=${acquirer} took=${ms}ms`,
  'words and brackets': (at, acquirer, ms, bad) =>
    `${stampOf(at)} ${bad ? 'ERROR' : 'INFO '} c.e.pay.Service - charge via [${acquirer}] ${bad ? 'failed after' : 'took'} ${ms} ms`,
  'Chinese words': (at, acquirer, ms, bad) =>
    `${stampOf(at)} ${bad ? 'ERROR' : 'INFO '} [exec-3] PayService - 支付${bad ? '失败' : '成功'} 渠道：${acquirer} 耗时 ${ms}ms`,
};

describe.each(Object.keys(LAYOUTS))('%s', (layout) => {
  const line = LAYOUTS[layout]!;
  const places = async (content: string): Promise<string[]> =>
    judgeLogs(await read(content, { keep: 'counts', zone: 'UTC' })).windows.map(
      ({ dimension, key, kind, from, to }) =>
        `${dimension} ${key} ${kind} ${Math.round((from - START) / MINUTE)}-${Math.round((to - START) / MINUTE)}`,
    );

  it('is counted by the fast readers as by the general ones', () => bothWays(program(line, 6, true), 'logs/app.log'));

  it('shows that one acquirer is slow', async () => {
    expect(await places(program(line, 8))).toContainEqual(
      expect.stringMatching(/^operation partner eastpay slow (?:19[89]|20[0-2])-(?:23[89]|24[0-2])$/),
    );
  });

  it('shows that one acquirer fails', async () => {
    expect(await places(program(line, 1, true))).toContainEqual(
      expect.stringMatching(/^operation partner eastpay failures (?:19[89]|20[0-2])-(?:23[89]|24[0-2])$/),
    );
  });

  it('shows nothing on an ordinary day', async () => {
    expect(await places(program(line))).toEqual([]);
  });
});

describe('pairs behind the stamp of a container, and messages on a line of their own', () => {
  const SECONDS = Array.from({ length: 200 }, (_, i) => i * 3);
  const at = (i: number): string =>
    `2026-09-12T08:${String(Math.floor(i / 60)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}`;
  const level = (i: number): string => (i % 6 ? 'info' : 'error');
  const file = (line: (i: number) => string): string => `${SECONDS.map(line).join('\n')}\n`;

  it.each([' ', ' stdout F '])('tell of requests (%j)', async (behind) => {
    const text = file(
      (i) =>
        `${at(i)}.123Z${behind}time="${at(i)}Z" level=${level(i)} msg=handled method=POST path=/pay status=${i % 6 ? 200 : 502} duration=1${i % 9}ms remote_addr=192.0.2.${i % 250}`,
    );
    const { traffic, operations, recordTotal } = await read(text, { keep: 'counts' });
    expect([traffic.total, traffic.failures, operations.total, recordTotal]).toEqual([200, 100, 0, 0]);
    await bothWays(text, 'logs/pay.log');
  });

  it('tell of operations, and are records all the same', async () => {
    const text = file(
      (i) =>
        `${at(i)}.123Z stdout F ts=${at(i)}Z level=${level(i)} msg="charged ${i}" acquirer=eastpay elapsed=1${i % 9}ms`,
    );
    const { traffic, operations, recordTotal } = await read(text, { keep: 'counts' });
    expect([traffic.total, operations.total, operations.failures, recordTotal]).toEqual([0, 200, 100, 200]);
    await bothWays(text, 'logs/pay.log');
  });

  it('tell of neither where the names do not say so', async () => {
    const text = file((i) => `${at(i)}.123Z stdout F ts=${at(i)}Z level=${level(i)} msg="charged ${i}" order=${i}`);
    const { traffic, operations, recordTotal } = await read(text, { keep: 'counts' });
    expect([traffic.total, operations.total, recordTotal]).toEqual([0, 0, 200]);
    await bothWays(text, 'logs/pay.log');
  });

  it('are read in the second line of java.util.logging', async () => {
    const text = file(
      (i) =>
        `Sep 12, 2026 8:${at(i).slice(14)} AM com.pay.Gateway charge\n${i % 6 ? 'INFO' : 'SEVERE'}: charge acquirer=eastpay took 1${i % 9} ms`,
    );
    const { operations, recordTotal } = await read(text, { keep: 'counts' });
    expect([operations.total, operations.failures, recordTotal]).toEqual([200, 100, 200]);
    await bothWays(text, 'logs/pay.log');
  });
});
