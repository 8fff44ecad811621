import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  auditConfiguration,
  effectiveMatrix,
  type Policy,
  readPolicy,
  readServerConfig,
} from '../../src/ciphers/index.ts';

const policy = (
  readPolicy(parse(readFileSync(new URL('../../knowledge/policies/bcp195.yaml', import.meta.url), 'utf8'))) as {
    policy: Policy;
  }
).policy;
const audit = (text: string) => {
  const observation = readServerConfig(text, 'f')!;
  return auditConfiguration(
    observation,
    effectiveMatrix(observation, { openssl: '3.0', debian: true }),
    [policy],
    Date.parse('2026-11-21'),
  );
};

const SHIPPED =
  'jdk.tls.disabledAlgorithms=SSLv3, TLSv1, TLSv1.1, DTLSv1.0, RC4, DES, MD5withRSA, DH keySize < 1024, EC keySize < 224, 3DES_EDE_CBC, anon, NULL, ECDH\n';

describe('java.security', () => {
  it('computes what a runtime enables by default, and says that programs may enable more', () => {
    const { findings, notChecked, endpoints } = audit(SHIPPED);
    // Until JDK 24 the default list holds static RSA, and DHE to this day.
    expect(findings.map((f) => f.id)).toEqual(['ciphers/static-key-exchange', 'ciphers/dhe']);
    expect(endpoints[0]).toMatchObject({ protocols: ['TLSv1.2', 'TLSv1.3'], complete: true });
    expect(audit(`${SHIPPED.trim()}, TLS_RSA_*\n`).findings.map((f) => f.id)).toEqual(['ciphers/dhe']);
    expect(notChecked.some((n) => n.what.includes('cipher suites'))).toBe(true);
  });
  it('names everything that an override enables again', () => {
    const { findings } = audit(
      '# bank link\njdk.tls.disabledAlgorithms=SSLv3, DES, NULL, anon, MD5withRSA, DH keySize < 1024, EC keySize < 224, ECDH, 3DES_EDE_CBC\n',
    );
    const reenabled = findings.find((f) => f.id === 'ciphers/java-reenabled')!;
    expect(reenabled).toMatchObject({ priority: 'urgent', data: { items: ['TLSv1', 'TLSv1.1', 'RC4'] } });
    expect(reenabled.evidence[0]).toMatchObject({ file: 'f', line: 2 });
    expect(findings.filter((f) => f.id === 'ciphers/protocols').map((f) => f.data!.protocol)).toEqual([
      'TLSv1.0',
      'TLSv1.1',
    ]);
  });
});

describe('openssl.cnf', () => {
  const cnf = (min: string, ciphers: string) =>
    `openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = ${min}\nCipherString = ${ciphers}\n`;
  it('gives the defaults of every program, dead versions named', () => {
    const modern = audit(cnf('TLSv1.2', 'ECDHE+AESGCM:ECDHE+CHACHA20@SECLEVEL=2'));
    expect(modern.findings).toEqual([]);
    const dead = audit(cnf('TLSv1', 'ECDHE+AESGCM:ECDHE+AES@SECLEVEL=2'));
    expect(dead.findings.map((f) => f.id)).toEqual(['ciphers/drift', 'ciphers/drift']);
    const open = audit(cnf('TLSv1', 'DEFAULT@SECLEVEL=0'));
    expect(open.findings.filter((f) => f.priority === 'urgent').map((f) => f.data!.protocol)).toEqual([
      'TLSv1.0',
      'TLSv1.1',
    ]);
  });
  it('is incomplete, never a pass, when it sets nothing about TLS', () => {
    expect(audit('[req]\ndistinguished_name = dn\n').incomplete).toBe(true);
  });
});
