import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCertificates } from '../../src/x509/index.ts';

const installed = (program: string, ...args: string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const hasOpenssl = installed('openssl', 'version');
const hasKeytool = installed('keytool', '-help');

let folder = '';
const at = (name: string): string => join(folder, name);
const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
};
const read = (name: string, passwords?: string[]) =>
  readCertificates(readFileSync(at(name)), name, passwords ? { passwords } : {});

beforeAll(() => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'paymedic-stores-'));
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'k.pem',
    '-out',
    'c.pem',
    '-days',
    '30',
    '-subj',
    '/CN=store.example',
  );
  const pkcs12 = (out: string, password: string, ...more: string[]): void =>
    openssl(
      'pkcs12',
      '-export',
      ...more,
      '-inkey',
      'k.pem',
      '-in',
      'c.pem',
      '-out',
      out,
      '-passout',
      `pass:${password}`,
    );
  pkcs12('modern.p12', 'changeit');
  pkcs12('hard.p12', 'correct horse');
  pkcs12('empty.p12', '');
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'c.pem', '-out', 'b.p7b');
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'c.pem', '-outform', 'DER', '-out', 'b.p7');
  openssl('rsa', '-in', 'k.pem', '-aes256', '-passout', 'pass:secret1', '-out', 'encrypted.pem');
  const wrapped = readFileSync(at('c.pem')).toString('base64');
  const key = readFileSync(at('k.pem')).toString('base64');
  writeFileSync(at('secret.yaml'), `apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: ${wrapped}\n  tls.key: ${key}\n`);
  writeFileSync(
    at('folded.yaml'),
    `data:\n  tls.crt: |\n${wrapped
      .replace(/(.{76})/g, '$1\n')
      .split('\n')
      .map((l) => `    ${l}`)
      .join('\n')}\n  other: 1\n`,
  );
  writeFileSync(at('env.json'), JSON.stringify({ KEY: readFileSync(at('k.pem'), 'utf8') }));
});

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasOpenssl)('stores and wrappings made by openssl (skipped without it)', () => {
  it.each(['modern.p12', 'empty.p12', 'secret.yaml'])(
    '%s: certificate and key are found and belong together',
    (file) => {
      const { certificates, keys } = read(file);
      expect(certificates.map((c) => c.subject.text)).toEqual(['CN=store.example']);
      expect(keys.map((k) => [k.kind, k.spkiSha256])).toEqual([['private', certificates[0]!.spkiSha256]]);
    },
  );

  it.each(['b.p7b', 'b.p7', 'folded.yaml'])('%s: the certificate is listed', (file) => {
    expect(read(file).certificates.map((c) => c.subject.text)).toEqual(['CN=store.example']);
  });

  it('says that a store stayed closed, and opens it with the right password', () => {
    expect(read('hard.p12').problems.join()).toContain('did not open');
    expect(read('hard.p12', ['wrong', 'correct horse']).certificates).toHaveLength(1);
  });

  it('tells an encrypted key from a plain one in an environment file', () => {
    expect(read('encrypted.pem').keys).toMatchObject([{ kind: 'private', encrypted: true }]);
    expect(read('env.json').keys).toMatchObject([{ kind: 'private', encrypted: false, bits: 2048 }]);
  });

  it('reports a store that was cut off instead of failing', () => {
    const bytes = readFileSync(at('modern.p12'));
    expect(readCertificates(bytes.subarray(0, 700), 'cut').problems.length).toBeGreaterThan(0);
  });

  it('opens an old store with RC2 when openssl still makes them', (context) => {
    if (!installed('openssl', 'list', '-providers', '-provider', 'legacy')) context.skip();
    openssl(
      'pkcs12',
      '-export',
      '-legacy',
      '-inkey',
      'k.pem',
      '-in',
      'c.pem',
      '-out',
      'old.p12',
      '-passout',
      'pass:test',
    );
    expect(read('old.p12').certificates).toHaveLength(1);
    expect(read('old.p12').others.join()).toContain('RC2-40');
  });
});

describe.skipIf(!hasOpenssl || !hasKeytool)('Java keystores (skipped without keytool)', () => {
  it.each(['JKS', 'JCEKS'])('lists a %s without its password', (type) => {
    execFileSync(
      'keytool',
      [
        '-importcert',
        '-noprompt',
        '-alias',
        'gate',
        '-file',
        at('c.pem'),
        '-keystore',
        at(`t.${type}`),
        '-storepass',
        'unguessable',
        '-storetype',
        type,
      ],
      { stdio: 'ignore' },
    );
    const seen = read(`t.${type}`);
    expect(seen.certificates.map((c) => c.subject.text)).toEqual(['CN=store.example']);
    expect(seen.positions?.[0]?.alias).toBe('gate');
  });
});

describe.skipIf(!hasOpenssl || !hasKeytool)('private keys in Java keystores (skipped without keytool)', () => {
  it.each([
    ['JKS', 'changeit', true],
    ['JKS', 'unguessable', false],
    ['JCEKS', 'changeit', true],
    ['JCEKS', 'unguessable', false],
  ])('%s under the password %s: opened %s, and known by the public half either way', (type, password, opened) => {
    const store = at(`key-${password}.${type}`);
    execFileSync(
      'keytool',
      [
        ...['-genkeypair', '-alias', 'pay', '-keyalg', 'RSA', '-keysize', '2048', '-dname', 'CN=store.example'],
        ...['-keystore', store, '-storepass', password, '-keypass', password, '-storetype', type],
      ],
      { stdio: 'ignore' },
    );
    const seen = read(`key-${password}.${type}`);
    expect(seen.keys).toMatchObject([{ kind: 'private', encrypted: true, algorithm: 'RSA 2048' }]);
    expect(seen.keys[0]!.spkiSha256).toBe(seen.certificates[0]!.spkiSha256);
    expect(seen.others.join().includes('opened with a password from the list')).toBe(opened);
    expect(seen.keys[0]!.spki !== undefined).toBe(opened);
  });

  it('finds the entries behind a secret key', () => {
    const store = ['-keystore', at('mixed.jceks'), '-storepass', 'unguessable', '-storetype', 'JCEKS'];
    const run = (...args: string[]) => execFileSync('keytool', [...args, ...store], { stdio: 'ignore' });
    run('-genseckey', '-alias', 'sec', '-keyalg', 'AES', '-keysize', '128');
    run('-importcert', '-noprompt', '-alias', 'gate', '-file', at('c.pem'));
    run('-genkeypair', '-alias', 'pay', '-keyalg', 'EC', '-dname', 'CN=pay.example');
    const seen = read('mixed.jceks');
    expect(seen.certificates.map((c) => c.subject.text).sort()).toEqual(['CN=pay.example', 'CN=store.example']);
    expect(seen.keys).toMatchObject([{ kind: 'private', encrypted: true, format: 'JCEKS entry pay' }]);
    expect(seen.others).toContain('secret key "sec"');
    expect(seen.problems).toEqual([]);
  });
});

describe('hostile wrappings', () => {
  it.each([
    ['many blocks without an end', '-----BEGIN CERTIFICATE-----\n'.repeat(100_000)],
    ['a long base64 line', `LS0tLS1CRUdJTi${'A'.repeat(4_000_000)}!`],
    ['nested JSON', '{"kty":'.repeat(100_000)],
  ])('%s: read in reasonable time, with bounded complaints', (_what, text) => {
    const start = performance.now();
    const seen = readCertificates(Buffer.from(text), 'hostile');
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(seen.problems.length).toBeLessThan(300);
  });
});
