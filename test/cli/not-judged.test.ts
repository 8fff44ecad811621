/** A file of the right kind with nothing readable in it is no pass: NOT JUDGED, exit code 3. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issue } from '../../src/drill/certificates.ts';
import { onPath } from '../programs.ts';
import { ROOT } from '../triage/bundle.ts';

let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'paymedic-judged-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const NOW = Date.UTC(2026, 5, 1);
const issued = issue({
  subject: { CN: 'shop.example' },
  notBefore: NOW - 86_400_000,
  notAfter: NOW + 9e9,
  names: ['shop.example'],
});
const pem = issued.cert;
const encrypted = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'not in any list' },
}).privateKey;
/** Header of a capture file (little-endian, Ethernet) without a packet. */
const noPackets = Buffer.from('d4c3b2a1020004000000000000000000000004000100000000', 'hex').subarray(0, 24);

function triage(files: { [name: string]: string | Buffer }, named = Object.keys(files)) {
  const folder = mkdtempSync(join(work, 'in-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin/paymedic.js'), 'triage', ...named.map((n) => join(folder, n)), '--now', '2026-06-01T00:00:00Z'],
    { encoding: 'utf8', env: { ...process.env, LANG: 'C', NO_COLOR: '1' } },
  );
  return { code: status, out: stdout, err: stderr };
}

describe('nothing was judged', () => {
  it.each<[string, string, string | Buffer, RegExp]>([
    ['a certificate cut off after its first line', 'torn.pem', pem.slice(0, 92), /damaged/],
    ['a certificate cut off after a few characters', 'torn.pem', pem.slice(0, 40), /damaged/],
    ['a private key under a password', 'key.pem', encrypted, /encrypted/],
    ['a capture without a packet', 'wire.pcap', noPackets, /no packet/],
    ['a log cut to unreadable remains', 'app.log', 'ÿÿ~ab\n~~cd\nwho knows\n', /Not judged/],
    [
      'a configuration of which nothing is understood',
      'edge.conf',
      'gate {\n  wobble on;\n  quux 3;\n}\n',
      /Not judged/,
    ],
    [
      'a payment table without a readable row',
      'tx.csv',
      'time;amount;order;status;currency\n??;??;;;\n--;;;;\n',
      /no row/,
    ],
    ['a table about nothing known', 't.csv', 'a,b,c\n1,2,3\n4,5,6\n', /Not judged/],
    ['prose', 'readme.txt', 'Please have a look at the shop.\nIt is slow.\n', /Not judged/],
    ['an empty file', 'empty.log', '', /is empty/],
  ])('by %s', (_what, name, content, says) => {
    const { code, out, err } = triage({ [name]: content });
    expect(out).toMatch(/NOT JUDGED/i);
    expect(out).not.toMatch(/nothing wrong/i);
    expect(out + err).toMatch(says);
    expect(code).toBe(3);
  });

  it.skipIf(!onPath('openssl'))('by a key store that needs a password (skipped without openssl)', () => {
    const folder = join(work, 'store');
    mkdirSync(folder);
    const made = spawnSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'k.pem', '-out', 'c.pem', '-subj', '/CN=a.example'],
      { cwd: folder },
    );
    expect(made.status).toBe(0);
    const { stdout } = spawnSync(
      'openssl',
      ['pkcs12', '-export', '-inkey', 'k.pem', '-in', 'c.pem', '-passout', 'pass:a phrase nobody tries'],
      { cwd: folder },
    );
    const { code, out, err } = triage({ 'store.p12': stdout });
    expect(out).toMatch(/NOT JUDGED/i);
    expect(out).not.toMatch(/damaged/);
    expect(err).toMatch(/password/);
    expect(code).toBe(3);
  });
});

describe('beside evidence that was judged', () => {
  it('a named file that nothing came out of makes the run incomplete, and is named', () => {
    const { code, err, out } = triage({ 'good.pem': pem, 'wire.pcap': noPackets });
    expect(out).not.toMatch(/NOT JUDGED/i);
    expect(err).toMatch(/wire\.pcap: it holds no packet/);
    expect(code).toBe(3);
  });

  it('a whole certificate is judged', () => {
    const { code, out } = triage({ 'good.pem': pem });
    expect(out).toMatch(/nothing wrong/i);
    expect(code).toBe(0);
  });
});

describe('what was named and is nothing', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [join(ROOT, 'bin/paymedic.js'), ...args], {
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C', NO_COLOR: '1' },
    });

  it.each([
    ['logs', 'is empty'],
    ['intrusion', 'nothing was judged'],
    ['inventory', 'holds no certificate'],
    ['ciphers', ''],
  ])('paymedic %s says so and ends with 3', (command, says) => {
    const file = join(work, command === 'logs' ? 'empty' : 'note.txt');
    writeFileSync(file, command === 'logs' ? '' : 'x');
    const { status, stderr } = run(command, file);
    expect(status).toBe(3);
    expect(stderr).toContain(says);
  });

  it.each([
    [['--lang', 'fr'], 'en or zh'],
    [['--threshold', 'wideshare=0.5'], 'did you mean wideShare'],
  ])('an option of an unknown value is refused: %s', (options, says) => {
    const file = join(work, 'note.txt');
    writeFileSync(file, 'x');
    const { status, stderr } = run('triage', file, ...options);
    expect(status).toBe(2);
    expect(stderr).toContain(says);
  });
});
