/** The certificate room: reading, path validation, names and keys. */
export { parseCertificate, validityAt } from './certificate.ts';
export { parseRevocationList } from './crl.ts';
export { parseSigningRequest } from './csr.ts';
export { dnsNameMatches, matchHostname, type NameMatch } from './hostname.ts';
export {
  type IdentityField,
  INTERCEPTION,
  identityField,
  identityOf,
  isHostName,
  type KnownIdentity,
  sameName,
  sha256Of,
} from './known-identities.ts';
export { readCertificates } from './observe.ts';
export { judgeOcsp, type OcspAnswer, type OcspResponse, parseOcspResponse } from './ocsp.ts';
export { ocspRequest } from './ocsp-request.ts';
export { buildPath } from './path/build.ts';
export { type RevocationAnswer, revocationState } from './path/revocation.ts';
export type { PathAttempt, PathFailure, PathName, PathOptions, PathResult, Role } from './path/types.ts';
export { findPem } from './pem.ts';
export { issued, namesFit } from './relation.ts';
export { checkCertificateSignature, checkListSignature, type SignatureCheck, verifySignature } from './signature.ts';
export type * from './types.ts';
