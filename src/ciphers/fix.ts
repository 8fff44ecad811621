/** The lines that bring a server in line with a policy, in the words of its own configuration. */
import { parseSuite, suiteCode } from '../tls/registries/index.ts';
import { javaDefaults } from './java.ts';
import { opensslName } from './openssl/names.ts';
import { evaluatePolicy } from './policy/evaluate.ts';
import type { Policy } from './policy/types.ts';

const ALL = ['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
/** What a policy without a list of its own gets: forward-secret AEAD suites (RFC 9325 section 4.2). */
const RECOMMENDED = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
];

/** Protocol versions that a policy leaves, oldest first. */
function allowedProtocols(policy: Policy): string[] {
  const denied = new Set(
    policy.rules.filter((r) => r.allowedUntil === undefined).flatMap((r) => r.denyProtocols ?? []),
  );
  return ALL.filter((p) => !denied.has(p) && p !== 'SSLv3');
}

/** OpenSSL names of the TLS 1.2 suites that a policy wants. */
function allowedCipherString(policy: Policy): string {
  const rule = policy.rules.find((r) => r.allowSuites?.protocol.includes('TLSv1.2'));
  const preferred = (rule?.allowSuites?.suites ?? RECOMMENDED).filter((name) => {
    const parts = parseSuite(suiteCode(name) ?? -1);
    return parts?.forwardSecret === true && parts.mac === 'AEAD' && parts.keyExchange === 'ECDHE';
  });
  return (preferred.length > 0 ? preferred : RECOMMENDED).map((n) => opensslName(suiteCode(n)!)).join(':');
}

/**
 * Configuration lines for one server software (`nginx`, `httpd`, `haproxy`, `stunnel`, `tomcat`, `envoy`, `java-security`).
 * @param version of the software, where the syntax depends on it
 */
export function fixLines(policy: Policy, software: string, version?: string): string[] {
  const protocols = allowedProtocols(policy);
  const ciphers = allowedCipherString(policy);
  const min = protocols[0] ?? 'TLSv1.2';
  const plain = (name: string): string => name.replace('TLSv1.0', 'TLSv1');
  switch (software) {
    case 'nginx':
      return [
        `ssl_protocols ${protocols.map(plain).join(' ')};`,
        ...(protocols.includes('TLSv1.2') ? [`ssl_ciphers ${ciphers};`, 'ssl_prefer_server_ciphers off;'] : []),
      ];
    case 'httpd':
      return [
        `SSLProtocol -all ${protocols.map((p) => `+${plain(p)}`).join(' ')}`,
        ...(protocols.includes('TLSv1.2')
          ? [`SSLCipherSuite ${ciphers}`, 'SSLHonorCipherOrder off', 'SSLCompression off']
          : []),
      ];
    case 'haproxy':
      // ssl-min-ver came with 1.8; before that only the no-* words exist.
      return [
        version !== undefined && older(version, [1, 8])
          ? `ssl-default-bind-options ${ALL.filter((p) => !protocols.includes(p))
              .map((p) => `no-${p.toLowerCase().replace('.', '')}`)
              .join(' ')}`
          : `ssl-default-bind-options ssl-min-ver ${plain(min)}`,
        `ssl-default-bind-ciphers ${ciphers}`,
      ];
    case 'stunnel':
      return [`sslVersionMin = ${plain(min)}`, `ciphers = ${ciphers}`];
    case 'tomcat':
      return [`<SSLHostConfig protocols="${protocols.map((p) => `+${plain(p)}`).join('')}" ciphers="${ciphers}">`];
    case 'envoy':
      return [
        `tls_params: { tls_minimum_protocol_version: ${min.replace('TLSv1.', 'TLSv1_')}, cipher_suites: [${ciphers
          .split(':')
          .map((c) => `"${c}"`)
          .join(', ')}] }`,
      ];
    case 'node':
      return [`NODE_OPTIONS="--tls-min-${min.slice(3)} --tls-cipher-list=${ciphers}"`];
    case 'java-security':
      return [`jdk.tls.disabledAlgorithms=${javaDisabled(policy, protocols, version).join(', ')}`];
    default:
      return [`offer ${protocols.join(' and ')} only`, `OpenSSL cipher list: ${ciphers}`];
  }
}

/** What the JDK ships as disabled, the versions the policy denies, and the default suites that it does not leave. */
function javaDisabled(policy: Policy, protocols: readonly string[], version: string | undefined): string[] {
  const versions = ALL.filter((p) => !protocols.includes(p)).map((p) => p.replace('TLSv1.0', 'TLSv1'));
  const shipped = [
    'RC4',
    'DES',
    'MD5withRSA',
    'DH keySize < 2048',
    'EC keySize < 224',
    '3DES_EDE_CBC',
    'anon',
    'NULL',
    'ECDH',
  ];
  const release = /^(?:1\.)?(\d{1,2})/.exec(version ?? '')?.[1];
  const { suites } = javaDefaults(shipped.join(','), protocols, release === undefined ? undefined : Number(release));
  const lasting: Policy = {
    ...policy,
    rules: policy.rules.filter((r) => r.allowedUntil === undefined && r.until === undefined),
  };
  const facts = {
    target: '',
    live: false,
    protocols: [...protocols],
    unknownProtocols: [],
    suites,
    groups: [],
    groupsKnown: false,
  };
  const { violations } = evaluatePolicy(
    lasting,
    { ...facts, dhBits: [], keys: [], features: {} },
    Number.MAX_SAFE_INTEGER,
  );
  const denied = new Set(violations.filter((v) => v.rule.denySuites || v.rule.allowSuites).flatMap((v) => v.items));
  return [...versions, ...shipped, ...denied];
}

function older(version: string, than: [number, number]): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < than[0] || (major === than[0] && minor < than[1]);
}
