import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identify } from '../../src/evidence/identify.ts';
import { openEvidence } from '../../src/evidence/index.ts';
import { EvidenceTooLarge } from '../../src/evidence/types.ts';
import { onPath } from '../programs.ts';

const fixtures = fileURLToPath(new URL('fixtures/', import.meta.url));
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'paymedic-hostile-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Reads everything the intake offers, as the readers would. */
async function readAll(file: string): Promise<number> {
  const opened = await openEvidence([file], { limits: { expandedBytes: 1 << 24 } });
  let length = 0;
  for (const source of opened.sources) for await (const chunk of source.chunks()) length += chunk.length;
  await opened.seal();
  for (const item of opened.items) if (!item.unreadable) expect(item.sha256).toMatch(/^[0-9a-f]{64}$/);
  return length;
}

describe('damaged and hostile files', () => {
  it.each([
    ['blank lines', 'hello world\n'],
    ['blank lines of a log', '2026-11-21T10:00:00Z ERROR pay started\n'],
    ['blank lines of a configuration', 'user www;\n'],
    ['blank lines of a dump', '-- INSERT\n'],
    ['blank lines of JSON', '{'],
  ])('what 64 KiB are is told in a moment: %s', (_, begin) => {
    const start = process.cpuUsage().user;
    identify(Buffer.from(`${begin}${'\n'.repeat(65_000)}"a": 1`), 70_000, {});
    expect(process.cpuUsage().user - start).toBeLessThan(1_000_000);
  });
  it.each(['bundle.tar.gz', 'bundle.zip', 'nested.zip', 'payments.csv.zst', 'cert.der', 'store.p12', 'crl.der'])(
    '%s with any bytes changed or cut off is read without a throw',
    async (name) => {
      const whole = readFileSync(join(fixtures, name));
      const file = join(root, name);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }),
          fc.integer({ min: 1, max: whole.length }),
          async (changes, length) => {
            const bytes = Buffer.from(whole);
            for (const [at, value] of changes) bytes[at] = value;
            writeFileSync(file, bytes.subarray(0, length));
            await readAll(file);
          },
        ),
        { numRuns: 120 },
      );
    },
  );
  it('identifies any bytes without a throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 600 }),
        fc.constantFrom(
          '',
          '\x30\x82',
          '-----BEGIN CERTIFICATE-----\n',
          '{"a":',
          'time,amount,',
          '<html>',
          '; <<>> DiG ',
        ),
        (bytes, start) => {
          const head = Buffer.concat([Buffer.from(start, 'latin1'), bytes]);
          expect(identify(head, head.length, {}).kind).toBeTruthy();
        },
      ),
      { numRuns: 2000 },
    );
  });
  it('identifies patterns made to slow regular expressions down in bounded time', () => {
    const patterns = [
      ' '.repeat(60_000),
      '('.repeat(60_000),
      'a.'.repeat(30_000),
      '2026-01-01 '.repeat(5000),
      '- '.repeat(30_000),
      '"'.repeat(60_000),
      'a=b '.repeat(15_000),
      '0'.repeat(60_000),
      `${'x:'.repeat(30_000)}\n`,
      '#'.repeat(60_000),
      '|-'.repeat(30_000),
      `GET ${'/a'.repeat(30_000)}`,
    ];
    const begun = performance.now();
    for (const pattern of patterns) {
      for (const text of [pattern, `${pattern}\n`.repeat(1), pattern.match(/.{1,80}/gs)!.join('\n')])
        identify(Buffer.from(text).subarray(0, 65_536), text.length, {});
    }
    expect(performance.now() - begun).toBeLessThan(8000);
  });
  it.skipIf(!onPath('python3'))(
    'names members that an archive repeats or overlaps only as often as they are listed',
    async () => {
      const file = join(root, 'twice.zip');
      execFileSync('python3', [
        '-W',
        'ignore',
        '-c',
        'import zipfile,sys\nz=zipfile.ZipFile(sys.argv[1],"w")\nfor i in range(50): z.writestr("same.txt","hello there "+str(i))\nz.close()',
        file,
      ]);
      const opened = await openEvidence([file], { limits: { files: 20 } });
      expect(opened.items).toHaveLength(20);
    },
  );
  it('streams a line of many megabytes in bounded chunks', async () => {
    const file = join(root, 'long.log');
    writeFileSync(file, Buffer.alloc(40_000_000, 0x61));
    const opened = await openEvidence([file]);
    const source = opened.sources[0]!;
    let largest = 0;
    for await (const chunk of source.chunks()) largest = Math.max(largest, chunk.length);
    expect(largest).toBeLessThanOrEqual(1 << 20);
    expect(source.head.length).toBe(65_536);
    await expect(source.bytes(1_000_000)).rejects.toThrow(EvidenceTooLarge);
  });
  it('keeps no more content in memory than its budget', async () => {
    for (let i = 0; i < 6; i++) writeFileSync(join(root, `part${i}.txt`), Buffer.alloc(300_000, 0x61 + i));
    const opened = await openEvidence(
      [0, 1, 2, 3, 4, 5].map((i) => join(root, `part${i}.txt`)),
      { limits: { memoryBytes: 1_000_000 } },
    );
    for (const [i, source] of opened.sources.entries())
      expect((await source.bytes()).subarray(0, 2).toString()).toBe(String.fromCharCode(0x61 + i).repeat(2));
  });
  it('reads a compressed file whose content is an archive member bomb no further than the bound', async () => {
    const file = join(root, 'bomb.gz');
    writeFileSync(file, gzipSync(Buffer.alloc(60_000_000)));
    expect(await readAll(file)).toBeLessThanOrEqual(1 << 24);
  });
});
