/** CycloneDX cryptography bill of materials (ECMA-424), 1.6 and 1.7, from the inventory of a report. */
import { createHash } from 'node:crypto';
import { millis } from './text.ts';
import type { InventoryCertificate, InventoryProtocol, Report } from './types.ts';

export type CbomVersion = '1.6' | '1.7';
type Node = { [key: string]: unknown };

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const reference = (kind: string, text: string): string => `${kind}/${digest(text).slice(0, 32)}`;

/** A UUID from the content (RFC 9562 version 8), so that the same inventory gives the same serial number. */
function uuidOf(text: string): string {
  const hex = digest(text).slice(0, 32).split('');
  hex[12] = '8';
  hex[16] = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  const h = hex.join('');
  return `urn:uuid:${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
}

/** Names of curves as CycloneDX 1.7 spells them. */
const CURVES: { [name: string]: string } = {
  'P-256': 'nist/P-256',
  'P-384': 'nist/P-384',
  'P-521': 'nist/P-521',
  Ed25519: 'other/Ed25519',
  Ed448: 'other/Ed448',
  x25519: 'other/Curve25519',
};

const properties = (values: { [name: string]: string | undefined }): Node[] =>
  Object.entries(values).flatMap(([name, value]) => (value ? [{ name: `paymedic:${name}`, value }] : []));

/** Symmetric strength of a key in bits, NIST SP 800-57 part 1 table 2. */
function strength(algorithm: string, size: number): number | undefined {
  if (/^RSA|^DSA|^DH/i.test(algorithm))
    return size >= 15360 ? 256 : size >= 7680 ? 192 : size >= 3072 ? 128 : size >= 2048 ? 112 : size >= 1024 ? 80 : 0;
  if (/^(EC|ECDSA|SM2)/i.test(algorithm)) return Math.floor(size / 2);
  if (/^Ed25519|^X25519/i.test(algorithm)) return 128;
  if (/^Ed448|^X448/i.test(algorithm)) return 224;
  return undefined;
}

/** Factoring and discrete logarithms give no quantum security; nothing is said of what is not known. */
const quantum = (name: string): Node =>
  /RSA|EC|DSA|Ed25519|Ed448|SM2/i.test(name) && !/ML-DSA|SLH-DSA/i.test(name) ? { nistQuantumSecurityLevel: 0 } : {};

/** The algorithm behind a key label such as `RSA 2048`, `EC P-256`, `Ed25519`. */
function keyAlgorithm(label: string, version: CbomVersion): Node {
  const size = Number(/(\d{3,5})/.exec(label)?.[1] ?? Number.NaN);
  const level = strength(label, size);
  const curve = Object.keys(CURVES).find((name) => label.includes(name));
  return {
    type: 'cryptographic-asset',
    'bom-ref': reference('algorithm', `key ${label}`),
    name: label,
    cryptoProperties: {
      assetType: 'algorithm',
      algorithmProperties: {
        primitive: /^RSA/i.test(label) ? 'pke' : 'signature',
        ...(Number.isFinite(size) ? { parameterSetIdentifier: String(size) } : {}),
        ...(curve && version === '1.6' ? { curve } : {}),
        ...(curve && version === '1.7' ? { ellipticCurve: CURVES[curve] } : {}),
        cryptoFunctions: ['sign', 'verify'],
        ...(level !== undefined ? { classicalSecurityLevel: level } : {}),
        ...quantum(label),
      },
    },
  };
}

function signatureAlgorithm(name: string): Node {
  return {
    type: 'cryptographic-asset',
    'bom-ref': reference('algorithm', `signature ${name}`),
    name,
    cryptoProperties: {
      assetType: 'algorithm',
      algorithmProperties: { primitive: 'signature', cryptoFunctions: ['sign', 'verify'], ...quantum(name) },
    },
  };
}

/** Key exchange, authentication and bulk cipher as the name of a suite tells them. */
function suiteAlgorithm(name: string): Node {
  const mode = /_(GCM|CBC|CCM|CTR)(?:_|$)/.exec(name)?.[1]?.toLowerCase();
  const stream = /CHACHA20|RC4/.test(name);
  return {
    type: 'cryptographic-asset',
    'bom-ref': reference('algorithm', `suite ${name}`),
    name,
    cryptoProperties: {
      assetType: 'algorithm',
      algorithmProperties: {
        primitive: /GCM|CCM|POLY1305/.test(name)
          ? 'ae'
          : stream
            ? 'stream-cipher'
            : /AES|3DES|DES|CAMELLIA|SM4|ARIA|SEED/.test(name)
              ? 'block-cipher'
              : 'unknown',
        ...(mode ? { mode } : {}),
        cryptoFunctions: ['encrypt', 'decrypt'],
      },
    },
  };
}

const occurrences = (places: readonly string[]): Node => ({
  occurrences: [...new Set(places)].sort().map((location) => ({ location })),
});

function certificate(c: InventoryCertificate, version: CbomVersion, clock: number): Node {
  const keyRef = reference('algorithm', `key ${c.key}`);
  const signatureRef = reference('algorithm', `signature ${c.signatureAlgorithm}`);
  const state = clock < millis(c.notBefore) ? 'pre-activation' : clock > millis(c.notAfter) ? 'deactivated' : 'active';
  const common = {
    subjectName: c.subject,
    issuerName: c.issuer,
    notValidBefore: c.notBefore,
    notValidAfter: c.notAfter,
    certificateFormat: 'X.509',
  };
  const detail =
    version === '1.6'
      ? { ...common, signatureAlgorithmRef: signatureRef, subjectPublicKeyRef: keyRef }
      : {
          serialNumber: c.serial,
          ...common,
          ...(/^[0-9a-f]{64}$/.test(c.sha256) ? { fingerprint: { alg: 'SHA-256', content: c.sha256 } } : {}),
          certificateState: [{ state }],
          relatedCryptographicAssets: [
            { type: 'algorithm', ref: signatureRef },
            { type: 'publicKey', ref: keyRef },
          ],
        };
  return {
    type: 'cryptographic-asset',
    'bom-ref': `certificate/${c.sha256}`,
    name: c.subject || c.sha256,
    cryptoProperties: { assetType: 'certificate', certificateProperties: detail },
    evidence: occurrences(c.locations),
    properties: properties({
      purpose: c.purpose,
      owner: c.owner,
      'last-reviewed': c.reviewed,
      serial: c.serial,
      'certificate-sha256': c.sha256,
      'key-sha256': c.spkiSha256,
      names: c.names.join(' '),
      usage: c.usage?.join(' '),
    }),
  };
}

function protocol(p: InventoryProtocol): Node {
  const code = (n: number) => [n >> 8, n & 255].map((b) => `0x${b.toString(16).toUpperCase().padStart(2, '0')}`);
  return {
    type: 'cryptographic-asset',
    'bom-ref': reference('protocol', `${p.location} ${p.state} ${p.protocol}`),
    name: p.protocol,
    cryptoProperties: {
      assetType: 'protocol',
      protocolProperties: {
        type: /^DTLS/.test(p.protocol) ? 'other' : /^(TLS|SSL)/.test(p.protocol) ? 'tls' : 'unknown',
        version: p.protocol.replace(/^(?:D?TLS|SSL)\s*v?/i, ''),
        cipherSuites: p.suites.map((s) => ({
          name: s.name,
          algorithms: [reference('algorithm', `suite ${s.name}`)],
          ...(s.code !== undefined ? { identifiers: code(s.code) } : {}),
        })),
      },
    },
    evidence: occurrences([p.location]),
    properties: properties({
      state: p.state,
      purpose: p.purpose,
      owner: p.owner,
      'last-reviewed': p.reviewed,
      groups: p.groups?.join(' '),
    }),
  };
}

const byRef = (a: Node, b: Node): number => (String(a['bom-ref']) < String(b['bom-ref']) ? -1 : 1);

/** The bill as text. Every certificate, algorithm and protocol stands in it once. */
export function cbom(report: Report, version: CbomVersion): string {
  const { certificates, protocols } = report.inventory ?? { certificates: [], protocols: [] };
  const clock = millis(report.incident.clock);
  const components = new Map<string, Node>();
  const add = (node: Node) => components.set(String(node['bom-ref']), components.get(String(node['bom-ref'])) ?? node);
  for (const c of certificates) {
    add(keyAlgorithm(c.key, version));
    add(signatureAlgorithm(c.signatureAlgorithm));
    add(certificate(c, version, clock));
  }
  for (const p of protocols) {
    for (const s of p.suites) add(suiteAlgorithm(s.name));
    add(protocol(p));
  }
  const known = new Set(components.keys());
  const list = [...components.values()].sort(byRef);
  const dependencies = [...new Map(certificates.map((c) => [`certificate/${c.sha256}`, c])).entries()].map(
    ([ref, c]) => ({
      ref,
      dependsOn: [
        reference('algorithm', `key ${c.key}`),
        reference('algorithm', `signature ${c.signatureAlgorithm}`),
        ...(c.issuedBy && c.issuedBy !== c.sha256 ? [`certificate/${c.issuedBy}`] : []),
      ].filter((to) => known.has(to)),
    }),
  );
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: version,
    serialNumber: uuidOf(JSON.stringify([version, report.generated, list])),
    version: 1,
    metadata: {
      timestamp: report.generated,
      tools: { components: [{ type: 'application', name: report.tool.name, version: report.tool.version }] },
    },
    components: list,
    dependencies,
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}
