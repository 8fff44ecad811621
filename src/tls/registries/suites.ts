/** Cipher suite names and what a name says: key exchange, authentication, encryption, MAC. */
import { nameOf16 } from './lookup.ts';
import { SUITES } from './suite-codes.ts';

const NAMES: ReadonlyMap<number, string> = new Map(SUITES);
const CODES: ReadonlyMap<string, number> = new Map(SUITES.map(([code, name]) => [name, code]));

/** RFC 5746 section 3.3: not a cipher, signals secure renegotiation. */
export const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;
/** RFC 7507 section 2: not a cipher, signals a fallback. */
export const FALLBACK_SCSV = 0x5600;

/** SSL 2.0 cipher kinds (24 bits), draft-hickman-netscape-ssl-00. */
const SSL2_SUITES: ReadonlyMap<number, string> = new Map([
  [0x010080, 'SSL_CK_RC4_128_WITH_MD5'],
  [0x020080, 'SSL_CK_RC4_128_EXPORT40_WITH_MD5'],
  [0x030080, 'SSL_CK_RC2_128_CBC_WITH_MD5'],
  [0x040080, 'SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5'],
  [0x050080, 'SSL_CK_IDEA_128_CBC_WITH_MD5'],
  [0x060040, 'SSL_CK_DES_64_CBC_WITH_MD5'],
  [0x0700c0, 'SSL_CK_DES_192_EDE3_CBC_WITH_MD5'],
  [0x080080, 'SSL_CK_RC4_64_WITH_MD5'],
]);

export interface SuiteParts {
  code: number;
  name: string;
  /** `RSA`, `DHE`, `ECDHE`, `DH`, `ECDH`, `PSK`, `DHE_PSK`, `ECDHE_PSK`, `RSA_PSK`, `SRP`, `KRB5`, `GOST`, ...; `any` in TLS 1.3. */
  keyExchange: string;
  /** `RSA`, `ECDSA`, `DSS`, `PSK`, `anon`, `KRB5`, ...; `any` in TLS 1.3. */
  authentication: string;
  /** `AES_128_GCM`, `3DES_EDE_CBC`, `RC4_128`, `NULL`, ... */
  encryption: string;
  /** `AEAD`, `SHA`, `SHA256`, `SHA384`, `MD5`, `SM3`, `NULL`, ... */
  mac: string;
  /** Hash of the key schedule or PRF: the name's hash for AEAD and TLS 1.2 suites, else undefined (MD5+SHA-1). */
  hash?: string;
  tls13: boolean;
  /** Forward secrecy by construction of the key exchange. */
  forwardSecret: boolean;
  /** 40- and 56-bit export suites. */
  exportGrade: boolean;
  /** Signals such as TLS_FALLBACK_SCSV, which are no ciphers. */
  signal: boolean;
}

/** IANA name of a suite; hex when unknown; SSL 2.0 kinds for 24-bit codes. */
export function suiteName(code: number): string {
  if (code > 0xffff) return SSL2_SUITES.get(code) ?? `0x${code.toString(16).padStart(6, '0')}`;
  return nameOf16(NAMES, code);
}

/** Code of an IANA suite name, or undefined. */
export function suiteCode(name: string): number | undefined {
  return CODES.get(name);
}

export function isKnownSuite(code: number): boolean {
  return NAMES.has(code);
}

const AEAD = /(?:_GCM|_CCM|_CCM_8|POLY1305|_MGM_[LS]|AEGIS_[0-9L]+)$/;
const EPHEMERAL = ['DHE', 'ECDHE', 'DHE_PSK', 'ECDHE_PSK', 'PSK_DHE', 'DH_anon', 'ECDH_anon', 'ECCPWD', 'ECJPAKE'];

/** What the IANA name says. Unknown codes give undefined: nothing is guessed. */
export function parseSuite(code: number): SuiteParts | undefined {
  if (!PARSED.has(code)) {
    // At most as many entries as the registry has: unknown codes are not kept.
    if (!NAMES.has(code)) return undefined;
    PARSED.set(code, partsOf(code));
  }
  return PARSED.get(code);
}

const PARSED = new Map<number, SuiteParts | undefined>();

function partsOf(code: number): SuiteParts | undefined {
  const name = NAMES.get(code);
  if (name === undefined) return undefined;
  const signal = name.endsWith('_SCSV');
  const bare = name.replace(/^(?:TLS|SSL)_/, '').replace(/_DRAFT$/, '');
  const split = bare.indexOf('_WITH_');
  const gmSuite = !name.startsWith('TLS_') && !name.startsWith('SSL_');
  if (signal) {
    return {
      code,
      name,
      keyExchange: 'none',
      authentication: 'none',
      encryption: 'none',
      mac: 'none',
      tls13: false,
      forwardSecret: false,
      exportGrade: false,
      signal,
    };
  }
  if (gmSuite) return parseTlcpSuite(code, name);
  if (split < 0) {
    const { encryption, mac, hash } = splitCipher(bare);
    return {
      code,
      name,
      keyExchange: 'any',
      authentication: 'any',
      encryption,
      mac,
      ...(hash ? { hash } : {}),
      tls13: true,
      forwardSecret: true,
      exportGrade: false,
      signal,
    };
  }
  const exportGrade = /_EXPORT(?:1024)?$/.test(bare.slice(0, split));
  const exchange = bare.slice(0, split).replace(/_EXPORT(?:1024)?$/, '');
  const { encryption, mac, hash } = splitCipher(bare.slice(split + 6));
  const { keyExchange, authentication } = splitExchange(exchange);
  return {
    code,
    name,
    keyExchange,
    authentication,
    encryption,
    mac,
    ...(hash ? { hash } : {}),
    tls13: false,
    forwardSecret: EPHEMERAL.includes(exchange) || EPHEMERAL.includes(keyExchange),
    exportGrade,
    signal,
  };
}

function splitCipher(text: string): { encryption: string; mac: string; hash?: string } {
  if (text === 'NULL_NULL') return { encryption: 'NULL', mac: 'NULL' };
  // RFC 9150: authentication only, no encryption.
  const integrityOnly = /^(SHA256|SHA384)_\1$/.exec(text)?.[1];
  if (integrityOnly) return { encryption: 'NULL', mac: integrityOnly, hash: integrityOnly };
  const found = /_(SHA512|SHA384|SHA256|SHA|MD5|SM3|IMIT|OMAC|GOSTR3411)$/.exec(text);
  const encryption = found ? text.slice(0, found.index) : text;
  const hash = found?.[1];
  // RFC 6655 names CCM suites without a hash; their PRF hash is SHA-256.
  if (AEAD.test(encryption)) return { encryption, mac: 'AEAD', hash: hash ?? 'SHA256' };
  const prf = hash && hash !== 'SHA' && hash !== 'MD5' ? { hash } : {};
  return { encryption, mac: hash ?? 'NULL', ...prf };
}

function splitExchange(exchange: string): { keyExchange: string; authentication: string } {
  if (exchange === 'RSA' || exchange === 'RSA_FIPS') return { keyExchange: 'RSA', authentication: 'RSA' };
  if (exchange.endsWith('_anon'))
    return { keyExchange: exchange === 'DH_anon' ? 'DHE' : 'ECDHE', authentication: 'anon' };
  if (exchange === 'PSK_DHE') return { keyExchange: 'DHE_PSK', authentication: 'PSK' };
  if (exchange === 'RSA_PSK') return { keyExchange: 'RSA_PSK', authentication: 'RSA' };
  if (exchange.endsWith('PSK')) return { keyExchange: exchange, authentication: 'PSK' };
  if (exchange.startsWith('SRP_SHA')) return { keyExchange: 'SRP', authentication: exchange.slice(8) || 'SRP' };
  if (exchange.startsWith('GOST')) return { keyExchange: 'GOST', authentication: exchange };
  const split = exchange.lastIndexOf('_');
  if (split < 0) return { keyExchange: exchange, authentication: exchange };
  return { keyExchange: exchange.slice(0, split), authentication: exchange.slice(split + 1) };
}

/** GB/T 38636-2020 names have no `WITH`: exchange, cipher, hash. */
function parseTlcpSuite(code: number, name: string): SuiteParts {
  const [exchange = '', ...rest] = name.split('_');
  const hash = rest.pop() ?? '';
  const encryption = rest.join('_');
  const aead = encryption.endsWith('_GCM');
  return {
    code,
    name,
    keyExchange: exchange,
    authentication: exchange === 'RSA' ? 'RSA' : 'SM2',
    encryption,
    mac: aead ? 'AEAD' : hash,
    hash,
    tls13: false,
    forwardSecret: exchange === 'ECDHE' || exchange === 'IBSDH',
    exportGrade: false,
    signal: false,
  };
}
