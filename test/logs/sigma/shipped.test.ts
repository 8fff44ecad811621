import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDocument, runSigma, SigmaEngine, sigmaEvents } from '../../../src/logs/sigma/index.ts';
import { read } from '../read.ts';

const folder = new URL('../../../knowledge/sigma/', import.meta.url);
const documents = readdirSync(folder).map((file) =>
  readDocument(parse(readFileSync(new URL(file, folder), 'utf8')), file),
);

const titles = async (text: string): Promise<string[]> => {
  const engine = new SigmaEngine(documents);
  expect(engine.problems).toEqual([]);
  return runSigma(engine, sigmaEvents(await read(text))).map(({ rule }) => rule.title);
};

const second = (n: number): string => new Date(Date.UTC(2026, 8, 12, 8, 0, n)).toISOString();
const two = (n: number): string => String(n).padStart(2, '0');

describe('the shipped Sigma rules', () => {
  it('tell password guessing from guessing that succeeded', async () => {
    const failures = Array.from(
      { length: 25 },
      (_, i) => `Sep 12 08:00:${two(i)} pay1 sshd[1]: Failed password for root from 203.0.113.9 port 4${i} ssh2`,
    );
    expect(await titles(`${failures.join('\n')}\n`)).toEqual(['Many refused SSH passwords from one address']);
    const success = 'Sep 12 08:05:00 pay1 sshd[1]: Accepted password for root from 203.0.113.9 port 999 ssh2';
    const other = 'Sep 12 08:05:00 pay1 sshd[1]: Accepted password for deploy from 10.0.0.4 port 999 ssh2';
    expect(await titles(`${failures.join('\n')}\n${success}\n`)).toContain('SSH password guessing that succeeded');
    expect(await titles(`${failures.join('\n')}\n${other}\n`)).not.toContain('SSH password guessing that succeeded');
  });

  it('stay silent on a few refused passwords and an administrator with a key', async () => {
    const lines = Array.from(
      { length: 8 },
      (_, i) =>
        `Sep 12 08:${two(i * 5)}:00 pay1 sshd[1]: Failed password for invalid user admin from 203.0.113.${i} port 4${i} ssh2`,
    );
    lines.push(
      'Sep 12 09:00:00 pay1 sshd[1]: Accepted publickey for deploy from 10.0.0.4 port 57253 ssh2: ED25519 SHA256:x',
    );
    expect(await titles(`${lines.join('\n')}\n`)).toEqual([]);
  });

  it('find card testing in an access log, not a shop whose customers are refused now and then', async () => {
    const line = (client: string, n: number): string =>
      `{"time":"${second(n)}","remote_addr":"${client}","request":"POST /api/pay HTTP/1.1","status":402,"body_bytes_sent":9}`;
    expect(await titles(Array.from({ length: 40 }, (_, i) => line('203.0.113.9', i)).join('\n'))).toEqual([
      'Refused payments from one address in quick succession',
    ]);
    expect(await titles(Array.from({ length: 40 }, (_, i) => line(`198.51.100.${i}`, i)).join('\n'))).toEqual([]);
  });

  it('find a burst of refused notifications', async () => {
    const line = (n: number): string =>
      `{"time":"${second(n)}","level":"error","msg":"webhook rejected: No signatures found matching the expected signature for payload"}`;
    expect(await titles(Array.from({ length: 12 }, (_, i) => line(i * 20)).join('\n'))).toEqual([
      'Many payment notifications refused',
    ]);
    expect(await titles(Array.from({ length: 5 }, (_, i) => line(i * 20)).join('\n'))).toEqual([]);
  });
});
