/** What `java.security` and `openssl.cnf` leave enabled for every program that follows them. */
import type { Finding } from '../finding.ts';
import { parseDisabledAlgorithms } from './config/java-security.ts';
import { protocolName, protocolRange } from './config/source.ts';
import { configurationFinding } from './findings.ts';
import type { Listener, Located, ServerConfigObservation } from './types.ts';

/** What the JDK ships as disabled (java.security of 17.0.15); anything missing from a file was enabled by hand. */
const SHIPPED: readonly { algorithm: string; exposes: string; urgent?: boolean }[] = [
  { algorithm: 'SSLv3', exposes: 'SSL 3.0', urgent: true },
  { algorithm: 'TLSv1', exposes: 'TLS 1.0' },
  { algorithm: 'TLSv1.1', exposes: 'TLS 1.1' },
  { algorithm: 'RC4', exposes: 'RC4', urgent: true },
  { algorithm: 'DES', exposes: 'single DES', urgent: true },
  { algorithm: '3DES_EDE_CBC', exposes: 'triple DES' },
  { algorithm: 'anon', exposes: 'suites without authentication', urgent: true },
  { algorithm: 'NULL', exposes: 'suites without encryption', urgent: true },
  { algorithm: 'MD5withRSA', exposes: 'certificates signed with MD5', urgent: true },
  { algorithm: 'DH', exposes: 'Diffie-Hellman below 1024 bits' },
  { algorithm: 'EC', exposes: 'elliptic curves below 224 bits' },
  { algorithm: 'ECDH', exposes: 'static elliptic-curve Diffie-Hellman' },
];

/** `jdk.tls.disabledAlgorithms` as JDK 17 ships it. */
export const SHIPPED_DISABLED =
  'SSLv3, TLSv1, TLSv1.1, DTLSv1.0, RC4, DES, MD5withRSA, DH keySize < 1024, EC keySize < 224, 3DES_EDE_CBC, anon, NULL, ECDH';

/** Versions that a Java runtime with this `jdk.tls.disabledAlgorithms` leaves enabled; undefined when the property is not set. */
export function javaProtocols(
  observation: ServerConfigObservation,
): (Located<string[]> & { property: string }) | undefined {
  const property = observation.directives.findLast((d) => d.name === 'jdk.tls.disabledAlgorithms');
  if (!property) return undefined;
  const disabled = new Set(parseDisabledAlgorithms(property.value).map((a) => protocolName(a.algorithm)));
  const value = protocolRange('SSLv3', 'TLSv1.3').filter((p) => !disabled.has(p));
  return { value, file: observation.file, line: property.line, property: property.value };
}

/** One finding that names everything the JDK disables and this file does not. */
export function javaReenabled(observation: ServerConfigObservation): Finding[] {
  const property = observation.directives.findLast((d) => d.name === 'jdk.tls.disabledAlgorithms');
  if (!property) return [];
  const present = new Set(parseDisabledAlgorithms(property.value).map((a) => a.algorithm.toLowerCase()));
  const missing = SHIPPED.filter((s) => !present.has(s.algorithm.toLowerCase()));
  if (missing.length === 0) return [];
  return [
    configurationFinding({
      id: 'ciphers/java-reenabled',
      subject: observation.file,
      priority: missing.some((m) => m.urgent) ? 'urgent' : 'important',
      title: `${observation.file} enables ${missing.map((m) => m.exposes).join(', ')} for every connection of the JVM`,
      detail: `jdk.tls.disabledAlgorithms lacks what the JDK ships as disabled: ${missing.map((m) => m.algorithm).join(', ')}.`,
      evidence: [{ file: observation.file, line: property.line, text: property.value }],
      remedy: `add ${missing.map((m) => ({ DH: 'DH keySize < 1024', EC: 'EC keySize < 224' })[m.algorithm] ?? m.algorithm).join(', ')} to jdk.tls.disabledAlgorithms`,
      verify: { command: `paymedic ciphers ${observation.file}`, expect: 'the finding is gone' },
      references: ['java.security, jdk.tls.disabledAlgorithms', 'RFC 8996', 'RFC 7465'],
      data: { items: missing.map((m) => m.algorithm) },
    }),
  ];
}

/** The TLS defaults of an `openssl.cnf` as if they were a listener, so that the effective matrix can be computed. */
export function opensslDefaults(observation: ServerConfigObservation): Listener[] {
  const names = ['MinProtocol', 'MaxProtocol', 'CipherString', 'Ciphersuites', 'Groups', 'Curves'];
  const contexts = new Set(observation.directives.filter((d) => names.includes(d.name)).map((d) => d.context ?? ''));
  return [...contexts].map((context) => {
    const find = (name: string): Located<string> | undefined => {
      const d = observation.directives.findLast((x) => x.name === name && (x.context ?? '') === context);
      return d && { value: d.value, file: observation.file, line: d.line };
    };
    const [min, max] = [find('MinProtocol'), find('MaxProtocol')];
    const at = min ?? max;
    const ciphers = find('CipherString');
    const suites13 = find('Ciphersuites');
    const groups = find('Groups') ?? find('Curves');
    return {
      software: 'openssl',
      address: `[${context}]`,
      port: 0,
      names: [],
      tls: true,
      settings: {
        ...(at
          ? {
              protocols: {
                ...at,
                value: protocolRange(min && protocolName(min.value), max && protocolName(max.value)),
              },
            }
          : {}),
        ...(ciphers ? { ciphers } : {}),
        ...(suites13 ? { suites13 } : {}),
        ...(groups ? { groups } : {}),
      },
      file: observation.file,
      line: at?.line ?? ciphers?.line ?? 1,
    };
  });
}
