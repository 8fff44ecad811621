/** SignedData (RFC 5652 5; RFC 2315 9; version 2 with SEQUENCEs for SETs, as SET has it). */
import { parseCertificate, serialText } from '../../x509/certificate.ts';
import { type Der, type DerReader, TAG } from '../../x509/der.ts';
import { comparableRdns, nameText, readName } from '../../x509/name.ts';
import { HASHES } from '../../x509/oids.ts';
import { readAlgorithm } from '../../x509/parsed.ts';
import { setOf, tlv } from '../../x509/write-der.ts';
import { octets } from './octets.ts';
import type { CmsAttribute, CmsProblem, CmsSigner, PartyId, SignedData } from './types.ts';

const MAX_CERTIFICATES = 200;
const MAX_SIGNERS = 100;
const MAX_ATTRIBUTES = 200;

/** @param node the SignedData itself */
export function readSignedData(reader: DerReader, node: Der, problems: CmsProblem[]): SignedData | undefined {
  const fields = reader.children(node, 10);
  const [version, digests, info] = fields;
  if (version?.id !== TAG.integer || !digests || info?.id !== TAG.sequence) {
    problems.push({
      offset: node.start,
      says: 'SignedData must hold a version, digest algorithms and content',
      fatal: true,
    });
    return undefined;
  }
  const [type, wrapper] = reader.children(info, 3);
  const inner = wrapper?.id === 0xa0 ? reader.read(wrapper.content, wrapper.end) : undefined;
  const result: SignedData = {
    kind: 'signed',
    reader,
    version: reader.smallInteger(version) ?? -1,
    contentType: reader.oid(type),
    digestOids: reader.children(digests, 32).map((d) => readAlgorithm(reader, d).oid),
    certificates: [],
    signers: [],
    ...(inner ? { content: octets(reader, inner), contentOffset: inner.content, contentId: inner.id } : {}),
  };
  let list: Der | undefined;
  for (const field of fields.slice(3)) {
    // [0] SET and [2] SEQUENCE of certificates; [1] and [3] revocation lists.
    if (field.id === 0xa0 || field.id === 0xa2) {
      for (const c of reader.children(field, MAX_CERTIFICATES))
        if (c.id === TAG.sequence) result.certificates.push(parseCertificate(Buffer.from(reader.slice(c))));
    } else if (field.id === TAG.set || field.id === TAG.sequence) list = field;
  }
  if (!list) problems.push({ offset: node.end, says: 'the list of signers is missing', fatal: true });
  else for (const s of reader.children(list, MAX_SIGNERS)) addSigner(reader, s, result, problems);
  return result;
}

function addSigner(reader: DerReader, node: Der, into: SignedData, problems: CmsProblem[]): void {
  const fields = reader.children(node, 10);
  const [version, id, digest, ...rest] = fields;
  const attributes = rest[0]?.id === 0xa0 || rest[0]?.id === 0xa2 ? rest.shift() : undefined;
  const [algorithm, signature] = rest;
  if (version?.id !== TAG.integer || !id || digest?.id !== TAG.sequence || signature?.id !== TAG.octetString) {
    problems.push({ offset: node.start, says: 'a SignerInfo without signer, digest or signature', fatal: true });
    return;
  }
  const digestOid = readAlgorithm(reader, digest).oid;
  const signed = attributes ? readAttributes(reader, attributes) : undefined;
  const signer: CmsSigner = {
    offset: node.start,
    version: reader.smallInteger(version) ?? -1,
    ...partyId(reader, id),
    digestOid,
    digest: HASHES[digestOid] ?? '',
    ...(signed ? { signed } : {}),
    signatureAlgorithm: readAlgorithm(reader, algorithm),
    signature: reader.contents(signature),
    signatureOffset: signature.content,
  };
  into.signers.push(signer);
}

/** IssuerAndSerialNumber, or [0] SubjectKeyIdentifier (RFC 5652 5.3). */
export function partyId(reader: DerReader, node: Der): PartyId {
  if (node.id === 0x80) return { subjectKeyId: reader.contents(node).toString('hex') };
  if (node.id === 0xa0) {
    const inner = reader.read(node.content, node.end);
    return inner ? { subjectKeyId: reader.contents(inner).toString('hex') } : {};
  }
  const [issuer, serial] = reader.children(node, 3);
  if (!issuer || serial?.id !== TAG.integer) return {};
  const name = readName(reader, issuer);
  return {
    issuer: comparableRdns(name).join('\n'),
    issuerText: nameText(name),
    serial: serialText(reader.contents(serial)),
  };
}

/** [0] IMPLICIT SET OF Attribute, or [2] EXPLICIT SEQUENCE OF Attribute of the SET profile. */
function readAttributes(reader: DerReader, node: Der): NonNullable<CmsSigner['signed']> {
  const list = node.id === 0xa2 ? (reader.read(node.content, node.end) ?? node) : node;
  const nodes = reader.children(list, MAX_ATTRIBUTES);
  const attributes: CmsAttribute[] = nodes.map((a) => {
    const [type, values] = reader.children(a, 3);
    const value = values ? reader.read(values.content, values.end) : undefined;
    return {
      oid: reader.oid(type),
      offset: a.start,
      ...(value ? { value: { id: value.id, contents: reader.contents(value), der: reader.slice(value) } } : {}),
    };
  });
  const parts = nodes.map((a) => reader.slice(a));
  if (node.id === 0xa2) return { offset: node.start, attributes, der: tlv(TAG.sequence, ...parts) };
  const der = setOf(...parts);
  const asSent = tlv(TAG.set, ...parts);
  return { offset: node.start, attributes, der, ...(der.equals(asSent) ? {} : { asSent }) };
}
