/** The few facts of a certificate that verdicts need; reading is cached because chains repeat. */
import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { isoDay } from '../../instant.ts';

export interface CertificateFacts {
  notBefore: number;
  notAfter: number;
  subject: string;
  issuer: string;
  selfIssued: boolean;
  fingerprint: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hex; undefined for keys that Node cannot load. */
  keyFingerprint: string | undefined;
  /** RFC 7633: the certificate demands a stapled OCSP response. */
  mustStaple: boolean;
  matches(name: string): boolean;
}

/** 1.3.6.1.5.5.7.1.24 in DER. */
const TLS_FEATURE_OID = Buffer.from('06082b06010505070118', 'hex');
const MAX_CACHED = 5000;
const cache = new Map<string, CertificateFacts | undefined>();

/** Undefined when the DER cannot be read. */
export function certificateFacts(base64: string): CertificateFacts | undefined {
  if (cache.has(base64)) return cache.get(base64);
  if (cache.size >= MAX_CACHED) cache.clear();
  let facts: CertificateFacts | undefined;
  try {
    const der = Buffer.from(base64, 'base64');
    const parsed = new X509Certificate(der);
    const subject = oneLine(parsed.subject);
    const issuer = oneLine(parsed.issuer);
    facts = {
      notBefore: Date.parse(parsed.validFrom),
      notAfter: Date.parse(parsed.validTo),
      subject,
      issuer,
      selfIssued: subject === issuer,
      fingerprint: parsed.fingerprint256,
      keyFingerprint: keyFingerprint(parsed),
      mustStaple: der.includes(TLS_FEATURE_OID),
      matches: (name) => coversName(parsed, name),
    };
  } catch {
    facts = undefined;
  }
  cache.set(base64, facts);
  return facts;
}

/** A requested name that is no valid host name accuses nobody. */
function coversName(certificate: X509Certificate, name: string): boolean {
  try {
    return isIP(name) ? certificate.checkIP(name) !== undefined : certificate.checkHost(name) !== undefined;
  } catch {
    return true;
  }
}

function keyFingerprint(certificate: X509Certificate): string | undefined {
  try {
    return createHash('sha256')
      .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex');
  } catch {
    return undefined;
  }
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}

export interface ChainProblem {
  id: 'server_cert_expired' | 'server_cert_not_yet_valid' | 'server_cert_name_mismatch';
  says: string;
}

/** What is wrong with the chain as sent, judged at `time` (ms UTC) for the name that the client asked for. */
export function chainProblem(
  chain: readonly string[] | undefined,
  name: string | undefined,
  time: number,
): ChainProblem | undefined {
  const facts = (chain ?? []).map(certificateFacts);
  for (const [index, certificate] of facts.entries()) {
    if (!certificate) continue;
    // Roots that are sent along are not part of what clients check.
    if (index > 0 && certificate.selfIssued) continue;
    const which = index === 0 ? 'server certificate' : `intermediate ${index} (${certificate.subject})`;
    if (certificate.notAfter < time)
      return { id: 'server_cert_expired', says: `the ${which} expired on ${isoDay(certificate.notAfter)}` };
    if (certificate.notBefore > time)
      return {
        id: 'server_cert_not_yet_valid',
        says: `the ${which} is valid only from ${isoDay(certificate.notBefore)}`,
      };
  }
  const leaf = facts[0];
  if (leaf && name && !leaf.matches(name))
    return {
      id: 'server_cert_name_mismatch',
      says: `the server certificate (${leaf.subject}) does not cover the requested name ${name}`,
    };
  return undefined;
}
