import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildPath,
  type Certificate,
  judgeOcsp,
  parseOcspResponse,
  readCertificates,
  revocationState,
} from '../../src/x509/index.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let folder = '';
const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
};
const read = (name: string) => readCertificates(readFileSync(join(folder, name)), name);
const one = (name: string): Certificate => read(name).certificates[0]!;

beforeAll(() => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'paymedic-crl-'));
  writeFileSync(
    join(folder, 'ca.cnf'),
    '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\ncrlnumber=crlnumber\nnew_certs_dir=.\ndefault_md=sha256\ndefault_days=300\ndefault_crl_days=7\npolicy=p\ncertificate=ca.pem\nprivate_key=ca.key\n[p]\ncommonName=supplied\n[leaf]\nbasicConstraints=CA:FALSE\n[ocsp]\nextendedKeyUsage=OCSPSigning\n',
  );
  for (const [file, content] of [
    ['index.txt', ''],
    ['serial', '1001'],
    ['crlnumber', '01'],
  ] as const)
    writeFileSync(join(folder, file), content);
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '3650',
    '-subj',
    '/CN=Revocation CA',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  );
  const issue = (name: string, extensions: string): void => {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    openssl(
      'ca',
      '-batch',
      '-config',
      'ca.cnf',
      '-extensions',
      extensions,
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
      '-notext',
    );
  };
  issue('good', 'leaf');
  issue('gone', 'leaf');
  issue('responder', 'ocsp');
  openssl('ca', '-config', 'ca.cnf', '-revoke', 'gone.pem', '-crl_reason', 'keyCompromise');
  openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'list.pem');
  for (const name of ['good', 'gone']) {
    openssl('ocsp', '-issuer', 'ca.pem', '-cert', `${name}.pem`, '-reqout', 'req.der', '-no_nonce');
    openssl(
      'ocsp',
      '-index',
      'index.txt',
      '-rsigner',
      'responder.pem',
      '-rkey',
      'responder.key',
      '-CA',
      'ca.pem',
      '-reqin',
      'req.der',
      '-respout',
      `${name}.ocsp`,
      '-ndays',
      '2',
    );
    openssl(
      'ocsp',
      '-index',
      'index.txt',
      '-rsigner',
      'good.pem',
      '-rkey',
      'good.key',
      '-CA',
      'ca.pem',
      '-reqin',
      'req.der',
      '-respout',
      `${name}-unfit.ocsp`,
      '-ndays',
      '2',
    );
  }
}, 60_000);

afterAll(() => {
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasOpenssl)('revocation (skipped without openssl)', () => {
  const now = Date.now() + 60_000;
  const day = 86_400_000;

  it('by list: revoked with its reason, good, and unknown once the list has ended', () => {
    const [ca, good, gone] = [one('ca.pem'), one('good.pem'), one('gone.pem')];
    const lists = read('list.pem').revocationLists;
    expect(revocationState(gone, ca, lists, now)).toMatchObject({ state: 'revoked', reason: 'keyCompromise' });
    expect(revocationState(good, ca, lists, now).state).toBe('good');
    expect(revocationState(good, ca, lists, now + 8 * day).state).toBe('unknown');
    expect(revocationState(gone, ca, lists, now - day).state).toBe('unknown');
  });

  it('a list signed by somebody else decides nothing', () => {
    const lists = read('list.pem').revocationLists;
    const stranger = { ...one('good.pem'), subject: one('ca.pem').subject };
    expect(revocationState(one('gone.pem'), stranger, lists, now).state).toBe('unknown');
  });

  it('by response: the signer must be delegated, the certificate the right one, the time within', () => {
    const [ca, good, gone] = [one('ca.pem'), one('good.pem'), one('gone.pem')];
    const response = (name: string) => parseOcspResponse(readFileSync(join(folder, name)));
    expect(judgeOcsp(response('good.ocsp'), good, ca, now).state).toBe('good');
    expect(judgeOcsp(response('gone.ocsp'), gone, ca, now).state).toBe('revoked');
    expect(judgeOcsp(response('good.ocsp'), gone, ca, now).says).toContain('another certificate');
    expect(judgeOcsp(response('good.ocsp'), good, ca, now + 3 * day).says).toContain('ended');
    expect(judgeOcsp(response('good-unfit.ocsp'), good, ca, now).says).toContain('may not sign OCSP responses');
  });

  it('stops a path, by list or by response', () => {
    const anchors = [one('ca.pem')];
    const base = { intermediates: [], anchors, time: now, role: 'any' as const };
    expect(buildPath(one('gone.pem'), { ...base, crls: read('list.pem').revocationLists }).failure?.rule).toBe(
      'path/revoked',
    );
    expect(
      buildPath(one('gone.pem'), { ...base, ocsp: [parseOcspResponse(readFileSync(join(folder, 'gone.ocsp')))] })
        .failure?.rule,
    ).toBe('path/revoked');
    expect(buildPath(one('good.pem'), { ...base, requireRevocation: true }).failure?.rule).toBe(
      'path/revocation-unknown',
    );
    expect(
      buildPath(one('good.pem'), {
        ...base,
        requireRevocation: true,
        ocsp: [parseOcspResponse(readFileSync(join(folder, 'good.ocsp')))],
      }).ok,
    ).toBe(true);
  });
});
