/** What the schemes on top of JOSE share: reading tokens, algorithms, keys in headers (RFC 7515, 7516, 7518, 8725). */
import { createPublicKey } from 'node:crypto';
import { ALGORITHMS, type SignatureAlgorithm } from '../algorithms.ts';
import type { Candidate, Claim, KeyHint, SignatureClaim } from '../scheme.ts';
import { type Direction, parseJson } from '../stored-message.ts';

export type JoseHeader = { [name: string]: unknown };

/** RFC 7518 section 3.1, RFC 8037. */
const SIGNATURES: { readonly [alg: string]: SignatureAlgorithm } = {
  HS256: ALGORITHMS.hmacSha256,
  HS384: ALGORITHMS.hmacSha384,
  HS512: ALGORITHMS.hmacSha512,
  RS256: ALGORITHMS.rsaSha256,
  RS384: ALGORITHMS.rsaSha384,
  RS512: ALGORITHMS.rsaSha512,
  PS256: ALGORITHMS.pssSha256,
  PS384: ALGORITHMS.pssSha384,
  PS512: ALGORITHMS.pssSha512,
  ES256: ALGORITHMS.ecdsaSha256Raw,
  ES256K: ALGORITHMS.ecdsaSha256Raw,
  ES384: ALGORITHMS.ecdsaSha384Raw,
  ES512: ALGORITHMS.ecdsaSha512Raw,
  EdDSA: ALGORITHMS.eddsa,
  Ed25519: ALGORITHMS.eddsa,
};

const MAXIMUM_HEADER = 64 * 1024;
export const MAXIMUM_TOKEN = 8 * 2 ** 20;
export const BASE64URL = /^[A-Za-z0-9_-]*$/;

/**
 * A compact token by its shape: three parts are a signature, five an encryption. Parts after the first may be written in
 * base64 by mistake: whoever reads them says so.
 */
export function compactParts(text: string): string[] | undefined {
  const token = text.trim();
  if (token.length < 20 || token.length > MAXIMUM_TOKEN || !/^[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_.=+/-]*$/.test(token))
    return undefined;
  const parts = token.split('.');
  return parts.length === 3 || parts.length === 5 ? parts : undefined;
}

/** The JSON of a base64url part; undefined when it is none. */
export function headerOf(part: string): JoseHeader | undefined {
  if (part.length > MAXIMUM_HEADER) return undefined;
  const value = parseJson(Buffer.from(part, 'base64url'));
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JoseHeader) : undefined;
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Which key a header names. */
export function joseHint(header: JoseHeader): KeyHint | undefined {
  const kid = textOf(header.kid);
  if (kid) return { kind: 'id', value: kid, field: 'kid' };
  const s256 = textOf(header['x5t#S256']);
  if (s256) return { kind: 'sha256', value: s256, field: 'x5t#S256' };
  const s1 = textOf(header.x5t);
  return s1 ? { kind: 'sha1', value: s1, field: 'x5t' } : undefined;
}

/** Certificates of `x5c` (RFC 7515 section 4.1.6: plain base64). */
export function certificatesOf(header: JoseHeader): Buffer[] {
  if (!Array.isArray(header.x5c)) return [];
  return header.x5c.slice(0, 10).flatMap((c) => (typeof c === 'string' ? [Buffer.from(c, 'base64')] : []));
}

export interface JwsParts {
  label: string;
  direction: Direction;
  /** First part of the token as it stood. */
  protectedPart: string;
  header: JoseHeader;
  signature: string;
  /** What stands after the dot in the signing input: the encoded payload, or raw octets with b64 false. */
  payload: Buffer;
  /** Other payloads that may have been signed. */
  payloads?(): Iterable<Candidate>;
  /** Algorithms that the scheme allows; default all but none. */
  allowed?: readonly string[];
  /** Header parameters that the scheme understands under `crit`. */
  understood?: readonly string[];
  timestamp?: SignatureClaim['timestamp'];
}

/** RFC 7797 adds b64; everything else under `crit` must be understood or refused (RFC 7515 section 4.1.11). */
const UNDERSTOOD = ['b64'];

/** The claim of one JWS signature, with the refusals that need no key. */
export function jwsClaim(parts: JwsParts): Claim {
  const { label, direction, header } = parts;
  const base = { label, direction };
  const alg = textOf(header.alg);
  if (alg === undefined)
    return { ...base, kind: 'defect', reason: 'header-malformed', says: 'the header names no alg' };
  if (/^none$/i.test(alg))
    return {
      ...base,
      kind: 'defect',
      reason: 'algorithm-none',
      says: 'the header says alg none: the message is not signed, refused',
    };
  const algorithm = SIGNATURES[alg];
  if (!algorithm || (parts.allowed && !parts.allowed.includes(alg)))
    return {
      ...base,
      kind: 'defect',
      reason: 'algorithm-refused',
      says: `alg ${alg.slice(0, 30)} is not allowed here${parts.allowed ? ` (${parts.allowed.join(', ')})` : ''}`,
    };
  const unknown = critical(header, [...UNDERSTOOD, ...(parts.understood ?? [])]);
  if (unknown !== undefined) return { ...base, kind: 'defect', reason: 'header-malformed', says: unknown };
  if (parts.signature === '')
    return { ...base, kind: 'defect', reason: 'signature-missing', says: 'the signature part is empty' };
  const hint = joseHint(header);
  const certificates = certificatesOf(header);
  const input = (payload: Buffer): Buffer => Buffer.concat([Buffer.from(`${parts.protectedPart}.`), payload]);
  return {
    ...base,
    kind: 'signature',
    algorithm,
    declared: alg,
    rivals: rivalsOf(algorithm),
    signatures: [{ text: parts.signature, encoding: 'base64url' }],
    ...(hint ? { hint } : {}),
    signed: input(parts.payload),
    candidates: function* (): Iterable<Candidate> {
      for (const c of parts.payloads?.() ?? [])
        yield { ...c, bytes: input(c.bytes), ...(c.shown ? { shown: c.shown } : {}) };
      // The header decoded where its encoded form belongs.
      yield {
        bytes: Buffer.concat([Buffer.from(parts.protectedPart, 'base64url'), Buffer.from('.'), parts.payload]),
        reason: 'string-to-sign',
        says: 'with the header not encoded',
      };
      yield { bytes: parts.payload, reason: 'string-to-sign', says: 'without the header' };
    },
    ...(certificates.length > 0 ? { certificates } : {}),
    ...embedded(header),
    ...(parts.timestamp ? { timestamp: parts.timestamp } : {}),
  };
}

function embedded(header: JoseHeader): Pick<SignatureClaim, 'embeddedKey'> {
  if (typeof header.jwk !== 'object' || header.jwk === null) return {};
  try {
    return { embeddedKey: createPublicKey({ key: header.jwk as never, format: 'jwk' }) };
  } catch {
    return {};
  }
}

/** Why `crit` forbids to go on; undefined when it does not. */
export function critical(header: JoseHeader, understood: readonly string[]): string | undefined {
  const { crit } = header;
  if (crit === undefined) return undefined;
  if (!Array.isArray(crit) || crit.length === 0) return 'crit is not a list of names';
  for (const name of crit.slice(0, 100)) {
    if (typeof name !== 'string' || !understood.includes(name))
      return `crit names ${String(name).slice(0, 80)}, which is not understood: the message must be refused`;
    if (!(name in header)) return `crit names ${name.slice(0, 80)}, which is not in the header`;
  }
  return undefined;
}

const RSA = [
  ALGORITHMS.rsaSha256,
  ALGORITHMS.pssSha256,
  ALGORITHMS.rsaSha384,
  ALGORITHMS.pssSha384,
  ALGORITHMS.rsaSha512,
  ALGORITHMS.pssSha512,
  ALGORITHMS.rsaSha1,
];
const EC = [ALGORITHMS.ecdsaSha256Raw, ALGORITHMS.ecdsaSha384Raw, ALGORITHMS.ecdsaSha512Raw];

/** Algorithms of every key type: a key that signed with another one is then named. */
function rivalsOf(own: SignatureAlgorithm): SignatureAlgorithm[] {
  return own.kind === 'hmac' ? [] : [...RSA, ...EC, ALGORITHMS.eddsa].filter((a) => a !== own);
}

/** A payload as it stands in an attached token, and the other ways to write it. */
export function* attachedPayloads(
  encoded: string,
  variants: (payload: Buffer) => Iterable<Candidate>,
): Iterable<Candidate> {
  const payload = Buffer.from(encoded, 'base64url');
  yield { bytes: payload, reason: 'string-to-sign', says: 'with the payload not encoded', shown: payload };
  yield {
    bytes: Buffer.from(payload.toString('base64')),
    reason: 'signature-encoding',
    says: 'with the payload in base64, not base64url',
    shown: payload,
  };
  for (const v of variants(payload)) yield { ...v, bytes: Buffer.from(v.bytes.toString('base64url')), shown: v.bytes };
}
