/** OpenSSL's own names of TLS suites, derived from the IANA name (openssl-ciphers(1), "CIPHER SUITE NAMES"). */
import { parseSuite, SUITES, type SuiteParts } from '../../tls/registries/index.ts';

/** Names that follow no rule. */
const SPECIAL: ReadonlyMap<number, string> = new Map([
  [0x0003, 'EXP-RC4-MD5'],
  [0x0006, 'EXP-RC2-CBC-MD5'],
  [0x0008, 'EXP-DES-CBC-SHA'],
  [0x000b, 'EXP-DH-DSS-DES-CBC-SHA'],
  [0x000e, 'EXP-DH-RSA-DES-CBC-SHA'],
  [0x0011, 'EXP-EDH-DSS-DES-CBC-SHA'],
  [0x0012, 'EDH-DSS-DES-CBC-SHA'],
  [0x0014, 'EXP-EDH-RSA-DES-CBC-SHA'],
  [0x0015, 'EDH-RSA-DES-CBC-SHA'],
  [0x0017, 'EXP-ADH-RC4-MD5'],
  [0x0019, 'EXP-ADH-DES-CBC-SHA'],
  [0xc060, 'ECDHE-ARIA128-GCM-SHA256'],
  [0xc061, 'ECDHE-ARIA256-GCM-SHA384'],
  [0xcc13, 'ECDHE-RSA-CHACHA20-POLY1305-OLD'],
  [0xcc14, 'ECDHE-ECDSA-CHACHA20-POLY1305-OLD'],
  [0xcc15, 'DHE-RSA-CHACHA20-POLY1305-OLD'],
]);

/** OpenSSL name of a suite; undefined for suites OpenSSL never had. TLS 1.3 suites go by their IANA name. */
export function opensslName(code: number): string | undefined {
  const special = SPECIAL.get(code);
  if (special !== undefined) return special;
  const suite = parseSuite(code);
  if (!suite || suite.signal) return undefined;
  if (suite.tls13) return suite.name;
  const prefix = exchangeName(suite);
  const cipher = cipherName(suite);
  if (prefix === undefined || cipher === undefined) return undefined;
  // PSK suites say CBC, the others leave it out.
  const mode =
    suite.authentication === 'PSK' || suite.keyExchange === 'RSA_PSK'
      ? /^AES.{1,6}CBC$/.test(suite.encryption)
        ? '-CBC'
        : ''
      : '';
  const mac = /POLY1305|CCM/.test(suite.encryption) ? '' : `-${suite.mac === 'AEAD' ? suite.hash : suite.mac}`;
  return `${prefix}${cipher}${mode}${mac}`;
}

function exchangeName(suite: SuiteParts): string | undefined {
  const { keyExchange, authentication } = suite;
  if (authentication === 'anon') return keyExchange === 'DHE' ? 'ADH-' : 'AECDH-';
  if (keyExchange === 'RSA') return '';
  if (keyExchange === 'PSK') return 'PSK-';
  if (keyExchange === 'RSA_PSK') return 'RSA-PSK-';
  if (keyExchange === 'DHE_PSK') return 'DHE-PSK-';
  if (keyExchange === 'ECDHE_PSK') return 'ECDHE-PSK-';
  if (['DHE', 'ECDHE', 'DH', 'ECDH'].includes(keyExchange)) return `${keyExchange}-${authentication}-`;
  return undefined;
}

function cipherName(suite: SuiteParts): string | undefined {
  const { encryption } = suite;
  if (encryption === 'NULL') return 'NULL';
  const block = /^(AES|CAMELLIA|ARIA)_(128|256)_(CBC|GCM|CCM_8|CCM)$/.exec(encryption);
  if (block) return `${block[1]}${block[2]}${{ CBC: '', GCM: '-GCM', CCM: '-CCM', CCM_8: '-CCM8' }[block[3]!]}`;
  return {
    '3DES_EDE_CBC': 'DES-CBC3',
    DES_CBC: 'DES-CBC',
    RC4_128: 'RC4',
    SEED_CBC: 'SEED',
    IDEA_CBC: 'IDEA-CBC',
    CHACHA20_POLY1305: 'CHACHA20-POLY1305',
  }[encryption];
}

let byName: Map<string, number> | undefined;

/** Code of an OpenSSL suite name (or an alias older versions used: DHE-RSA-DES-CBC3-SHA is EDH-RSA-DES-CBC3-SHA). */
export function opensslCode(name: string): number | undefined {
  if (!byName) {
    byName = new Map();
    for (const [code, iana] of SUITES) {
      const openssl = opensslName(code);
      // SSL_RSA_FIPS_* share the names of their standard counterparts, which come first.
      if (openssl !== undefined && !byName.has(openssl)) byName.set(openssl, code);
      if (!byName.has(iana)) byName.set(iana, code);
    }
  }
  return byName.get(name) ?? byName.get(name.replace(/^EDH-/, 'DHE-'));
}
