import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJson, renderText } from '../../src/cli/logs/render.ts';
import { readLogs } from '../../src/logs/index.ts';
import { JsonCursor } from '../../src/logs/json-cursor.ts';
import { partialOf } from '../../src/logs/partial.ts';
import { PARTIAL_BOUNDS, PartialError, PartialSum } from '../../src/logs/partial-sum.ts';
import { summarise } from '../../src/logs/summary.ts';
import { portable } from '../../src/logs/traffic/portable.ts';
import { restoreTraffic } from '../../src/logs/traffic/restore.ts';
import { Traffic } from '../../src/logs/traffic/traffic.ts';
import type { LogObservations } from '../../src/logs/types.ts';
import { safeText } from '../../src/report/safe-text.ts';
import { emptyLogs } from '../../src/triage/empty.ts';
import { input, lexicon, NOW } from './read.ts';

const START = Date.UTC(2026, 8, 12, 8);
const options = { lexicon, now: NOW, zone: 'UTC', digestKey: Buffer.alloc(32) };

/** A text as a file gives it: in pieces that end anywhere. */
function* pieces(text: string, length = 1000): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** The sum of some partials. */
function merged(parts: object[], bounds = PARTIAL_BOUNDS): LogObservations {
  const sum = new PartialSum(emptyLogs(), safeText, bounds);
  for (const [i, part] of parts.entries()) sum.add(pieces(JSON.stringify(part), 1 + i * 313));
  return sum.finish();
}

/** Traffic that was written as this. */
function fromPortable(value: unknown): Traffic {
  const traffic = new Traffic();
  restoreTraffic(traffic, new JsonCursor(pieces(JSON.stringify(value)), 1 << 20));
  return traffic;
}

/** One line of an access log. */
const access = fc
  .record({
    client: fc.constantFrom('203.0.113.9', '203.0.113.10', '2001:db8::9', '-'),
    second: fc.nat(600),
    path: fc.constantFrom('/pay', '/order/17', '/../../etc/passwd', "/p?id=1'%20or%201=1--", '/'),
    status: fc.constantFrom(200, 302, 404, 500, 503),
    seconds: fc.option(fc.nat(9000), { nil: undefined }),
    upstream: fc.constantFrom('-', '10.0.0.1:80', '10.0.0.2:80'),
  })
  .map(({ client, second, path, status, seconds, upstream }) => {
    const time = new Date(START + second * 1000).toISOString().slice(11, 19);
    return `${client} - - [12/Sep/2026:${time} +0000] "GET ${path} HTTP/1.1" ${status} 9 "-" "curl/8" rt=${seconds === undefined ? '-' : (seconds / 1000).toFixed(3)} ua="${upstream}"`;
  });

/** One line of an application log that counts as an operation, and lines that do not. */
const application = fc
  .record({
    second: fc.nat(600),
    level: fc.constantFrom('info', 'warn', 'error'),
    acquirer: fc.constantFrom('north', 'south'),
    endpoint: fc.constantFrom('/v1/charge', '/v1/refund/3'),
    ms: fc.nat(4000),
    code: fc.constantFrom('00', '05', '91', '96'),
    ip: fc.constantFrom('198.51.100.1', '198.51.100.2', ''),
    plain: fc.boolean(),
  })
  .map(({ second, plain, ms, code, ip, ...rest }) => {
    const time = new Date(START + second * 1000 + (ms % 1000)).toISOString();
    return plain
      ? JSON.stringify({ time, level: rest.level, msg: 'Connection refused by peer' })
      : JSON.stringify({ time, ...rest, client_ip: ip, duration_ms: ms, result_code: code, msg: 'charged' });
  });

const file = fc
  .oneof(
    fc.tuple(fc.constant('access'), fc.array(access, { minLength: 1, maxLength: 30 })),
    fc.tuple(fc.constant('app'), fc.array(application, { minLength: 1, maxLength: 30 })),
  )
  .map(([kind, lines]) => ({ kind, text: `${lines.join('\n')}\n` }));

describe('partial results', () => {
  it('of any split of files merge to what one pass over all of them counts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { minLength: 2, maxLength: 5 }),
        fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
        async (files, cuts) => {
          const inputs = files.map(({ kind, text }, i) => input(`${kind}${i}.log`, text));
          const groups: (typeof inputs)[] = [[]];
          for (const [i, one] of inputs.entries()) {
            if (i > 0 && cuts[i]) groups.push([]);
            groups.at(-1)!.push(one);
          }
          const parts = await Promise.all(
            groups.map(async (group) => partialOf(await readLogs(group, { ...options, keep: 'counts' }))),
          );
          const sum = merged(parts);
          const whole = await readLogs(inputs, { ...options, keep: 'counts' });
          expect(summarise(sum)).toEqual(summarise(whole));
          for (const part of ['traffic', 'operations'] as const) {
            expect(portable(sum[part]).total).toBe(whole[part].total);
            expect(sum[part].addresses.busiest(100)).toEqual(whole[part].addresses.busiest(100));
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('hold traffic whole: what is read back is written the same', async () => {
    await fc.assert(
      fc.asyncProperty(file, async ({ kind, text }) => {
        const logs = await readLogs([input(`${kind}.log`, text)], options);
        for (const part of ['traffic', 'operations'] as const) {
          const once = JSON.parse(JSON.stringify(portable(logs[part])));
          expect(JSON.parse(JSON.stringify(portable(fromPortable(once))))).toEqual(once);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('with broken contents are refused or read as far as they go', async () => {
    const logs = await readLogs([input('a.log', '')], options);
    const good = partialOf(logs);
    expect(() => merged([[]])).toThrow(PartialError);
    expect(() => merged([{ ...good, paymedicPartial: 1 }])).toThrow('of this version');
    expect(() => merged([{ ...good, operations: null }])).toThrow('lacks operations');
    const whole = JSON.stringify(good);
    for (const length of [0, 1, 20, whole.length >> 1, whole.length - 1])
      expect(() => new PartialSum(emptyLogs(), safeText).add(pieces(whole.slice(0, length)))).toThrow(PartialError);
    expect(() => new PartialSum(emptyLogs(), safeText).add(pieces(`${whole} x`))).toThrow('is no JSON');
    await fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (clients, endpoints, minutes) => {
        const traffic = fromPortable({ ...good.traffic, clients, endpoints, minutes } as never);
        expect(traffic.total).toBe(0);
      }),
      { numRuns: 200 },
    );
    const wild = fromPortable({
      ...good.traffic,
      minutes: [{ minute: 5, requests: 3, failures: 0, rows: ['////////////', 'AAAA', 'AAd/', 9, '&', 'x'] }],
    } as never);
    expect([wild.minutes.minutes[0], wild.minutes.requests[0]]).toEqual([5, 3]);
  });

  it('beyond the bounds of a sum are counted together, and the sum says so', async () => {
    const lines = ['north', 'south', 'west'].flatMap((peer, i) =>
      Array.from(
        { length: 4 },
        (_, k) =>
          `2026-09-12 08:0${i}:0${k},000 [main] ERROR c.p.X - call to https://${peer}.example:443/ failed: java.net.ConnectException: Connection refused (Connection refused) card=4111111111111111`,
      ),
    );
    const one = partialOf(await readLogs([input('app.log', lines.join('\n'))], { ...options, keep: 'counts' }));
    const many = Array.from({ length: 30 }, () => one);
    const all = merged(many);
    const bounds = { sources: 5, events: 4, templates: 3, cards: 7, signatures: 2, notes: 1, text: 1000 };
    const few = merged(many, bounds);
    expect([few.sources.length, few.templates.length <= 3 + 5, few.cards.hits.length]).toEqual([5, true, 7]);
    expect(few.cards.total).toBe(all.cards.total);
    const sum = (values: readonly { count: number }[]): number => values.reduce((total, { count }) => total + count, 0);
    expect(sum(few.events)).toBe(sum(all.events));
    expect(sum(few.templates)).toBe(sum(all.templates));
    expect(few.sources.reduce((total, { lines: count }) => total + count, 0)).toBe(30 * lines.length);
    const { approximated, events } = summarise(few);
    expect(events.map(({ event, count }) => [event, count])).toEqual(
      summarise(all).events.map(({ event, count }) => [event, count]),
    );
    for (const told of [
      '26 files beyond 4',
      'kinds were counted without',
      'message shapes',
      'card numbers beyond 7',
      'samples',
    ])
      expect(approximated.join('\n')).toContain(told);
    expect(summarise(all).approximated).toEqual([]);
  });

  it('of a busy minute are written and read in handfuls', async () => {
    const line = (i: number): string =>
      `10.${i >> 16}.${(i >> 8) & 255}.${i & 255} - - [12/Sep/2026:08:00:00 +0000] "GET /p HTTP/1.1" ${i % 9 ? 200 : 502} 9 "-" "-"\n`;
    const logs = await readLogs([input('a.log', Array.from({ length: 100_000 }, (_, i) => line(i)).join(''))], {
      ...options,
      keep: 'counts',
    });
    const { minutes } = JSON.parse(JSON.stringify(portable(logs.traffic)));
    expect(minutes.length).toBeGreaterThan(1);
    expect(minutes.map(({ requests }: { requests: number }) => requests)).toEqual([
      100_000,
      ...minutes.slice(1).map(() => 0),
    ]);
    const twice = summarise(merged([partialOf(logs), partialOf(logs)]));
    expect([twice.requests.total, twice.approximated]).toEqual([200_000, []]);
    expect(twice.legs[0]).toMatchObject({ ...summarise(logs).legs[0], requests: 200_000, failures: 2 * 11_112 });
  });

  it('with too much for one pass, nested without end or in another order are refused', async () => {
    const good = JSON.parse(JSON.stringify(partialOf(await readLogs([input('a.log', 'x\n')], options))));
    const refused = (part: object): unknown => expect(() => merged([part])).toThrow(PartialError);
    refused({
      ...good,
      traffic: { ...good.traffic, endpoints: Array.from({ length: 30_000 }, (_, i) => [`/${i}`, 1]) },
    });
    refused({ ...good, traffic: { ...good.traffic, clients: Array.from({ length: 400_000 }, () => ['10.0.0.1', 1]) } });
    const { sources, ...rest } = good;
    refused({ ...rest, events: [{ count: 1 }], sources });
    const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
    expect(() => new PartialSum(emptyLogs(), safeText).add(pieces(`{"paymedicPartial":5,"x":${deep}}`))).toThrow(
      'nested deeper',
    );
    const long = `{"paymedicPartial":5,"x":"${'a'.repeat(20 * 2 ** 20)}"}`;
    expect(() => new PartialSum(emptyLogs(), safeText).add(pieces(long, 1 << 18))).toThrow(
      'holds a value of more than',
    );
  });

  it('that somebody else wrote show no control character and no card number', async () => {
    const line =
      '2026-09-12 08:00:00,000 [main] ERROR c.p.X - java.net.ConnectException: Connection refused (Connection refused)';
    const good = JSON.parse(JSON.stringify(partialOf(await readLogs([input('a.log', line)], options))));
    const bad = '\u001b[31m \u202e4111111111111111 password=hunter2secret';
    const [source, event, template] = [good.sources[0], good.events[0], good.templates[0]];
    const evil = {
      ...good,
      approximated: [bad],
      sources: [
        { ...source, file: bad, format: bad, node: bad, zone: { name: bad, source: bad }, levels: { [bad]: 5 } },
      ],
      events: [{ ...event, entry: bad, event: bad, complaint: bad, role: bad, peer: bad }],
      templates: [{ ...template, template: bad, level: bad }],
      cards: { total: 1, hits: [{ file: bad, masked: bad, brand: bad, digest: bad, kind: bad, line: 1, column: 1 }] },
      signatures: [
        {
          signature: bad,
          family: bad,
          count: 1,
          clients: [bad],
          hits: [{ source: 0, line: 1, client: bad, text: bad }],
        },
      ],
      traffic: {
        ...good.traffic,
        total: 5,
        clients: [
          ['', 0, 0],
          ['', 0, 0],
          [bad, 5, 0, 1, 2],
        ],
        endpoints: [
          ['', 0],
          [bad, 5],
        ],
      },
    };
    const summary = summarise(merged([evil]));
    for (const text of [renderText(summary), renderJson(summary)]) {
      expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
      expect(text).not.toMatch(/4111111111111111|hunter2secret/);
    }
    for (const list of ['sources', 'events', 'templates', 'signatures'])
      expect(() => merged([{ ...good, [list]: [{}] }])).toThrow(`among its ${list}`);
    expect(() =>
      renderText(summarise(merged([{ ...good, sources: [{ ...source, zone: 5, levels: 7, first: 'x' }] }]))),
    ).not.toThrow();
  });
});
