/** Certificate signing requests (PKCS#10, RFC 2986). */
import { type Defect, DerReader, TAG } from './der.ts';
import { nameText, readName } from './name.ts';
import { type AlgorithmId, readAlgorithm } from './parsed.ts';
import { type PublicKey, readPublicKey } from './spki.ts';

export interface SigningRequest {
  subject: string;
  key: PublicKey;
  algorithm: AlgorithmId;
  signature: Buffer;
  /** The signed part. */
  tbs: Buffer;
  reader: DerReader;
  defects: Defect[];
}

/** Reads a PKCS#10 request. Never throws. */
export function parseSigningRequest(der: Buffer): SigningRequest {
  const reader = new DerReader(der);
  const outer = reader.read(0, der.length);
  const [tbs, algorithm, signature] = outer?.id === TAG.sequence ? reader.children(outer, 4) : [];
  const [version, subject, key] = tbs?.id === TAG.sequence ? reader.children(tbs, 8) : [];
  if (!key) reader.defect(0, 'csr/structure', 'a signing request must hold a version, a name and a key');
  const number = version?.id === TAG.integer ? reader.smallInteger(version) : undefined;
  if (version && number !== 0)
    reader.defect(version.start, 'csr/version', `version ${number ?? 'unreadable'} does not exist; only 0 does`);
  return {
    subject: nameText(readName(reader, subject)),
    key: readPublicKey(reader, key),
    algorithm: readAlgorithm(reader, algorithm),
    signature: signature?.id === TAG.bitString ? reader.bitString(signature).bytes : Buffer.alloc(0),
    tbs: tbs ? reader.slice(tbs) : Buffer.alloc(0),
    reader,
    defects: reader.defects,
  };
}
