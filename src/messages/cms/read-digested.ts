/** DigestedData (RFC 5652 7), which SET uses for every linkage between two parts. */
import { type Der, type DerReader, TAG } from '../../x509/der.ts';
import { HASHES } from '../../x509/oids.ts';
import { readAlgorithm } from '../../x509/parsed.ts';
import { octets } from './octets.ts';
import type { CmsProblem, DigestedData } from './types.ts';

/** @param node the DigestedData itself */
export function readDigestedData(reader: DerReader, node: Der, problems: CmsProblem[]): DigestedData | undefined {
  const [, algorithm, info, digest] = reader.children(node, 6);
  if (digest?.id !== TAG.octetString || info?.id !== TAG.sequence) {
    problems.push({ offset: node.start, says: 'a DigestedData without a digest stands here', fatal: true });
    return undefined;
  }
  const digestOid = readAlgorithm(reader, algorithm).oid;
  const [type, wrapper] = reader.children(info, 3);
  const inner = wrapper?.id === 0xa0 ? reader.read(wrapper.content, wrapper.end) : undefined;
  return {
    kind: 'digested',
    reader,
    digestOid,
    digest: HASHES[digestOid] ?? '',
    contentType: reader.oid(type),
    ...(inner ? { content: octets(reader, inner) } : {}),
    value: reader.contents(digest),
    offset: digest.content,
  };
}
