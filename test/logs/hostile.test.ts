import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderText } from '../../src/cli/logs/render.ts';
import { looksLikeText } from '../../src/evidence/identify-binary.ts';
import { clientAddress } from '../../src/logs/formats/access-json.ts';
import { readFields } from '../../src/logs/formats/fields.ts';
import { detectLogFormat } from '../../src/logs/index.ts';
import { summarise } from '../../src/logs/summary.ts';
import { parseTimestamp, stamp } from '../../src/logs/time/timestamp.ts';
import { AddressTable } from '../../src/logs/traffic/addresses.ts';
import { iso, read } from './read.ts';

const LINE = '2026-09-12 20:40:11,172 [main] ERROR com.pay.X - boom\n';

describe('hostile and broken input', () => {
  it('keeps a line of many megabytes bounded and goes on after it', async () => {
    const logs = await read(
      `${LINE}2026-09-12 20:40:12,000 [main] INFO  com.pay.X - ${'a'.repeat(5_000_000)}\n${LINE}`,
    );
    expect(logs.sources[0]).toMatchObject({ lines: 3, parsed: 3, unparsed: 0 });
    expect(logs.records[1]!.message.length).toBeLessThanOrEqual(8192);
  });

  it('reads the same whatever the chunks are', async () => {
    const text = `${LINE}java.lang.IllegalStateException: x\n\tat com.pay.X.run(X.java:1)\nCaused by: java.net.ConnectException: Connection refused\n${LINE.replace('\n', '\r\n')}`;
    const whole = await read(text);
    for (const size of [1, 2, 3, 7, 64]) {
      const cut = await read(text, {}, 'logs/x.log', size);
      expect(cut.records.map((record) => record.message)).toEqual(whole.records.map((record) => record.message));
      expect(cut.events.map((event) => event.entry)).toEqual(['java.refused']);
    }
  });

  it.each([
    ['', 0],
    ['a', 1],
    ['a\n', 1],
    ['a\nb', 2],
    ['a\n\nb\r\n', 3],
    ['\n', 1],
  ])('counts the lines of %j', async (text, lines) => {
    expect((await read(text)).sources[0]!.lines).toBe(lines);
    expect((await read(text, {}, 'logs/x.log', 1)).sources[0]!.lines).toBe(lines);
  });

  it('skips NUL holes, a byte order mark and CR', async () => {
    const logs = await read(
      Buffer.concat([
        Buffer.from([0xef, 0xbb, 0xbf]),
        Buffer.from(LINE.replace('\n', '\r\n')),
        Buffer.alloc(4096),
        Buffer.from(LINE),
      ]),
    );
    expect(logs.records.map((record) => record.message)).toEqual(['boom', 'boom']);
  });

  it('reads UTF-16', async () => {
    const logs = await read(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(LINE.repeat(3), 'utf16le')]));
    expect(logs.records).toHaveLength(3);
    expect(logs.records[0]!.message).toBe('boom');
  });

  it('counts and samples what it could not parse', async () => {
    const logs = await read(
      `{"time":"2026-09-12T08:00:00Z","level":"info","msg":"a"}\n{"time":"2026-09-12T08:0\n{"time":"2026-09-12T08:00:01Z","level":"info","msg":"b"}\n`,
    );
    expect(logs.sources[0]).toMatchObject({ parsed: 2, unparsed: 1, unparsedSamples: [{ line: 2 }] });
  });

  it('does not let members change prototypes', async () => {
    const logs = await read(
      '{"time":"2026-09-12T08:00:00Z","msg":"a","__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}\n',
    );
    expect(logs.records).toHaveLength(1);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('holds a million distinct addresses and shapes in bounded structures', async () => {
    const lines: string[] = [];
    for (let i = 0; i < 30_000; i++)
      lines.push(
        `2026-09-12 20:40:11,172 [main] ERROR com.pay.X - odd${String.fromCharCode(97 + (i % 26), 97 + ((i / 26) % 26), 97 + ((i / 676) % 26))} connect() failed (111: Connection refused) client: 10.${i % 250}.${(i >> 8) % 250}.1, peer${i}`,
      );
    const logs = await read(`${lines.join('\n')}\n`);
    expect(logs.templates.length).toBeLessThanOrEqual(2002);
    for (const event of logs.events) expect(event.hits.length).toBeLessThanOrEqual(40);
  }, 60_000);

  it('tells a log with a hole from a binary file', () => {
    const hole = Buffer.concat([Buffer.from(LINE.repeat(4)), Buffer.alloc(60_000)]);
    expect(looksLikeText(hole)).toBe(true);
    expect(looksLikeText(Buffer.concat([Buffer.alloc(4000), Buffer.from(LINE.repeat(4))]))).toBe(true);
    expect(looksLikeText(Buffer.alloc(8192))).toBe(false);
    expect(looksLikeText(Buffer.from(Array.from({ length: 8192 }, (_, i) => (i % 2 ? 0 : 65))))).toBe(false);
  });

  it('stays quick over a million addresses that differ in any part', () => {
    for (const spread of [1, 256, 65_536, 0x010101]) {
      const table = new AddressTable();
      const started = process.cpuUsage();
      for (let i = 0; i < 400_000; i++) table.count(table.ipv4((i * spread) >>> 0), false, 1);
      const { user } = process.cpuUsage(started);
      expect(table.busiest(1)[0]!.requests).toBeGreaterThanOrEqual(1);
      // Some 0.1 s; a table whose slots cluster takes minutes.
      expect(user / 1e6, `step ${spread}`).toBeLessThan(5);
    }
  });

  it('keeps the busy addresses exact within what it says, however many others there are and whenever they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { minLength: 200, maxLength: 2000 }), fc.boolean(), (visits, asText) => {
        const table = new AddressTable(50);
        const truth = new Map<string, number>();
        const visit = (address: string): void => {
          truth.set(address, (truth.get(address) ?? 0) + 1);
          table.count(table.text(address), false, 1);
          table.thinWhereCrowded();
        };
        for (const one of visits)
          visit(asText && one % 3 === 0 ? `2001:db8::${one.toString(16)}` : `10.0.${one >> 8}.${one & 255}`);
        for (let i = 0; i < 300; i++) visit('203.0.113.9');
        const [first] = table.busiest(1);
        expect(first!.address).toBe('203.0.113.9');
        let sum = table.requestsOf(1);
        for (const { address, requests } of table.busiest(1000)) {
          sum += requests;
          expect(requests).toBeLessThanOrEqual(truth.get(address)!);
          expect(requests).toBeGreaterThanOrEqual(truth.get(address)! - table.uncertainty);
        }
        expect(sum).toBe(visits.length + 300);
      }),
      { numRuns: 40 },
    );
  });

  it('counts errors of ever new writers and peers together', async () => {
    const lines = Array.from(
      { length: 3000 },
      (_, i) => `Sep 12 08:54:04 host${i} app[${i}]: connect() to u${i}.example failed (111: Connection refused)`,
    );
    const logs = await read(`${lines.join('\n')}\n`, { keep: 'counts' }, 'syslog');
    expect(logs.events.length).toBeGreaterThan(0);
    expect(logs.events.length).toBeLessThanOrEqual(1100);
    expect(logs.approximated.join()).toContain('peers of an error beyond 500');
  });

  it('looks through a text for objects a few times only, however many braces none closes', () => {
    const started = process.cpuUsage();
    for (const piece of ['{"', 'a={', '{"a":{', '{"x":1,']) readFields(`k=v ${piece.repeat(30_000)}`, {});
    expect(process.cpuUsage(started).user / 1e6).toBeLessThan(1);
    const fields = {};
    readFields('{"open {"a":1} b=2 c={"d":3}', fields);
    expect(fields).toMatchObject({ b: '2', 'c.d': '3' });
  });

  it('tells minutes apart up to a bound and says how many it could not', async () => {
    const lines = Array.from(
      { length: 201_000 },
      (_, i) =>
        `{"time":"${new Date(i * 60_000 * 3).toISOString()}","level":"error","msg":"paid","acquirer":"a","code":"91"}`,
    );
    const logs = await read(`${lines.join('\n')}\n`, { keep: 'counts' }, 'gateway.log');
    expect(logs.operations.total).toBe(201_000);
    expect(logs.operations.minutes.length).toBe(200_000);
    expect(summarise(logs).approximated).toEqual([
      expect.stringMatching(/^1000 requests lie in minutes beyond 200000/),
    ]);
  }, 60_000);

  it('says what it counted together', async () => {
    const lines: string[] = [];
    for (let i = 0; i < 20_200; i++)
      lines.push(
        `10.0.0.1 - - [12/Sep/2026:08:54:04 +0000] "GET /${i.toString(36).replace(/\d/g, 'q')}x${'abcdefghij'[i % 10]}${i.toString(26).replace(/\d/g, (d) => 'zyxwvutsrq'[Number(d)]!)} HTTP/1.1" 200 5`,
      );
    const { approximated } = summarise(await read(`${lines.join('\n')}\n`, { keep: 'counts' }));
    expect(approximated).toEqual([
      expect.stringMatching(/^endpoints or upstreams beyond 20000 were counted together; .*--since/),
    ]);
  });

  it('shows no escape, bell or turn of direction from a line', async () => {
    const logs = await read(
      '2026-09-12 20:40:11,172 [main] ERROR com.pay.X - \u001b]0;owned\u0007 \u202egnp.exe\u202c Received fatal alert: handshake_failure\n'.repeat(
        3,
      ),
    );
    const shown = renderText(summarise(logs));
    expect(shown).toContain('owned');
    expect(shown).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('never throws on any text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 400 }), async (text) => {
        const logs = await read(text);
        expect(logs.sources[0]!.lines).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 150 },
    );
  });

  it('never throws on damaged log lines', async () => {
    const seeds = [
      LINE,
      '198.51.100.9 - - [12/Sep/2026:08:54:04 +0000] "GET /p/1?q=tea HTTP/1.1" 200 512 "https://shop/" "Mozilla/5.0" rt=0.1 uct="0.002"\n',
      'Sep 12 08:54:04 lb1 haproxy[2107]: 22.231.91.198:25141 [12/Sep/2026:08:54:04.812] fe~ be/n 0/0/1/59/60 503 7009 - - SC-- 21/20/4/1/0 0/0 "GET / HTTP/2.0"\n',
      '{"ts":1789203244.118,"level":"info","request":{"method":"GET","uri":"/x"},"status":200}\n',
      '<131>1 2026-09-12T08:54:04Z node-3 pay 1 ID47 [ex@32473 iut="3"] boom\n',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
        async (seed, edits) => {
          const bytes = Buffer.from(seed.repeat(4));
          for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
          detectLogFormat(bytes);
          const logs = await read(bytes);
          const { parsed, unparsed, lines } = logs.sources[0]!;
          expect(parsed + unparsed).toBeLessThanOrEqual(lines + 1);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('time stamps', () => {
  const parse = (text: string): string => {
    const bytes = Buffer.from(text);
    if (!parseTimestamp(bytes, 0, bytes.length)) return 'none';
    return `${iso(stamp.local)}${Number.isNaN(stamp.offset) ? '' : ` ${stamp.offset}`}${stamp.zoneName ? ` ${stamp.zoneName}` : ''}${stamp.yearless ? ' yearless' : ''}${stamp.dateless ? ' dateless' : ''}`;
  };

  it.each([
    ['2026-09-12T20:54:35Z x', '2026-09-12T20:54:35.000Z 0'],
    ['2026-09-12T20:54:35.123456789+05:30', '2026-09-12T20:54:35.123Z 330'],
    ['2026-09-12 20:54:35,123', '2026-09-12T20:54:35.123Z'],
    ['2026-09-12 20:54:35 +0800 x', '2026-09-12T20:54:35.000Z 480'],
    ['2026-09-12T20:54:35-03:30', '2026-09-12T20:54:35.000Z -210'],
    ['2026-09-12 20:54:35 - message', '2026-09-12T20:54:35.000Z'],
    ['2026/09/12 20:54:35 [error]', '2026-09-12T20:54:35.000Z'],
    ['2026.09.12 20:54:35 LOG5', '2026-09-12T20:54:35.000Z'],
    ['12/Sep/2026:20:54:35 -0700]', '2026-09-12T20:54:35.000Z -420'],
    ['12/Sep/2026:20:54:35.812]', '2026-09-12T20:54:35.812Z'],
    ['12-Sep-2026 10:00:11 Asia/Shanghai]', '2026-09-12T10:00:11.000Z Asia/Shanghai'],
    ['12-Sep-2026 10:00:11 UTC]', '2026-09-12T10:00:11.000Z 0'],
    ['12 Sep 2026 22:18:06,858', '2026-09-12T22:18:06.858Z'],
    ['Sep 12 12:19:11 host', '2000-09-12T12:19:11.000Z yearless'],
    ['Sep  2 12:19:11 host', '2000-09-02T12:19:11.000Z yearless'],
    ['Sep 12 2026 12:19:11 host', '2026-09-12T12:19:11.000Z'],
    ['Sat Sep 12 12:19:11.123456 2026]', '2026-09-12T12:19:11.123Z'],
    ['Sat, 12 Sep 2026 12:19:11 GMT', '2026-09-12T12:19:11.000Z 0'],
    ['Sep 12, 2026 12:05:07 AM x', '2026-09-12T00:05:07.000Z'],
    ['Sep 12, 2026 12:05:07 PM x', '2026-09-12T12:05:07.000Z'],
    ['9月 12, 2026 4:39:01 下午', '2026-09-12T16:39:01.000Z'],
    ['20260912205435|0210', '2026-09-12T20:54:35.000Z'],
    ['20260912205435123 x', '2026-09-12T20:54:35.123Z'],
    ['20260912T205435Z', '2026-09-12T20:54:35.000Z 0'],
    ['1789203244.118 x', '2026-09-12T08:54:04.118Z 0'],
    ['1789203244118,x', '2026-09-12T08:54:04.118Z 0'],
    ['12.09.2026 20:54:35', '2026-09-12T20:54:35.000Z'],
    ['09/12/2026 20:54:35', '2026-09-12T20:54:35.000Z'],
    ['25/12/2026 20:54:35', '2026-12-25T20:54:35.000Z'],
    ['20:54:35.123 [main]', '1970-01-01T20:54:35.123Z dateless'],
    ['E0912 08:54:04.401234', '2000-09-12T08:54:04.401Z yearless'],
    ['2026-13-12 20:54:35', 'none'],
    ['2026-09-12', 'none'],
    ['10.0.0.1 - - [x]', 'none'],
    ['4111111111111111 x', 'none'],
  ])('%s', (text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  it('reads local time in the given zone, over the change of summer time', async () => {
    const logs = await read(
      '2026-03-29 01:59:59,000 INFO a\n2026-03-29 03:00:00,000 INFO b\n2026-10-25 04:00:00,000 INFO c\n',
      { zone: 'Europe/Berlin', now: Date.UTC(2026, 11, 1) },
    );
    expect(logs.records.map((record) => iso(record.time))).toEqual([
      '2026-03-29T00:59:59.000Z',
      '2026-03-29T01:00:00.000Z',
      '2026-10-25T03:00:00.000Z',
    ]);
    expect(logs.sources[0]!.zone).toEqual({ name: 'Europe/Berlin', source: 'topology' });
  });

  it('gives year-less stamps the latest year that is not after the incident', async () => {
    const text = 'Dec 31 23:59:59 h p[1]: a\nJan  1 00:00:01 h p[1]: b\n';
    const logs = await read(text, { now: Date.UTC(2026, 0, 1, 1) });
    expect(logs.records.map((record) => iso(record.time))).toEqual([
      '2025-12-31T23:59:59.000Z',
      '2026-01-01T00:00:01.000Z',
    ]);
  });
});

it('takes no long text of digits and colons for an address, and tells so in a moment', () => {
  const start = process.cpuUsage().user;
  const long = `${'2:a'.repeat(20_000)}~`;
  for (let i = 0; i < 20; i++) expect(clientAddress(long)).toBe('');
  expect(process.cpuUsage().user - start).toBeLessThan(1_000_000);
  expect(clientAddress('[2001:db8:0:0:0:ffff:192.168.100.228]:443, 10.0.0.1')).toBe(
    '2001:db8:0:0:0:ffff:192.168.100.228',
  );
});
