import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogs } from '../../src/logs/index.ts';
import { mergePartials, PartialError, partialOf, readPartial } from '../../src/logs/partial.ts';
import { summarise } from '../../src/logs/summary.ts';
import { fromPortable, portable } from '../../src/logs/traffic/portable.ts';
import { emptyLogs } from '../../src/triage/empty.ts';
import { input, lexicon, NOW } from './read.ts';

const START = Date.UTC(2026, 8, 12, 8);
const options = { lexicon, now: NOW, zone: 'UTC', digestKey: Buffer.alloc(32) };

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
            groups.map(async (group) =>
              readPartial(JSON.stringify(partialOf(await readLogs(group, { ...options, keep: 'counts' })))),
            ),
          );
          const merged = mergePartials(parts, emptyLogs());
          const whole = await readLogs(inputs, { ...options, keep: 'counts' });
          expect(summarise(merged)).toEqual(summarise(whole));
          for (const part of ['traffic', 'operations'] as const) {
            expect(portable(merged[part]).total).toBe(whole[part].total);
            expect(merged[part].addresses.busiest(100)).toEqual(whole[part].addresses.busiest(100));
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
    expect(() => readPartial('[]')).toThrow(PartialError);
    expect(() => readPartial(JSON.stringify({ ...good, paymedicPartial: 1 }))).toThrow('of this version');
    expect(() => readPartial(JSON.stringify({ ...good, operations: null }))).toThrow('lacks operations');
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
});
