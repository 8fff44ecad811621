/**
 * What a Java runtime negotiates by default under a `java.security` file: JSSE's default-enabled suites, less what
 * `jdk.tls.disabledAlgorithms` takes away. Programs that enable suites themselves do not follow the defaults.
 */
import { definedIn } from '../tls/negotiation.ts';
import { groupName, parseSuite, suiteCode, TLS10, TLS11, TLS12, TLS13 } from '../tls/registries/index.ts';
import { type DisabledAlgorithm, parseDisabledAlgorithms } from './config/java-security.ts';

/**
 * Default-enabled suites in JSSE's order, read from Java 17 and 25 with nothing disabled. DSS keys are left out: no public
 * authority certifies them.
 */
const DEFAULT_SUITES: readonly { name: string; from?: number; until?: number }[] = [
  { name: 'TLS_AES_256_GCM_SHA384' },
  { name: 'TLS_AES_128_GCM_SHA256' },
  { name: 'TLS_CHACHA20_POLY1305_SHA256', from: 12 },
  { name: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384' },
  { name: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256' },
  { name: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256', from: 12 },
  { name: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384' },
  { name: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', from: 12 },
  { name: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256' },
  { name: 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384' },
  { name: 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256', from: 12 },
  { name: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256' },
  { name: 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384' },
  { name: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384' },
  { name: 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256' },
  { name: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256' },
  { name: 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA256' },
  { name: 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA256' },
  ...['GCM_SHA', 'CBC_SHA'].flatMap((kind) =>
    ['256', '128'].flatMap((bits) =>
      ['ECDSA', 'RSA'].map((key) => ({
        name: `TLS_ECDH_${key}_WITH_AES_${bits}_${kind}${bits === '256' ? 384 : 256}`,
      })),
    ),
  ),
  ...['ECDHE_ECDSA', 'ECDHE_RSA', 'DHE_RSA', 'ECDH_ECDSA', 'ECDH_RSA'].flatMap((exchange) =>
    ['256', '128'].map((bits) => ({ name: `TLS_${exchange}_WITH_AES_${bits}_CBC_SHA` })),
  ),
  { name: 'TLS_RSA_WITH_AES_256_GCM_SHA384' },
  { name: 'TLS_RSA_WITH_AES_128_GCM_SHA256' },
  { name: 'TLS_RSA_WITH_AES_256_CBC_SHA256' },
  { name: 'TLS_RSA_WITH_AES_128_CBC_SHA256' },
  { name: 'TLS_RSA_WITH_AES_256_CBC_SHA' },
  { name: 'TLS_RSA_WITH_AES_128_CBC_SHA' },
  // Out of the default list since JDK 18 (JDK-8163327).
  ...['ECDHE_ECDSA', 'ECDHE_RSA', 'DHE_RSA', 'ECDH_ECDSA', 'ECDH_RSA', 'RSA'].map((exchange) => ({
    name: `TLS_${exchange}_WITH_3DES_EDE_CBC_SHA`,
    until: 18,
  })),
];
/** Default of `jdk.tls.namedGroups` since Java 13. */
const GROUPS = [29, 23, 24, 25, 30, 256, 257, 258, 259, 260];
const VERSIONS: Readonly<Record<string, number>> = {
  'TLSv1.0': TLS10,
  'TLSv1.1': TLS11,
  'TLSv1.2': TLS12,
  'TLSv1.3': TLS13,
};

export interface JavaDefaults {
  suites: { code: number; name: string; protocol: string }[];
  groups: { code: number; name: string; protocol: string }[];
  assumed: string[];
}

/**
 * @param disabled value of `jdk.tls.disabledAlgorithms`
 * @param protocols versions that it leaves
 * @param version feature release of the JDK, 17 when not known
 */
export function javaDefaults(
  disabled: string,
  protocols: readonly string[],
  version: number | undefined,
): JavaDefaults {
  const release = version ?? 17;
  const constraints = parseDisabledAlgorithms(disabled);
  const enabled = DEFAULT_SUITES.filter((s) => release >= (s.from ?? 0) && release < (s.until ?? 1000))
    .filter((s) => !constraints.some((c) => disables(c, s.name)))
    .map((s) => ({ name: s.name, code: suiteCode(s.name)! }));
  const suites = protocols.flatMap((protocol) => {
    const at = VERSIONS[protocol];
    // SSL 3.0 is in no default list, whatever the file leaves.
    if (at === undefined) return [];
    const usable = enabled.filter((s) => (at === TLS13 ? parseSuite(s.code)?.tls13 : definedIn(s.code, at)));
    return usable.map((s) => ({ ...s, protocol }));
  });
  const newestWith = (exchange: string): string | undefined =>
    protocols.findLast((p) =>
      suites.some((s) => s.protocol === p && p !== 'TLSv1.3' && parseSuite(s.code)?.keyExchange === exchange),
    );
  const older = (exchange: string, usable: (group: number) => boolean): { code: number; protocol: string }[] => {
    const protocol = newestWith(exchange);
    return protocol === undefined ? [] : GROUPS.filter(usable).map((code) => ({ code, protocol }));
  };
  const groups = [
    ...older('ECDHE', (g) => g < 256),
    // JSSE names finite-field groups to TLS 1.2 as well since it has TLS 1.3 (RFC 7919; measured on Java 17).
    ...(release >= 11 ? older('DHE', (g) => g >= 256) : []),
    ...(suites.some((s) => s.protocol === 'TLSv1.3') ? GROUPS.map((code) => ({ code, protocol: 'TLSv1.3' })) : []),
  ];
  return {
    suites,
    groups: groups.map((g) => ({ ...g, name: groupName(g.code) })),
    assumed: [
      ...(version === undefined
        ? ['the JDK release is not known; the defaults of Java 17 are assumed (--software java/21)']
        : []),
      'programs that enable versions or suites themselves do not follow these defaults',
      'the certificate is not at hand: suites for RSA and for ECDSA keys are both listed',
    ],
  };
}

/** Whether a constraint takes a suite away (SSLAlgorithmDecomposer of the JDK; patterns with `*` since JDK 24). */
function disables(constraint: DisabledAlgorithm, name: string): boolean {
  // Sizes and usages are about keys and signatures, not about suites.
  if (constraint.keySize || constraint.usages || constraint.denyAfter !== undefined || constraint.include) return false;
  const word = constraint.algorithm.toUpperCase();
  if (word.endsWith('*')) return name.startsWith(word.slice(0, -1)) && /^(?:TLS|SSL)_/.test(word);
  return word === name || word === name.replace(/^TLS_/, 'SSL_') || components(name).has(word);
}

/** The words a suite is made of, as JSSE names them, in capitals. */
function components(name: string): Set<string> {
  const out = new Set<string>();
  const [exchange = '', rest = ''] = name.includes('_WITH_') ? name.slice(4).split('_WITH_') : ['', name.slice(4)];
  if (exchange !== '') for (const word of [exchange, ...exchange.split('_')]) out.add(word.toUpperCase());
  if (/^(?:DHE?|DH_anon)(?:_|$)/.test(exchange)) for (const word of ['DH', 'DIFFIEHELLMAN']) out.add(word);
  const cipher = rest.replace(/_(?:SHA\d{0,3}|MD5)$/, '');
  // TLS 1.3 suites are known by their transformation alone.
  if (exchange !== '') out.add(cipher);
  const mode = /_(CBC|GCM)$/.exec(cipher)?.[1];
  if (mode) out.add(mode);
  if (cipher.startsWith('AES')) out.add('AES');
  if (cipher.startsWith('3DES')) for (const word of ['3DES', 'DESEDE']) out.add(word);
  if (cipher.startsWith('CHACHA20')) out.add('CHACHA20-POLY1305');
  // The hash is a MAC only where the cipher brings no authentication of its own.
  const hash = mode === 'CBC' ? /_(SHA\d{0,3}|MD5)$/.exec(rest)?.[1] : undefined;
  if (hash) {
    const plain = hash === 'SHA' ? 'SHA1' : hash;
    for (const word of [plain, plain.replace('SHA', 'SHA-'), `HMAC${plain}`]) out.add(word);
  }
  return out;
}
