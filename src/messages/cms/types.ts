/** Cryptographic Message Syntax as it is encoded (RFC 5652; PKCS#7 1.5, RFC 2315; the SET profile of it). */
import type { DerReader } from '../../x509/der.ts';
import type { AlgorithmId } from '../../x509/parsed.ts';
import type { Certificate } from '../../x509/types.ts';

/** Something that is not as it should be, and the byte of the decoded DER where it stands. */
export interface CmsProblem {
  /** Bytes beside the structure that nothing in it covers. */
  uncovered?: true;
  offset: number;
  says: string;
  /** Nothing after it can be trusted: cut off, or not the structure it claims to be. */
  fatal: boolean;
}

/** Who signed or for whom a key is wrapped (RFC 5652 5.3, 6.2.1). */
export interface PartyId {
  /** Issuer in the comparison form of RFC 5280 7.1. */
  issuer?: string;
  issuerText?: string;
  /** Upper-case hexadecimal without leading zeros. */
  serial?: string;
  /** Hexadecimal. */
  subjectKeyId?: string;
}

export interface CmsAttribute {
  oid: string;
  offset: number;
  /** Contents octets and identifier of the first value. */
  value?: { id: number; contents: Buffer; der: Buffer };
}

export interface CmsSigner extends PartyId {
  offset: number;
  version: number;
  /** Object identifier of the digest algorithm. */
  digestOid: string;
  /** As node:crypto names it; empty when unknown. */
  digest: string;
  signed?: {
    offset: number;
    attributes: CmsAttribute[];
    /** What the signature covers: the SET OF in DER order (RFC 5652 5.4). */
    der: Buffer;
    /** The same in the order it was sent, when that is another. */
    asSent?: Buffer;
  };
  signatureAlgorithm: AlgorithmId;
  signature: Buffer;
  signatureOffset: number;
}

export interface SignedData {
  kind: 'signed';
  reader: DerReader;
  version: number;
  contentType: string;
  /** What is digested: contents octets of the eContent. Absent: detached. */
  content?: Buffer;
  contentOffset?: number;
  /** Identifier octet of the encapsulated value; anything but an OCTET STRING is PKCS#7 1.5. */
  contentId?: number;
  digestOids: string[];
  certificates: Certificate[];
  signers: CmsSigner[];
}

export interface CmsRecipient extends PartyId {
  kind: 'key-transport' | 'key-agreement' | 'key-encryption-key' | 'password' | 'other';
  offset: number;
  algorithm: AlgorithmId;
  encryptedKey: Buffer;
  encryptedKeyOffset: number;
}

export interface EnvelopedData {
  kind: 'enveloped';
  reader: DerReader;
  version: number;
  recipients: CmsRecipient[];
  contentType: string;
  algorithm: AlgorithmId;
  ciphertext?: Buffer;
  ciphertextOffset?: number;
  /** AuthEnvelopedData (RFC 5083): authenticated attributes and the tag. */
  authentication?: { attributes?: Buffer; mac: Buffer };
}

/** DigestedData (RFC 5652 7): a digest and what it is the digest of. */
export interface DigestedData {
  kind: 'digested';
  reader: DerReader;
  digestOid: string;
  digest: string;
  contentType: string;
  content?: Buffer;
  value: Buffer;
  offset: number;
}

export interface CmsMessage {
  message?: SignedData | EnvelopedData | DigestedData;
  /** Content type of the outer ContentInfo. */
  contentType: string;
  problems: CmsProblem[];
}
