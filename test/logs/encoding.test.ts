/** Logs of programs that do not write UTF-8. */
import { describe, expect, it } from 'vitest';
import { utf32Bytes } from '../../src/evidence/utf32.ts';
import { foreignEncoding } from '../../src/logs/encoding.ts';
import { detectLogFormat } from '../../src/logs/index.ts';
import { Redactor } from '../../src/logs/redact.ts';
import { redactStream } from '../../src/logs/redact-stream.ts';
import { iso, read } from './read.ts';

/** "签名信息错误，验签失败" (wrong signature, check failed) as GBK writes it. */
const GBK = Buffer.from('c7a9c3fbd0c5cfa2b4edcef3a3acd1e9c7a9caa7b0dc', 'hex');

describe('logs that are not UTF-8', () => {
  it('are read in GBK', async () => {
    const line = (m: number) =>
      Buffer.concat([
        Buffer.from(`2026-09-12 08:${String(m).padStart(2, '0')}:00.000 ERROR [w] c.a.Gw - `),
        GBK,
        Buffer.from('\n'),
      ]);
    const bytes = Buffer.concat(Array.from({ length: 60 }, (_, m) => line(m)));
    for (const chunk of [65_536, 61]) {
      const { events, templates } = await read(bytes, {}, 'app.log', chunk);
      expect(events).toMatchObject([{ event: 'pay.signature-rejected', count: 60 }]);
      expect(JSON.stringify(templates)).toContain('验签失败');
    }
  });

  it('are read in Windows-1252, and stray bytes change nothing', async () => {
    const line = (m: number, words: Buffer) =>
      Buffer.concat([
        Buffer.from(`2026-09-12 08:${String(m).padStart(2, '0')}:00.000 ERROR [w] c.a.Gw - `),
        words,
        Buffer.from('\n'),
      ]);
    const umlauts = Buffer.from('Verbindung abgelehnt für Straße', 'latin1');
    const western = Buffer.concat(Array.from({ length: 60 }, (_, m) => line(m, umlauts)));
    for (const chunk of [65_536, 61])
      expect(JSON.stringify((await read(western, {}, 'app.log', chunk)).templates)).toContain('für Straße');
    const hello = Buffer.from([0x16, 0x03, 0x01, 0x84, 0xb0, 0xfe, 0x01, 0x91, 0xe0, 0x80]);
    const bytes = Buffer.concat(
      Array.from({ length: 60 }, (_, m) => line(m, m % 20 ? Buffer.from('bad request') : hello)),
    );
    expect(foreignEncoding(bytes)).toBeUndefined();
  });

  it.each(['utf-16le', 'utf-16be'])('are read in %s', async (encoding) => {
    const text = Array.from(
      { length: 30 },
      (_, m) =>
        `198.51.100.7 - - [12/Sep/2026:08:${String(m).padStart(2, '0')}:00 +0000] "GET /pay HTTP/1.1" 502 17 "-" "x"\r\n`,
    ).join('');
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    if (encoding === 'utf-16be') bytes.swap16();
    expect(detectLogFormat(bytes)).toMatchObject({ format: 'access-combined' });
    const { requests, sources } = await read(bytes);
    expect(requests.length).toBe(30);
    expect(iso(sources[0]!.last)).toBe('2026-09-12T08:29:00.000Z');
  });

  it.each(['utf-32le', 'utf-32be'] as const)('are read in %s, whatever pieces they come in', async (encoding) => {
    const text = Array.from(
      { length: 60 },
      (_, m) => `2026-09-12 08:${String(m).padStart(2, '0')}:00.000 ERROR [w] c.a.Gw - 验签失败 \u{1f4b3}\n`,
    ).join('');
    const bytes = utf32Bytes(`\ufeff${text}`, encoding);
    expect(detectLogFormat(bytes)).toMatchObject({ format: 'text-leveled' });
    for (const chunk of [65_536, 61]) {
      const { sources, templates } = await read(bytes, {}, 'app.log', chunk);
      expect(sources[0]).toMatchObject({ format: 'text-leveled', lines: 60, unparsed: 0 });
      expect(JSON.stringify(templates)).toContain('验签失败 \u{1f4b3}');
    }
  });

  it.each(['utf-32le', 'utf-32be'] as const)('lose their card numbers in %s', async (encoding) => {
    const bytes = utf32Bytes('\ufeffcard=4111111111111111 \u{1f4b3}\r\n', encoding);
    const pieces: Buffer[] = [];
    const chunks = async function* () {
      yield bytes.subarray(0, 30);
      yield bytes.subarray(30);
    };
    for await (const piece of redactStream(chunks(), new Redactor())) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces)).toEqual(utf32Bytes('\ufeffcard=411111******1111 \u{1f4b3}\r\n', encoding));
  });

  it('leave bytes of Windows-1252 alone', async () => {
    const bytes = Buffer.from(
      '2026-09-12 08:00:00.000 ERROR [w] c.a.Gw - \u00dcberweisung M\u00fcller: Connection refused\n',
      'latin1',
    );
    const { templates } = await read(bytes);
    expect(templates).toHaveLength(1);
    expect(JSON.stringify(templates)).toContain('berweisung');
  });
});
