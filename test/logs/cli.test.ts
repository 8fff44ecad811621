import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIntrusion } from '../../src/cli/logs/read-intrusion.ts';
import { readNamedLogs } from '../../src/cli/logs/read-named.ts';
import { redactFile } from '../../src/cli/logs/redact-file.ts';
import { renderJson, renderText } from '../../src/cli/logs/render.ts';
import { sheetAsJson, sheetAsText } from '../../src/cli/logs/render-intrusion.ts';
import { failsOnWindows } from '../../src/cli/logs/window-words.ts';

const built = existsSync(new URL('../../dist/knowledge/lexicon.json', import.meta.url));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymedic-logs-'));
  const lines = [
    '2026-09-12 08:00:00,000 [main] INFO  com.pay.X - charge card=4111111111111111 cvv=123 order=1',
    '2026-09-12 08:00:01,000 [main] ERROR com.pay.X - call https://gw.pay.test/v1 failed: javax.net.ssl.SSLHandshakeException: Received fatal alert: handshake_failure',
    '2026-09-12 08:00:02,000 [main] WARN  com.pay.X - \u001b[31mred\u001b[0m \u202etxt',
  ];
  writeFileSync(join(folder, 'app.log'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'old.log.1.gz'), gzipSync(`${lines[1]!.replace('08:00:01', '07:00:01')}\n`));
  mkdirSync(join(folder, 'host', 'etc'), { recursive: true });
  writeFileSync(join(folder, 'host', 'etc', 'passwd'), 'root:x:0:0:root:/root:/bin/bash\neve:x:0:0::/root:/bin/bash\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!built)('paymedic logs (needs the compiled knowledge: npm run build)', () => {
  it('sums up several files, gzipped ones too, without showing a card number or a control character', async () => {
    const { summary, problems } = await readNamedLogs([join(folder, 'app.log'), join(folder, 'old.log.1.gz')], {
      zone: 'Asia/Shanghai',
    });
    expect(problems).toEqual([]);
    expect(summary.events.map(({ event, count, complaint }) => [event, count, complaint])).toEqual([
      ['tls.alert-received', 2, 'remote'],
    ]);
    const text = renderText(summary);
    expect(text).toContain('gw.pay.test');
    expect(text).toContain('411111******1111');
    expect(text).not.toMatch(/4111111111111111|\u001b|\u202e/);
    const json = JSON.parse(renderJson(summary));
    expect(json.events[0].first).toBe('2026-09-11T23:00:01.000Z');
    expect(JSON.stringify(json)).not.toContain('4111111111111111');
  });

  it('fails a gate on what failed from beginning to end, and says what so few lines cannot tell', async () => {
    const file = join(folder, 'always.log');
    const requests = (count: number): string =>
      Array.from(
        { length: count },
        (_, i) =>
          `198.51.100.${i % 200} - - [12/Sep/2026:08:${String(Math.floor(i / 10) % 60).padStart(2, '0')}:${String((i % 10) * 6).padStart(2, '0')} +0000] "POST /pay HTTP/1.1" 502 120 "-" "okhttp/4"\n`,
      ).join('');
    writeFileSync(file, requests(200));
    const { summary } = await readNamedLogs([file], {});
    expect(failsOnWindows(summary)).toBe(true);
    expect(renderText(summary)).toMatch(/always .* all requests: 100 % failed from beginning to end/);
    expect(renderText(summary)).toMatch(/502 +200× {2}of most requests from/);
    writeFileSync(file, requests(4));
    const { summary: few } = await readNamedLogs([file], {});
    expect(failsOnWindows(few)).toBe(false);
    expect(renderText(few)).toMatch(/cannot tell +all requests: 4 of 4 failed, too few/);
    expect(renderText(few)).not.toContain('none found');
    expect(JSON.parse(renderJson(few)).thin).toMatchObject([{ requests: 4, failures: 4 }]);
  });

  it('keeps to --since and --until', async () => {
    const { summary } = await readNamedLogs([join(folder, 'app.log')], {
      since: '2026-09-12T08:00:01Z',
      until: '2026-09-12T08:00:02Z',
      zone: 'UTC',
    });
    expect(summary.records).toBe(1);
  });

  it.each([
    [{ zone: 'Mars/Base' }, '--zone Mars/Base'],
    [{ since: 'yesterday' }, '--since yesterday'],
    [{ budget: 'much' }, '--budget much'],
    [{ sigma: ['/no/such/folder'] }, '--sigma'],
  ])('says what is wrong with %j', async (options, message) => {
    await expect(readNamedLogs([join(folder, 'app.log')], options)).rejects.toThrow(message);
  });

  it('reports a file that is not there, and still reads the others', async () => {
    const { summary, problems } = await readNamedLogs([join(folder, 'app.log'), join(folder, 'none.log')], {});
    expect(summary.sources).toHaveLength(1);
    expect(problems.filter(({ named }) => named)).toHaveLength(1);
  });

  it('says when a named layout fits no file, and refuses one that names nothing', async () => {
    const inputs = [join(folder, 'app.log')];
    const { problems } = await readNamedLogs(inputs, { logFormat: ['$remote_addr [$time_local] $status'] });
    expect(problems).toMatchObject([
      { what: expect.stringContaining('fits fewer than nine of ten lines'), named: true },
    ]);
    await expect(readNamedLogs(inputs, { logFormat: ['remote_addr'] })).rejects.toThrow(/names nothing of a request/);
  });

  it('answers the intrusion sheet from a folder', async () => {
    const { sheet } = await readIntrusion([join(folder, 'host')], {});
    expect(sheet.accounts.map(({ name }) => name)).toEqual(['eve']);
    expect(sheetAsText(sheet)).toContain('a second root');
    expect(JSON.parse(sheetAsJson(sheet)).unanswered.length).toBe(4);
  });
});

describe('paymedic logs redact', () => {
  it.skipIf(process.platform === 'win32')('refuses devices and pipes, which may have no end', async () => {
    await expect(redactFile('/dev/zero', join(folder, 'zero.log'))).rejects.toThrow('is no plain file');
    expect(existsSync(join(folder, 'zero.log'))).toBe(false);
  });

  it('writes a clean copy and touches nothing else', async () => {
    const output = join(folder, 'clean.log');
    const counts = await redactFile(join(folder, 'app.log'), output);
    expect(counts).toEqual({ lines: 3, masked: 1, secrets: 1, notes: [] });
    const before = readFileSync(join(folder, 'app.log'), 'utf8').split('\n');
    const after = readFileSync(output, 'utf8').split('\n');
    expect(after[0]).toBe(
      '2026-09-12 08:00:00,000 [main] INFO  com.pay.X - charge card=411111******1111 cvv=*** order=1',
    );
    expect(after.slice(1)).toEqual(before.slice(1));
  });

  it('masks a number of a file where it stands as an order before it stands as a card', async () => {
    const lines = ['order_id=4111111111111111 paid', 'order_id=5105105105105100 paid', 'pan=4111111111111111 ok', ''];
    writeFileSync(join(folder, 'early.log'), lines.join('\n'));
    writeFileSync(join(folder, 'early.log.gz'), gzipSync(lines.join('\n')));
    for (const name of ['early.log', 'early.log.gz']) {
      expect(await redactFile(join(folder, name), join(folder, 'early.clean'))).toMatchObject({ lines: 3, masked: 2 });
      expect(readFileSync(join(folder, 'early.clean'), 'utf8').split('\n')).toEqual([
        'order_id=411111******1111 paid',
        'order_id=5105105105105100 paid',
        'pan=411111******1111 ok',
        '',
      ]);
    }
  });

  it('keeps the line ends of Windows', async () => {
    writeFileSync(join(folder, 'crlf.log'), 'a\r\nb\nc\r\n');
    await redactFile(join(folder, 'crlf.log'), join(folder, 'crlf.clean'));
    expect(readFileSync(join(folder, 'crlf.clean'), 'utf8')).toBe('a\r\nb\nc\r\n');
  });

  it('keeps every other byte: marks of encodings, NUL, other encodings, long lines, an end without a line end', async () => {
    const one = async (bytes: Buffer): Promise<Buffer> => {
      writeFileSync(join(folder, 'raw.log'), bytes);
      await redactFile(join(folder, 'raw.log'), join(folder, 'raw.clean'));
      return readFileSync(join(folder, 'raw.clean'));
    };
    const text = (secret: string, card: string): Buffer =>
      Buffer.concat([
        Buffer.from('\ufeff\0\0first\r\n\n'),
        Buffer.from([0x63, 0xe9, 0xff, 0x0a]),
        Buffer.from(
          `${'x '.repeat(40_000)}password=${secret} card=${card}${' y'.repeat(3_000_000)}\nlast password=${secret}`,
        ),
      ]);
    expect(
      (await one(text('hunter2x', '4111111111111111'))).equals(text('[password removed]', '411111******1111')),
    ).toBe(true);
    const wide = Buffer.from('\ufeffcard=4111111111111111 ✓\r\nend', 'utf16le');
    expect((await one(wide)).toString('utf16le')).toBe('\ufeffcard=411111******1111 ✓\r\nend');
  });

  it('leaves no half-written file behind when the input cannot be read', async () => {
    const output = join(folder, 'never.log');
    await expect(redactFile(join(folder, 'missing.log'), output)).rejects.toThrow('ENOENT');
    expect(existsSync(output) || existsSync(`${output}.part`)).toBe(false);
  });
});
