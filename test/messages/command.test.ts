import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const SECRET = 'whsec_test_5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH';
const folder = mkdtempSync(join(tmpdir(), 'paymedic-message-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const run = (args: string[], input?: string) => {
  const done = spawnSync(process.execPath, ['bin/paymedic.js', 'message', ...args], {
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
  return { code: done.status, out: done.stdout, err: done.stderr };
};
const body = JSON.stringify({ id: 'evt_1', data: { object: { amount: 2000 } } });
const http = (text: string, t = 1_767_188_398): string =>
  `POST /hook HTTP/1.1\r\nHost: shop.example\r\nStripe-Signature: t=${t},v1=${createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex')}\r\n\r\n${text}`;
const secretFile = file('secret', `${SECRET}\n`);

describe('paymedic message verify', () => {
  it('passes a valid message, with the secret from a file or from standard input', () => {
    const good = file('good.http', http(body));
    expect(run(['verify', good, '--secret-file', secretFile]).code).toBe(0);
    const piped = run(['verify', good, '--secret-file', '-'], SECRET);
    expect(piped.code).toBe(0);
    expect(piped.out).toContain('1 of 1 signatures');
  });

  it('names the cause of a failure with proof and the first difference, and fails the gate', () => {
    const pretty = file('pretty.http', http(JSON.stringify(JSON.parse(body), null, 2)));
    const done = run(['verify', pretty, '--secret-file', secretFile, '--format', 'json']);
    expect(done.code).toBe(1);
    const report = JSON.parse(done.out);
    expect(report.diagnosis[0]).toMatchObject({ cause: 'webhook-body-altered', confidence: 0.97 });
    expect(report.findings[0].detail).toMatch(/first difference at byte 12 /);
    expect(report.messages[0].signatures[0]).toMatchObject({ result: 'invalid', reason: 'json-rewritten' });
    expect(done.out + done.err).not.toContain(SECRET.slice(6));
  });

  it('is incomplete without a key, and says which one is missing', () => {
    const done = run(['verify', file('open.http', http(body)), '--format', 'json']);
    expect(done.code).toBe(3);
    expect(JSON.parse(done.out).notChecked[0].wouldShow).toMatch(/shared secret/);
    expect(JSON.parse(done.out).diagnosis).toEqual([]);
  });

  it('is incomplete when a file holds nothing that it knows', () => {
    expect(run(['verify', file('prose.txt', 'The weather is nice today.\n')]).code).toBe(3);
    expect(run(['verify', join(folder, 'missing.http')]).code).toBe(3);
  });

  it('judges the clock at --at, never at the time of analysis', () => {
    const good = file('late.http', http(body));
    expect(run(['verify', good, '--secret-file', secretFile, '--at', '1767188400']).code).toBe(0);
    const late = run(['verify', good, '--secret-file', secretFile, '--at', '2025-12-31T14:00:00Z', '--format', 'json']);
    expect(late.code).toBe(1);
    expect(JSON.parse(late.out).diagnosis[0].cause).toBe('timestamp-outside-window');
  });

  it('refuses a secret on the command line without repeating it', () => {
    const done = run(['verify', 'x', '--secret=hunter2hunter2']);
    expect(done.code).toBe(2);
    expect(done.out + done.err).not.toContain('hunter2');
    expect(done.err).toContain('--secret-file');
  });

  it('says no to an unknown scheme and a file without a key', () => {
    expect(run(['verify', 'x', '--scheme', 'nonsense']).code).toBe(2);
    expect(run(['verify', file('y.http', http(body)), '--key', secretFile]).code).toBe(2);
  });

  it('lists the schemes', () => {
    const { out, code } = run(['verify', '--list-schemes']);
    expect(code).toBe(0);
    for (const id of [
      'stripe',
      'wechatpay',
      'alipay',
      'unionpay',
      'adyen',
      'paypal',
      'jws',
      'jwe',
      'berlin-group',
      'open-banking-uk',
    ])
      expect(out).toContain(id);
  });

  it('follows a scheme of one’s own, and names the line of a mistake in it', () => {
    const scheme = file(
      'own.yaml',
      [
        'id: acme',
        'algorithm: hmac-sha512',
        'signature: { header: X-Acme-Sign, prefix: "sha512=", encoding: hex }',
        `string: "\${header.X-Acme-Time}\\n\${body}"`,
        'timestamp: { header: X-Acme-Time }',
      ].join('\n'),
    );
    const mac = createHmac('sha512', 'acme-secret-1').update(`1767188398\n${body}`).digest('hex');
    const message = file(
      'own.http',
      `POST /x HTTP/1.1\r\nX-Acme-Time: 1767188398\r\nX-Acme-Sign: sha512=${mac}\r\n\r\n${body}`,
    );
    const key = file('own.secret', 'acme-secret-1\n');
    expect(run(['verify', message, '--scheme', scheme, '--secret-file', key]).code).toBe(0);
    const wrong = file('wrong.yaml', 'id: acme\nalgorithm: rot13\nstring: x\n');
    const refused = run(['verify', message, '--scheme', wrong, '--secret-file', key]);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('wrong.yaml:2');
  });
});
