/** Signature algorithms of SignerInfo (RFC 5652 5.3, RFC 3370, RFC 5754, RFC 4056, RFC 8419) in the words of the frame. */
import { pssParameters } from '../../x509/certificate.ts';
import type { DerReader } from '../../x509/der.ts';
import { SIGNATURES } from '../../x509/oids.ts';
import type { HashName, SignatureAlgorithm } from '../algorithms.ts';
import type { CmsSigner } from './types.ts';

const RSA = '1.2.840.113549.1.1.1';
const EC_KEY = '1.2.840.10045.2.1';
const KNOWN: readonly string[] = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];

const hashName = (name: string | undefined): HashName | undefined =>
  name !== undefined && KNOWN.includes(name) ? (name as HashName) : undefined;

const make = (kind: SignatureAlgorithm['kind'], hash: HashName): SignatureAlgorithm => ({
  kind,
  hash,
  label: `${kind === 'rsa-pss' ? 'RSA-PSS' : kind === 'ecdsa' ? 'ECDSA' : 'RSA'}-${hash.toUpperCase()}`,
  ...(kind === 'ecdsa' ? { ecdsaForm: 'der' as const } : {}),
});

/** The algorithm that a signer declares; a sentence when it cannot be checked here. */
export function signerAlgorithm(reader: DerReader, signer: CmsSigner): SignatureAlgorithm | string {
  const { oid, parameters } = signer.signatureAlgorithm;
  const digest = hashName(signer.digest);
  // The key's own identifier stands where the digest is named beside it (RFC 3370 section 3.2).
  if (oid === RSA) return digest ? make('rsa-pkcs1', digest) : `digest ${signer.digestOid} is not known`;
  if (oid === EC_KEY) return digest ? make('ecdsa', digest) : `digest ${signer.digestOid} is not known`;
  const scheme = SIGNATURES[oid];
  if (!scheme) return `signature algorithm ${oid || '(unreadable)'} is not known`;
  switch (scheme.family) {
    case 'rsa-pss': {
      const pss = pssParameters(reader, parameters);
      const hash = hashName(pss?.hash);
      return hash ? make('rsa-pss', hash) : 'the RSASSA-PSS parameters are not known';
    }
    case 'eddsa':
      return { kind: 'eddsa', label: scheme.name };
    case 'rsa':
    case 'ecdsa': {
      const hash = hashName(scheme.hash);
      return hash
        ? make(scheme.family === 'rsa' ? 'rsa-pkcs1' : 'ecdsa', hash)
        : `${scheme.name} cannot be checked here`;
    }
    default:
      return `${scheme.name} signatures cannot be checked here`;
  }
}

/** Algorithms that senders declare wrongly: the other RSA padding, other digests. */
export const RIVALS: readonly SignatureAlgorithm[] = [
  make('rsa-pkcs1', 'sha256'),
  make('rsa-pkcs1', 'sha1'),
  make('rsa-pkcs1', 'sha512'),
  make('rsa-pss', 'sha256'),
  make('ecdsa', 'sha256'),
  make('ecdsa', 'sha384'),
  make('ecdsa', 'sha1'),
];
