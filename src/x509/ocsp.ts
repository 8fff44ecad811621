/** OCSP responses (RFC 6960): reading, signature, delegation and freshness. */
import { createHash } from 'node:crypto';
import { isInstant, isoTime } from '../instant.ts';
import { parseCertificate, parsedForm } from './certificate.ts';
import { REASONS } from './crl.ts';
import { type Defect, type Der, DerReader, TAG } from './der.ts';
import { HASHES } from './oids.ts';
import { type AlgorithmId, readAlgorithm } from './parsed.ts';
import { checkCertificateSignature, checkSignature } from './signature.ts';
import { readTime } from './time.ts';
import type { Certificate } from './types.ts';

export interface OcspEntry {
  hash: string;
  issuerNameHash: Buffer;
  issuerKeyHash: Buffer;
  /** Uppercase hex as in `Certificate.serial`. */
  serial: string;
  state: 'good' | 'revoked' | 'unknown';
  revokedAt?: number;
  reason?: string;
  thisUpdate: number;
  nextUpdate?: number;
}

export interface OcspResponse {
  status:
    | 'successful'
    | 'malformedRequest'
    | 'internalError'
    | 'tryLater'
    | 'sigRequired'
    | 'unauthorized'
    | 'unreadable';
  producedAt: number;
  entries: OcspEntry[];
  certificates: Certificate[];
  signedData: Buffer;
  algorithm: AlgorithmId;
  signature: Buffer;
  reader: DerReader;
  defects: Defect[];
}

const STATUS: { readonly [code: number]: OcspResponse['status'] } = {
  0: 'successful',
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
};

/** Reads an OCSPResponse. Never throws. */
export function parseOcspResponse(der: Buffer): OcspResponse {
  const reader = new DerReader(der);
  const response: OcspResponse = {
    status: 'unreadable',
    producedAt: Number.NaN,
    entries: [],
    certificates: [],
    signedData: Buffer.alloc(0),
    algorithm: { oid: '', start: 0, end: 0 },
    signature: Buffer.alloc(0),
    reader,
    defects: reader.defects,
  };
  const outer = reader.read(0, der.length);
  const [status, wrapper] = outer?.id === TAG.sequence ? reader.children(outer, 4) : [];
  if (status?.id !== TAG.enumerated) {
    reader.defect(0, 'ocsp/structure', 'an OCSP response must start with its status');
    return response;
  }
  response.status = STATUS[der[status.content] ?? 255] ?? 'unreadable';
  const bytesNode = wrapper ? reader.read(wrapper.content, wrapper.end) : undefined;
  const [, octets] = bytesNode ? reader.children(bytesNode, 3) : [];
  const basic = octets?.id === TAG.octetString ? reader.read(octets.content, octets.end) : undefined;
  if (!basic) return response;
  const [data, algorithm, signature, certificates] = reader.children(basic, 5);
  if (!data || signature?.id !== TAG.bitString) {
    reader.defect(basic.start, 'ocsp/structure', 'the response lacks its data or signature');
    return response;
  }
  response.signedData = reader.slice(data);
  response.algorithm = readAlgorithm(reader, algorithm);
  response.signature = reader.bitString(signature).bytes;
  readData(reader, data, response);
  const list = certificates?.id === 0xa0 ? reader.read(certificates.content, certificates.end) : undefined;
  if (list)
    response.certificates = reader.children(list, 20).map((node) => parseCertificate(Buffer.from(reader.slice(node))));
  return response;
}

function readData(reader: DerReader, data: Der, response: OcspResponse): void {
  for (const field of reader.children(data, 8)) {
    if (field.id === TAG.generalizedTime) response.producedAt = readTime(reader, field, 'producedAt').value;
    else if (field.id === TAG.sequence) {
      for (const single of reader.children(field, 1000)) {
        const entry = readEntry(reader, single);
        if (entry) response.entries.push(entry);
      }
    }
  }
}

function readEntry(reader: DerReader, single: Der): OcspEntry | undefined {
  const [id, status, thisUpdate, ...rest] = reader.children(single, 6);
  const [algorithm, nameHash, keyHash, serial] = id ? reader.children(id, 5) : [];
  if (!algorithm || !nameHash || !keyHash || !serial || !status || !thisUpdate) {
    reader.defect(single.start, 'ocsp/entry', 'an entry of the response is incomplete');
    return undefined;
  }
  const state = (status.id & 0x1f) === 0 ? 'good' : (status.id & 0x1f) === 1 ? 'revoked' : 'unknown';
  const octets = reader.contents(serial);
  let skip = 0;
  while (skip < octets.length - 1 && octets[skip] === 0) skip++;
  const entry: OcspEntry = {
    hash: HASHES[reader.oid(reader.read(algorithm.content, algorithm.end))] ?? '',
    issuerNameHash: reader.contents(nameHash),
    issuerKeyHash: reader.contents(keyHash),
    serial: octets.toString('hex', skip).toUpperCase(),
    state,
    thisUpdate: readTime(reader, thisUpdate, 'thisUpdate').value,
  };
  if (state === 'revoked') {
    const [time, reason] = reader.children(status, 3);
    entry.revokedAt = readTime(reader, time, 'revocationTime').value;
    const code = reason ? reader.bytes[reason.end - 1] : undefined;
    if (code !== undefined) entry.reason = REASONS[code] || `reason ${code}`;
  }
  const next = rest.find((node) => node.id === 0xa0);
  const nextTime = next ? reader.read(next.content, next.end) : undefined;
  if (nextTime) entry.nextUpdate = readTime(reader, nextTime, 'nextUpdate').value;
  return entry;
}

export interface OcspAnswer {
  state: 'good' | 'revoked' | 'unknown';
  says: string;
  revokedAt?: number;
  nextUpdate?: number;
}

const unknown = (says: string): OcspAnswer => ({ state: 'unknown', says });

/**
 * What a response says about `certificate` at `time` (ms UTC): the certificate id must fit, the signer must be the
 * issuer or a responder the issuer delegated to (RFC 6960 4.2.2.2), and the entry must be current.
 */
export function judgeOcsp(
  response: OcspResponse,
  certificate: Certificate,
  issuer: Certificate,
  time: number,
): OcspAnswer {
  if (response.status !== 'successful') return unknown(`the responder answered ${response.status}`);
  const form = parsedForm(issuer);
  const name = form.bytes.subarray(form.subject.start, form.subject.end);
  const entry = response.entries.find((e) => {
    if (e.serial !== certificate.serial || e.hash === '') return false;
    const digest = (bytes: Buffer): Buffer => createHash(e.hash).update(bytes).digest();
    return digest(name).equals(e.issuerNameHash) && digest(form.key.point ?? Buffer.alloc(0)).equals(e.issuerKeyHash);
  });
  if (!entry) return unknown('the response is about another certificate');
  const signer = signerProblem(response, issuer, time);
  if (signer) return unknown(signer);
  if (entry.thisUpdate > time + 300_000) return unknown('the response is from after the time of judgement');
  if (entry.nextUpdate !== undefined && time > entry.nextUpdate)
    return unknown(`the response ended on ${isoTime(entry.nextUpdate)}`);
  const next = entry.nextUpdate === undefined ? {} : { nextUpdate: entry.nextUpdate };
  if (entry.state === 'revoked') {
    const at = entry.revokedAt ?? Number.NaN;
    if (at > time) return { state: 'good', says: 'revoked only after the time of judgement', ...next };
    return {
      state: 'revoked',
      says: `revoked${isInstant(at) ? ` since ${isoTime(at)}` : ''}${entry.reason ? ` (${entry.reason})` : ''}`,
      ...(Number.isFinite(at) ? { revokedAt: at } : {}),
      ...next,
    };
  }
  return {
    state: entry.state,
    says: entry.state === 'good' ? 'the responder says good' : 'the responder does not know it',
    ...next,
  };
}

function signerProblem(response: OcspResponse, issuer: Certificate, time: number): string | undefined {
  const check = (signer: Certificate) =>
    checkSignature(response.signedData, response.algorithm, response.reader, response.signature, parsedForm(signer).key)
      .result;
  const direct = check(issuer);
  if (direct === 'ok') return undefined;
  for (const delegate of response.certificates) {
    if (check(delegate) !== 'ok') continue;
    if (!delegate.extendedKeyUsage?.includes('OCSPSigning'))
      return 'the responder certificate may not sign OCSP responses (it lacks OCSPSigning)';
    if (!(delegate.notBefore <= time && time <= delegate.notAfter))
      return 'the responder certificate is not valid at the time of judgement';
    const by = checkCertificateSignature(delegate, issuer);
    return by.result === 'ok' ? undefined : `the responder certificate is not from the issuer: ${by.because}`;
  }
  return direct === 'unsupported'
    ? 'the signature of the response cannot be checked by this runtime'
    : 'the response is signed by nobody the issuer trusts';
}
