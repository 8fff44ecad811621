/** Threads that read ranges of a file must say together what one thread says. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const two = (n: number): string => String(n).padStart(2, '0');
const clock = (i: number): string => `${two(8 + (Math.floor(i / 9000) % 12))}:${two(Math.floor(i / 150) % 60)}:00`;
const letters = (n: number): string => n.toString(26).replace(/\d/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);

/** A line by its number; every file has some 20 MB of them, in several ranges. */
const FILES: { [name: string]: (i: number) => string } = {
  'access.log': (i) => {
    const target = i % 997 === 0 ? '/a?id=1+union+select+1' : `/p/${i % 50}`;
    return `10.${i % 5}.${i % 7}.${i % 200} - - [12/Sep/2026:${clock(i)} +0800] "GET ${target} HTTP/1.1" ${i % 11 === 0 ? 502 : 200} ${i} "https://shop.test/c/${i % 90}" "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"`;
  },
  // More endpoints in the whole than are told apart, but not in each part.
  'endpoints.log': (i) =>
    `10.0.${i % 7}.${i % 200} - - [12/Sep/2026:${clock(i)} +0800] "GET /${letters(Math.floor(i / 5))}/${'x'.repeat(90)} HTTP/1.1" 200 ${i} "-" "curl/8.5.0"`,
  'gateway.jsonl': (i) => {
    const failed = i % 41 === 0;
    return JSON.stringify({
      ts: `2026-09-12T${clock(i)}Z`,
      level: failed ? 'error' : 'info',
      client_ip: `10.0.${i % 9}.${i % 60}`,
      endpoint: '/v1/pay',
      acquirer: `a${i % 3}`,
      result_code: failed ? '96' : '00',
      latency_ms: i % 5000,
      order: `order of ${'lamps and tea '.repeat(8)}`,
      msg:
        i % 1009 === 0
          ? 'card 4111111111111111 declined'
          : failed
            ? `java.net.ConnectException: Connection refused to 10.9.9.${i % 5}:443`
            : `shape ${'abcdefghij'[i % 10]} of ${i}`,
    });
  },
};

const folder = mkdtempSync(join(tmpdir(), 'paymedic-threads-'));
beforeAll(() => {
  for (const [name, line] of Object.entries(FILES)) {
    const lines: string[] = [];
    for (let i = 0, bytes = 0; bytes < 20e6; i++) {
      const text = line(i);
      bytes += text.length + 1;
      lines.push(text);
    }
    writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Card digests have a key of the run. */
function said(files: readonly string[], jobs: number): string {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['bin/paymedic.js', 'logs', ...files, '--jobs', String(jobs), '--now', '2026-11-22', '--format', 'json'],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  expect(stderr).toBe('');
  return stdout.replace(/"digest": ?"[0-9a-f]*"/g, '"digest": ""');
}

describe.skipIf(!existsSync('dist/cli/log-worker.js'))('several threads say what one says', () => {
  it.each(Object.keys(FILES))('of %s', (name) => {
    const one = said([join(folder, name)], 1);
    const { sources, approximated } = JSON.parse(one);
    expect(sources[0].lines).toBeGreaterThan(50_000);
    expect(approximated).toHaveLength(name === 'endpoints.log' ? 1 : 0);
    expect(said([join(folder, name)], 2)).toBe(one);
  });

  it('of several files at once', () => {
    const files = ['access.log', 'gateway.jsonl'].map((name) => join(folder, name));
    expect(said(files, 3)).toBe(said(files, 1));
  });
});
