import { describe, expect, it } from 'vitest';
import {
  alertName,
  groupCode,
  groupName,
  isGrease,
  isPostQuantumGroup,
  parseSuite,
  SUITES,
  signatureSchemeName,
  suiteCode,
  suiteName,
  versionName,
} from '../../src/tls/registries/index.ts';

describe('names', () => {
  it('knows each number once', () => {
    expect(new Set(SUITES.map(([code]) => code)).size).toBe(SUITES.length);
    for (const [code, name] of SUITES) expect(suiteCode(name)).toBe(code);
  });

  it.each([
    [suiteName(0x1301), 'TLS_AES_128_GCM_SHA256'],
    [suiteName(0xfffd), '0xfffd'],
    [suiteName(0x0a0a), 'GREASE 0x0a0a'],
    [suiteName(0x010080), 'SSL_CK_RC4_128_WITH_MD5'],
    [groupName(4588), 'X25519MLKEM768'],
    [String(groupCode('prime256v1')), '23'],
    [String(groupCode('P-384')), '24'],
    [signatureSchemeName(0x0804), 'rsa_pss_rsae_sha256'],
    [signatureSchemeName(0x0301), 'sha224_rsa'],
    [alertName(112), 'unrecognized_name'],
    [alertName(200), 'alert_200'],
    [alertName(-1), 'encrypted'],
    [versionName(0x0304), 'TLSv1.3'],
    [versionName(0x7f1c), 'TLSv1.3 draft 28'],
    [versionName(0xfefd), 'DTLSv1.2'],
  ])('%s', (got, expected) => expect(got).toBe(expected));

  it('tells GREASE and post-quantum groups', () => {
    expect([0x0a0a, 0xfafa, 0x0a1a, 0x1301].map(isGrease)).toEqual([true, true, false, false]);
    expect([4588, 29].map(isPostQuantumGroup)).toEqual([true, false]);
  });
});

describe('what a suite name says', () => {
  it.each([
    [
      0xc02f,
      {
        keyExchange: 'ECDHE',
        authentication: 'RSA',
        encryption: 'AES_128_GCM',
        mac: 'AEAD',
        hash: 'SHA256',
        tls13: false,
        forwardSecret: true,
      },
    ],
    [
      0x002f,
      { keyExchange: 'RSA', authentication: 'RSA', encryption: 'AES_128_CBC', mac: 'SHA', forwardSecret: false },
    ],
    [0x1303, { keyExchange: 'any', encryption: 'CHACHA20_POLY1305', mac: 'AEAD', tls13: true }],
    [0x0034, { keyExchange: 'DHE', authentication: 'anon' }],
    [0x0003, { keyExchange: 'RSA', encryption: 'RC4_40', mac: 'MD5', exportGrade: true }],
    [0xc0ac, { authentication: 'ECDSA', encryption: 'AES_128_CCM', mac: 'AEAD', hash: 'SHA256' }],
    [0xc0b4, { encryption: 'NULL', mac: 'SHA256', tls13: true }],
    [0xe013, { keyExchange: 'ECC', authentication: 'SM2', encryption: 'SM4_CBC', mac: 'SM3' }],
    [0x5600, { signal: true }],
  ])('0x%s', (code, expected) => expect(parseSuite(code)).toMatchObject(expected));

  it('guesses nothing about unknown codes', () => expect(parseSuite(0xfffd)).toBeUndefined());
});
