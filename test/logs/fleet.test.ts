import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followLogs } from '../../src/cli/logs/follow.ts';
import { mergeFiles, writePartial } from '../../src/cli/logs/merge.ts';
import { readNamedLogs } from '../../src/cli/logs/read-named.ts';
import { readLogs } from '../../src/logs/index.ts';
import { compileLinePattern, patternInput } from '../../src/logs/pattern.ts';
import { seekRange } from '../../src/logs/seek.ts';
import { summarise } from '../../src/logs/summary.ts';
import { SourceClock } from '../../src/logs/time/clock.ts';
import { UTC } from '../../src/logs/time/zone.ts';
import { input, lexicon, NOW } from './read.ts';

const built = existsSync(new URL('../../dist/knowledge/lexicon.json', import.meta.url));
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-fleet-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const START = Date.UTC(2026, 8, 12, 8);
const stamp = (ms: number): string => new Date(ms).toISOString();

/** Lines of four nodes over two hours with an outage and a failing spell. */
function nodeLines(node: number): string[] {
  const lines: string[] = [];
  for (let second = node; second < 7200; second += 3) {
    const minute = Math.floor(second / 60);
    if (minute >= 30 && minute < 40) continue;
    const failed = minute >= 80 && minute < 95 && second % 2 === 0;
    lines.push(
      JSON.stringify({
        time: stamp(START + second * 1000),
        remote_addr: `10.0.${node % 2}.${second % 50}`,
        method: 'GET',
        uri: `/api/${second % 3 ? 'pay' : 'cart'}`,
        status: failed ? 503 : 200,
        body_bytes_sent: 5,
        request_time: (second % 17) / 10,
        upstream_addr: `10.9.9.${node}:80`,
      }),
    );
  }
  return lines;
}

describe('partial results', () => {
  it('of four shards add up to what one pass over all files finds', async () => {
    const shards = [0, 1, 2, 3].map((node) => input(`node${node}.jsonl`, nodeLines(node).join('\n')));
    const options = { lexicon, now: NOW, digestKey: Buffer.alloc(32) };
    const whole = summarise(await readLogs(shards, options));
    const files = await Promise.all(
      shards.map(async (shard, i) => {
        const file = join(folder, `part${i}.json`);
        writePartial(await readLogs([shard], { ...options, keep: 'counts' }), file);
        return file;
      }),
    );
    const merged = mergeFiles(files);
    expect(merged.windows).toEqual(whole.windows);
    expect(merged.windows.map(({ kind, dimension }) => `${kind} ${dimension}`)).toEqual(
      expect.arrayContaining(['interruption all', 'failures all']),
    );
    expect(merged.requests).toEqual(whole.requests);
    expect(merged.sources.map(({ file, lines }) => [file, lines])).toEqual(
      whole.sources.map(({ file, lines }) => [file, lines]),
    );
    expect(merged.span).toEqual(whole.span);
  });

  it('keeps error classes, messages and card numbers', async () => {
    const text = [
      '2026-09-12 08:00:00,000 [main] ERROR c.p.X - call failed: javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure',
      '2026-09-12 08:00:01,000 [main] WARN  c.p.X - odd thing happened card=4111111111111111',
    ].join('\n');
    const options = { lexicon, now: NOW, digestKey: Buffer.alloc(32) };
    const file = join(folder, 'app.json');
    const logs = await readLogs([input('app.log', text)], options);
    writePartial(logs, file);
    const merged = mergeFiles([file, file]);
    const once = summarise(logs);
    expect(merged.events.map(({ event, count }) => [event, count])).toEqual(
      once.events.map(({ event, count }) => [event, count * 2]),
    );
    expect(merged.cards.total).toBe(2);
    expect(readFileSync(file, 'utf8')).not.toContain('4111111111111111');
  });

  it('says which file is no partial', () => {
    writeFileSync(join(folder, 'other.json'), '{"a":1}');
    expect(() => mergeFiles([join(folder, 'other.json')])).toThrow('was not written by paymedic logs --partial');
    expect(() => mergeFiles([join(folder, 'none.json')])).toThrow('ENOENT');
    expect(() => mergeFiles(['/dev/null'])).toThrow('is no plain file');
  });
});

describe('--log-pattern', () => {
  it('reads lines of any layout, whatever the chunks, and leaves others to be counted', async () => {
    const lines = [
      '#17 @2026-09-12T08:00:00Z <ERROR> pay.Gate :: upstream timed out',
      'not of this layout',
      '#18 @2026-09-12T08:00:01Z <INFO> pay.Gate :: ok\r',
    ];
    const pattern = compileLinePattern('^#\\d+ @(?P<time>\\S+) <(?P<level>\\w+)> (?P<logger>\\S+) :: (?P<message>.*)$');
    for (const chunk of [7, 4096]) {
      const logs = await readLogs([patternInput(input('x.log', lines.join('\n'), chunk), pattern)], {
        lexicon,
        now: NOW,
      });
      expect(logs.sources[0]!.format).toBe('log-pattern');
      expect(logs.records.map(({ line, level, logger, time }) => [line, level, logger, stamp(time)])).toEqual([
        [1, 'error', 'pay.Gate', '2026-09-12T08:00:00.000Z'],
        [3, 'info', 'pay.Gate', '2026-09-12T08:00:01.000Z'],
      ]);
    }
  });

  it('makes requests of access fields', async () => {
    const pattern = compileLinePattern(
      '^(?P<time>\\S+) (?P<remote_addr>\\S+) (?P<method>[A-Z]+) (?P<uri>\\S+) -> (?P<status>\\d+)$',
    );
    const logs = await readLogs(
      [patternInput(input('x.log', '2026-09-12T08:00:00Z 10.1.2.3 GET /pay?x=1 -> 503\n'), pattern)],
      { lexicon, now: NOW },
    );
    expect(logs.requests.length).toBe(1);
    expect(logs.requests.status[0]).toBe(503);
  });

  it('runs hostile patterns in linear time and refuses what names nothing', () => {
    const pattern = compileLinePattern('(?P<message>(a+)+$)');
    const started = Date.now();
    pattern.apply(`${'a'.repeat(20_000)}b`);
    expect(Date.now() - started).toBeLessThan(2000);
    expect(() => compileLinePattern('(a+)')).toThrow('names no group');
    expect(() => compileLinePattern('(?P<a>')).toThrow();
  });
});

describe('seeking in sorted files', () => {
  const file = (): string => join(folder, 'big.log');
  const COUNT = 60_000;
  beforeAll(() => {
    const handle = openSync(file(), 'w');
    for (let i = 0; i < COUNT; i++)
      writeSync(
        handle,
        `10.0.0.${i % 250} - - [${stamp(START + i * 1000).slice(8, 10)}/Sep/2026:${stamp(START + i * 1000).slice(11, 19)} +0000] "GET /a?n=${i} HTTP/1.1" 200 5 "-" "x"\n`,
      );
    closeSync(handle);
  });

  it('reads a small part that holds every line of the span', async () => {
    const handle = await open(file(), 'r');
    let asked = 0;
    const { size } = await handle.stat();
    const clock = new SourceClock(UTC, NOW, undefined);
    const since = START + 40_000_000;
    const until = START + 41_000_000;
    const range = await seekRange(
      async (position, length) => {
        const buffer = Buffer.alloc(length);
        const { bytesRead } = await handle.read(buffer, 0, length, position);
        asked += bytesRead;
        return buffer.subarray(0, bytesRead);
      },
      size,
      since,
      until,
      () => clock.resolve(),
    );
    await handle.close();
    const part = readFileSync(file()).subarray(range!.from, range!.to);
    expect(part.length).toBeLessThan(size * 0.1);
    expect(asked).toBeLessThan(size * 0.3);
    expect(part.subarray(0, 5).toString()).toBe('10.0.');
    for (const i of [40_000, 40_500, 41_000]) expect(part.includes(`n=${i} `)).toBe(true);
  });

  it('leaves files alone that are not sorted or tell no time', async () => {
    const memory = (bytes: Buffer) => async (position: number, length: number) =>
      bytes.subarray(position, position + length);
    const lines = Array.from({ length: 4000 }, (_, i) => `${stamp(START + ((i * 7919) % 4000) * 1000)} x\n`).join('');
    const clock = new SourceClock(UTC, NOW, undefined);
    const sorted = Array.from({ length: 4000 }, (_, i) => stamp(START + i * 1000));
    // What the lines mean is said at the beginning of a W3C log, and by those before a time of day.
    const named = `#Fields: date time c-ip\n${sorted.map((time) => `${time} 10.0.0.1\n`).join('')}`;
    const clocks = sorted.map((time) => `${time.slice(11, 19)} INFO paid\n`).join('');
    for (const text of [lines, named, clocks, 'no time here\n'.repeat(5000), 'x'.repeat(100_000)]) {
      const bytes = Buffer.from(text);
      expect(await seekRange(memory(bytes), bytes.length, START, START + 1000, () => clock.resolve())).toBeUndefined();
    }
  });
});

describe.skipIf(!built)('--follow (needs the compiled knowledge: npm run build)', () => {
  it('tells what is appended, across lines written in halves and a rotation', async () => {
    const file = join(folder, 'app.log');
    writeFileSync(file, '2026-09-12 08:00:00,000 [main] INFO  c.p.X - old line\n');
    const told: string[] = [];
    const stop = new AbortController();
    const running = followLogs(
      [file],
      { format: 'text', interval: 20, fromStart: false },
      (line) => told.push(line),
      stop.signal,
    );
    const until = async (count: number): Promise<void> => {
      for (let i = 0; i < 200 && told.length < count; i++) await wait(20);
    };
    await wait(60);
    appendFileSync(
      file,
      '2026-09-12 08:00:01,000 [main] ERROR c.p.X - call failed: javax.net.ssl.SSLHandshakeException: Received fatal',
    );
    await wait(60);
    expect(told).toEqual([]);
    appendFileSync(file, ' alert: handshake_failure\n');
    await until(1);
    expect(told[0]).toContain('tls.alert-received');
    renameSync(file, `${file}.1`);
    writeFileSync(file, '2026-09-12 08:00:02,000 [main] INFO  c.p.X - card=4111111111111111\n');
    await until(2);
    stop.abort();
    await running;
    expect(told[1]).toContain('card-number  411111******1111');
  });

  it('tells failures by the clock of the log', async () => {
    const file = join(folder, 'followed-access.log');
    writeFileSync(file, '');
    const told: string[] = [];
    const stop = new AbortController();
    const options = { format: 'text', interval: 20, fromStart: false };
    const running = followLogs([file], options, (line) => told.push(line), stop.signal);
    await wait(60);
    const line = (second: number): string =>
      `198.51.100.7 - - [12/Sep/2026:08:00:${second} +0000] "POST /pay HTTP/1.1" 502 120 "-" "okhttp/4"\n`;
    appendFileSync(file, [10, 11, 12].map(line).join(''));
    for (let i = 0; i < 200 && told.length < 1; i++) await wait(20);
    stop.abort();
    await running;
    expect(told[0]).toMatch(/^2026-09-12T08:00:12.000Z {2}failures {2}.*count=3/);
  });

  it('refuses what is no file', async () => {
    await expect(
      followLogs(
        [folder],
        { format: 'text', interval: 20, fromStart: false },
        () => undefined,
        new AbortController().signal,
      ),
    ).rejects.toThrow('is no file');
  });

  it('writes a partial from the command', async () => {
    const file = join(folder, 'one.jsonl');
    writeFileSync(file, `${nodeLines(1).join('\n')}\n`);
    const partial = join(folder, 'one.partial.json');
    const { summary } = await readNamedLogs([file], { partial });
    expect(mergeFiles([partial]).windows).toEqual(summary.windows);
  });
});
