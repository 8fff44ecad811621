/** Words of the OpenSSL cipher language and the suites they stand for, by version (cipher_aliases in ssl/ssl_ciph.c). */
import type { SuiteParts } from '../../tls/registries/index.ts';
import type { OpensslVersion } from './cipher-string.ts';

export type SuiteTest = (suite: SuiteParts) => boolean;

const anonymous: SuiteTest = (s) => s.authentication === 'anon';
const nullCipher: SuiteTest = (s) => s.encryption === 'NULL';
const kx =
  (name: string): SuiteTest =>
  (s) =>
    s.keyExchange === name;
const auth =
  (name: string): SuiteTest =>
  (s) =>
    s.authentication === name;
const enc =
  (pattern: RegExp): SuiteTest =>
  (s) =>
    pattern.test(s.encryption);
const mac =
  (name: string): SuiteTest =>
  (s) =>
    s.mac === name;
const both =
  (...tests: SuiteTest[]): SuiteTest =>
  (s) =>
    tests.every((t) => t(s));
const either =
  (...tests: SuiteTest[]): SuiteTest =>
  (s) =>
    tests.some((t) => t(s));
const not =
  (test: SuiteTest): SuiteTest =>
  (s) =>
    !test(s);

const exportGrade: SuiteTest = (s) => s.exportGrade;
/** Suites that need TLS 1.2: AEAD and SHA-2 MACs. */
const tls12: SuiteTest = (s) => s.mac === 'AEAD' || s.mac === 'SHA256' || s.mac === 'SHA384';
const elliptic: SuiteTest = (s) => s.keyExchange === 'ECDHE' || s.keyExchange === 'ECDH';

const COMMON: Readonly<Record<string, SuiteTest>> = {
  ALL: not(nullCipher),
  COMPLEMENTOFALL: nullCipher,
  eNULL: nullCipher,
  NULL: nullCipher,
  aNULL: anonymous,
  kRSA: kx('RSA'),
  RSA: both(kx('RSA'), auth('RSA')),
  aRSA: auth('RSA'),
  aDSS: auth('DSS'),
  DSS: auth('DSS'),
  aECDSA: auth('ECDSA'),
  ECDSA: auth('ECDSA'),
  kEDH: kx('DHE'),
  kDHE: kx('DHE'),
  EDH: both(kx('DHE'), not(anonymous)),
  DHE: both(kx('DHE'), not(anonymous)),
  kEECDH: kx('ECDHE'),
  kECDHE: kx('ECDHE'),
  EECDH: both(kx('ECDHE'), not(anonymous)),
  ECDHE: both(kx('ECDHE'), not(anonymous)),
  ADH: both(kx('DHE'), anonymous),
  AECDH: both(kx('ECDHE'), anonymous),
  PSK: either(auth('PSK'), kx('RSA_PSK')),
  kPSK: kx('PSK'),
  kRSAPSK: kx('RSA_PSK'),
  kDHEPSK: kx('DHE_PSK'),
  kECDHEPSK: kx('ECDHE_PSK'),
  aPSK: auth('PSK'),
  SRP: kx('SRP'),
  kSRP: kx('SRP'),
  aSRP: () => false,
  kGOST: () => false,
  aGOST: () => false,
  aGOST01: () => false,
  GOST89MAC: () => false,
  GOST94: () => false,
  GOST89: () => false,
  '3DES': enc(/^3DES/),
  RC4: enc(/^RC4/),
  RC2: enc(/^RC2/),
  IDEA: enc(/^IDEA/),
  SEED: enc(/^SEED/),
  AES128: enc(/^AES_128/),
  AES256: enc(/^AES_256/),
  AES: enc(/^AES/),
  AESGCM: enc(/^AES.{1,6}GCM$/),
  AESCCM: enc(/^AES.{1,6}CCM(?:_8)?$/),
  AESCCM8: enc(/^AES.{1,6}CCM_8$/),
  CAMELLIA128: enc(/^CAMELLIA_128/),
  CAMELLIA256: enc(/^CAMELLIA_256/),
  CAMELLIA: enc(/^CAMELLIA/),
  CHACHA20: enc(/^CHACHA20/),
  ARIA: enc(/^ARIA/),
  ARIA128: enc(/^ARIA_128/),
  ARIA256: enc(/^ARIA_256/),
  ARIAGCM: enc(/^ARIA.{1,6}GCM$/),
  MD5: mac('MD5'),
  SHA1: mac('SHA'),
  SHA: mac('SHA'),
  SHA256: mac('SHA256'),
  SHA384: mac('SHA384'),
  FIPS: enc(/^(?:3DES|AES.{1,6}(?:CBC|GCM)$)/),
};

/** In OpenSSL 1.1.0 and later suites carry their minimum version: elliptic-curve ones TLSv1, SHA-2 and AEAD ones TLSv1.2. */
const CURRENT: Readonly<Record<string, SuiteTest>> = {
  ...COMMON,
  DH: kx('DHE'),
  ECDH: kx('ECDHE'),
  COMPLEMENTOFDEFAULT: (s) => notDefault(s) && !nullCipher(s),
  'TLSv1.2': tls12,
  'TLSv1.0': both(elliptic, not(tls12)),
  TLSv1: both(elliptic, not(tls12)),
  SSLv3: both(not(elliptic), not(tls12)),
  HIGH: enc(/^(?:AES|CAMELLIA|ARIA|CHACHA20)/),
  MEDIUM: enc(/^(?:3DES|RC4_128|IDEA|SEED)/),
  LOW: both(enc(/^DES_CBC/), not(exportGrade)),
};

/** 3.2 and later: the eight-byte tag of CCM_8 is no longer HIGH. */
const SINCE_3_2: Readonly<Record<string, SuiteTest>> = {
  ...CURRENT,
  HIGH: both(CURRENT.HIGH!, not(enc(/CCM_8$/))),
  MEDIUM: either(CURRENT.MEDIUM!, enc(/CCM_8$/)),
};

const OLD: Readonly<Record<string, SuiteTest>> = {
  ...COMMON,
  DH: either(kx('DHE'), kx('DH')),
  kDHr: both(kx('DH'), auth('RSA')),
  kDHd: both(kx('DH'), auth('DSS')),
  kDH: kx('DH'),
  aDH: kx('DH'),
  kECDHr: both(kx('ECDH'), auth('RSA')),
  kECDHe: both(kx('ECDH'), auth('ECDSA')),
  kECDH: kx('ECDH'),
  aECDH: kx('ECDH'),
  ECDH: elliptic,
  aRSA: both(auth('RSA'), not(kx('DH')), not(kx('ECDH'))),
  aECDSA: both(auth('ECDSA'), not(kx('ECDH'))),
  ECDSA: both(auth('ECDSA'), not(kx('ECDH'))),
  aDSS: both(auth('DSS'), not(kx('DH'))),
  DSS: both(auth('DSS'), not(kx('DH'))),
  DES: enc(/^DES_CBC$/),
  EXP: exportGrade,
  EXPORT: exportGrade,
  EXPORT40: both(exportGrade, enc(/40/)),
  EXPORT56: () => false,
  'TLSv1.2': tls12,
  TLSv1: not(tls12),
  SSLv3: not(tls12),
  SSLv2: () => false,
  HIGH: enc(/^(?:AES|CAMELLIA)/),
  // 3DES went from HIGH to MEDIUM in 1.0.2i (CVE-2016-2183).
  MEDIUM: both(not(exportGrade), enc(/^(?:3DES|RC4_128|IDEA|SEED)/)),
  LOW: both(enc(/^DES_CBC$/), not(exportGrade)),
  COMPLEMENTOFDEFAULT: both(anonymous, not(nullCipher)),
};

/** SSL_NOT_DEFAULT in ssl/s3_lib.c since 1.1.0. */
function notDefault(s: SuiteParts): boolean {
  return (
    anonymous(s) ||
    s.authentication === 'DSS' ||
    /^(?:3DES|RC4|IDEA|SEED|CAMELLIA|ARIA|AES.{1,6}CCM)/.test(s.encryption)
  );
}

/** The suites a word stands for in that version, or undefined when the version does not know the word. */
export function matcherOf(word: string, version: OpensslVersion): SuiteTest | undefined {
  const table = version === '1.0.2' ? OLD : version === '3.5' ? SINCE_3_2 : CURRENT;
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
