/** From the encoded form to the plain `Certificate` that other rooms read, and back. */

import { type Der, type DerReader, TAG } from './der.ts';
import { purposeName } from './extensions.ts';
import { distinguishedName } from './name.ts';
import { EXT, HASHES, SIGNATURES } from './oids.ts';
import { type AlgorithmId, type ParsedCertificate, readCertificate } from './parsed.ts';
import { sha256Hex } from './spki.ts';
import type { Certificate } from './types.ts';

/** Extensions that the path validator processes; any other critical one is unknown (RFC 5280 4.2). */
const understood: ReadonlySet<string> = new Set([
  EXT.basicConstraints,
  EXT.keyUsage,
  EXT.extendedKeyUsage,
  EXT.subjectAltName,
  EXT.issuerAltName,
  EXT.nameConstraints,
  EXT.certificatePolicies,
  EXT.policyMappings,
  EXT.policyConstraints,
  EXT.inhibitAnyPolicy,
  EXT.crlDistributionPoints,
  EXT.authorityKeyIdentifier,
  EXT.subjectKeyIdentifier,
  EXT.tlsFeature,
  EXT.qcStatements,
]);

const forms = new WeakMap<Certificate, ParsedCertificate>();

/** The encoded form of a certificate; parsed again when the value came from a saved report. */
export function parsedForm(certificate: Certificate): ParsedCertificate {
  let form = forms.get(certificate);
  if (!form) {
    form = readCertificate(Buffer.from(certificate.der, 'base64'));
    forms.set(certificate, form);
  }
  return form;
}

/**
 * Parses one DER certificate into the plain value of the contract. Never throws: unreadable parts are empty or NaN
 * (times) and `defects` says what was wrong and at which byte offset. Callers that compare times must use
 * `validityAt`, which treats an unreadable time as such.
 */
export function parseCertificate(der: Buffer): Certificate {
  return toCertificate(readCertificate(der));
}

function toCertificate(form: ParsedCertificate): Certificate {
  const { reader, bytes } = form;
  const usage = form.extendedKeyUsage;
  const access = form.authorityInfoAccess ?? [];
  const urls = (method: string): string[] =>
    access.filter((a) => a.method === method && a.location.kind === 'uri').map((a) => a.location.value);
  const plain = (n: { kind: Certificate['names'][number]['kind']; value: string }) => ({
    kind: n.kind,
    value: n.value,
  });
  const certificate: Certificate = {
    der: bytes.toString('base64'),
    sha256: sha256Hex(bytes),
    spkiSha256: sha256Hex(form.key.der),
    serial: serialText(form.serial),
    subject: distinguishedName(reader, form.subject),
    issuer: distinguishedName(reader, form.issuer),
    notBefore: form.notBefore.value,
    notAfter: form.notAfter.value,
    names: (form.subjectAltName ?? []).map(plain),
    key: {
      algorithm: form.key.algorithm,
      label: form.key.label,
      ...(form.key.bits === undefined ? {} : { bits: form.key.bits }),
      ...(form.key.curve === undefined ? {} : { curve: form.key.curve }),
    },
    signatureAlgorithm: signatureName(reader, form.outerAlgorithm),
    ...(form.basicConstraints
      ? {
          basicConstraints: {
            ca: form.basicConstraints.ca,
            ...(form.basicConstraints.pathLength === undefined ? {} : { pathLength: form.basicConstraints.pathLength }),
          },
        }
      : {}),
    ...(form.keyUsage ? { keyUsage: form.keyUsage.names } : {}),
    ...(usage ? { extendedKeyUsage: usage.map(purposeName) } : {}),
    ...(form.subjectKeyId ? { subjectKeyId: form.subjectKeyId.toString('hex') } : {}),
    ...(form.authorityKeyId?.keyId ? { authorityKeyId: form.authorityKeyId.keyId.toString('hex') } : {}),
    ...(form.nameConstraints
      ? {
          nameConstraints: {
            permitted: form.nameConstraints.permitted.map(plain),
            excluded: form.nameConstraints.excluded.map(plain),
          },
        }
      : {}),
    crlUrls: (form.distributionPoints ?? []).flatMap((p) =>
      p.names.filter((n) => n.kind === 'uri').map((n) => n.value),
    ),
    ocspUrls: urls('1.3.6.1.5.5.7.48.1'),
    caIssuerUrls: urls('1.3.6.1.5.5.7.48.2'),
    policies: (form.policies ?? []).map((p) => p.oid),
    mustStaple: form.tlsFeatures?.includes(5) ?? false,
    scts: countScts(form),
    selfIssued: form.subject.end > form.subject.start && sameBytes(bytes, form.subject, form.issuer),
    unknownCritical: form.extensions.filter((e) => e.critical && !understood.has(e.oid)).map((e) => e.oid),
    defects: form.defects,
  };
  forms.set(certificate, form);
  return certificate;
}

function sameBytes(bytes: Buffer, a: { start: number; end: number }, b: { start: number; end: number }): boolean {
  return bytes.subarray(a.start, a.end).equals(bytes.subarray(b.start, b.end));
}

/** Uppercase hex without leading zero octets; a negative serial keeps its two's complement octets. */
export function serialText(octets: Buffer): string {
  let skip = 0;
  while (skip < octets.length - 1 && octets[skip] === 0) skip++;
  return octets.toString('hex', skip).toUpperCase();
}

/** Number of signed certificate timestamps in the extension (RFC 6962 3.3). */
function countScts(form: ParsedCertificate): number {
  const extension = form.byOid.get(EXT.sctList);
  const node = extension && form.reader.read(extension.content, extension.end);
  if (node?.id !== TAG.octetString) return 0;
  const list = form.reader.contents(node);
  let at = 2;
  let count = 0;
  while (at + 2 <= list.length) {
    at += 2 + list.readUInt16BE(at);
    if (at <= list.length) count++;
  }
  return count;
}

/** Exact name of a signature algorithm with the parameters that change its meaning. */
export function signatureName(reader: DerReader, algorithm: AlgorithmId): string {
  const scheme = SIGNATURES[algorithm.oid];
  if (scheme?.family === 'rsa-pss') {
    const pss = pssParameters(reader, algorithm.parameters);
    return pss
      ? `RSASSA-PSS (${pss.hash}, MGF1 ${pss.mgfHash}, salt ${pss.saltLength})`
      : 'RSASSA-PSS (unreadable parameters)';
  }
  return scheme?.name ?? (algorithm.oid === '' ? 'unreadable' : algorithm.oid);
}

export interface PssParameters {
  hash: string;
  mgfHash: string;
  saltLength: number;
}

/** RSASSA-PSS-params (RFC 4055 3.1); defaults are SHA-1 and 20. Undefined when a part is unknown. */
export function pssParameters(reader: DerReader, node: Der | undefined): PssParameters | undefined {
  const result: PssParameters = { hash: 'sha1', mgfHash: 'sha1', saltLength: 20 };
  if (!node) return result;
  if (node.id !== TAG.sequence) return undefined;
  for (const field of reader.children(node, 6)) {
    const inner = reader.read(field.content, field.end);
    if (!inner) return undefined;
    if (field.id === 0xa0) result.hash = HASHES[readOid(reader, inner)] ?? '';
    else if (field.id === 0xa1) {
      const [, digest] = reader.children(inner, 3);
      result.mgfHash = digest ? (HASHES[readOid(reader, digest)] ?? '') : '';
    } else if (field.id === 0xa2) result.saltLength = reader.smallInteger(inner) ?? -1;
  }
  return result.hash && result.mgfHash && result.saltLength >= 0 ? result : undefined;
}

function readOid(reader: DerReader, algorithm: Der): string {
  return reader.oid(reader.read(algorithm.content, algorithm.end));
}

export type Validity = 'valid' | 'expired' | 'not-yet-valid' | 'unreadable';

/** Validity of the dates alone at `time` (ms UTC); both ends inclusive, to the second (RFC 5280 4.1.2.5). */
export function validityAt(certificate: Pick<Certificate, 'notBefore' | 'notAfter'>, time: number): Validity {
  if (!Number.isFinite(certificate.notBefore) || !Number.isFinite(certificate.notAfter)) return 'unreadable';
  if (time < certificate.notBefore) return 'not-yet-valid';
  return time > certificate.notAfter + 999 ? 'expired' : 'valid';
}
