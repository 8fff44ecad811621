/** EnvelopedData (RFC 5652 6) and AuthEnvelopedData (RFC 5083). */
import { type Der, type DerReader, TAG } from '../../x509/der.ts';
import { readAlgorithm } from '../../x509/parsed.ts';
import { tlv } from '../../x509/write-der.ts';
import { octets } from './octets.ts';
import { partyId } from './read-signed.ts';
import type { CmsProblem, CmsRecipient, EnvelopedData } from './types.ts';

const MAX_RECIPIENTS = 200;
const KINDS: { readonly [id: number]: CmsRecipient['kind'] } = {
  161: 'key-agreement',
  162: 'key-encryption-key',
  163: 'password',
  164: 'other',
};

/** @param node the EnvelopedData itself */
export function readEnvelopedData(reader: DerReader, node: Der, problems: CmsProblem[]): EnvelopedData | undefined {
  const fields = reader.children(node, 10);
  // [0] OriginatorInfo may stand between version and recipients.
  const [version, ...others] = fields.filter((f) => f.id !== 0xa0);
  const [recipients, info, ...rest] = others;
  if (version?.id !== TAG.integer || !recipients) {
    problems.push({ offset: node.start, says: 'EnvelopedData must hold a version and recipients', fatal: true });
    return undefined;
  }
  if (info?.id !== TAG.sequence) {
    problems.push({ offset: recipients.next, says: 'the encrypted content is missing', fatal: true });
    return undefined;
  }
  const [type, algorithm, body] = reader.children(info, 4);
  if (!body)
    problems.push({
      offset: info.end,
      says: 'no encrypted bytes are enclosed (they may be kept elsewhere)',
      fatal: false,
    });
  const mac = rest.find((f) => f.id === TAG.octetString);
  const attributes = rest.find((f) => f.id === 0xa1);
  const list = reader.children(recipients, MAX_RECIPIENTS).flatMap((r) => readRecipient(reader, r));
  if (list.length === 0) problems.push({ offset: recipients.start, says: 'no recipient is named', fatal: true });
  return {
    kind: 'enveloped',
    reader,
    version: reader.smallInteger(version) ?? -1,
    recipients: list,
    contentType: reader.oid(type),
    algorithm: readAlgorithm(reader, algorithm),
    ...(body ? { ciphertext: octets(reader, body), ciphertextOffset: body.content } : {}),
    ...(mac
      ? {
          authentication: {
            mac: reader.contents(mac),
            ...(attributes ? { attributes: tlv(TAG.set, reader.contents(attributes)) } : {}),
          },
        }
      : {}),
  };
}

function readRecipient(reader: DerReader, node: Der): CmsRecipient[] {
  if (node.id !== TAG.sequence)
    return [
      {
        kind: KINDS[node.id] ?? 'other',
        offset: node.start,
        algorithm: { oid: '', start: node.start, end: node.start },
        encryptedKey: Buffer.alloc(0),
        encryptedKeyOffset: node.start,
      },
    ];
  const [, id, algorithm, key] = reader.children(node, 6);
  if (!id || !key) return [];
  return [
    {
      kind: 'key-transport',
      offset: node.start,
      ...partyId(reader, id),
      algorithm: readAlgorithm(reader, algorithm),
      encryptedKey: octets(reader, key),
      encryptedKeyOffset: key.content,
    },
  ];
}
