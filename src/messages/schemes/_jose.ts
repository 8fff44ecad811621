/** What the schemes on top of JOSE share: reading tokens, algorithms, keys in headers (RFC 7515, 7516, 7518, 8725). */
import { createHash, createPublicKey } from 'node:crypto';
import { parseCertificate } from '../../x509/index.ts';
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
  PS256: { ...ALGORITHMS.pssSha256, saltAsDigest: true },
  PS384: { ...ALGORITHMS.pssSha384, saltAsDigest: true },
  PS512: { ...ALGORITHMS.pssSha512, saltAsDigest: true },
  ES256: { ...ALGORITHMS.ecdsaSha256Raw, curve: 'prime256v1' },
  ES256K: { ...ALGORITHMS.ecdsaSha256Raw, curve: 'secp256k1' },
  ES384: { ...ALGORITHMS.ecdsaSha384Raw, curve: 'secp384r1' },
  ES512: { ...ALGORITHMS.ecdsaSha512Raw, curve: 'secp521r1' },
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

const HINTS: readonly { name: string; kind: KeyHint['kind'] }[] = [
  { name: 'kid', kind: 'id' },
  { name: 'x5t#S256', kind: 'sha256' },
  { name: 'x5t', kind: 'sha1' },
];

/**
 * Why the headers of a JSON serialisation cannot be joined; undefined when they can. Names must not stand twice (RFC 7515
 * section 4, RFC 7516 section 4), and `crit` counts only where it is protected (RFC 7515 section 4.1.11).
 */
export function repeatedHeader(sealed: JoseHeader, ...open: readonly JoseHeader[]): string | undefined {
  const seen = new Set(Object.keys(sealed));
  for (const header of open)
    for (const name of Object.keys(header)) {
      if (seen.has(name)) return `the header parameter ${name.slice(0, 60)} stands twice: protected and not`;
      if (name === 'crit') return 'crit stands outside the protected header, where anybody can change it';
      seen.add(name);
    }
  return undefined;
}

/** Which key a header names, in every way that it does (RFC 7515 sections 4.1.3 to 4.1.8). */
export function joseHints(header: JoseHeader): { hint?: KeyHint; furtherHints?: KeyHint[] } {
  const [hint, ...names] = HINTS.flatMap(({ name, kind }): KeyHint[] => {
    const value = textOf(header[name]);
    return value ? [{ kind, value, field: name }] : [];
  });
  const furtherHints = [...names, ...carriedKeys(header)];
  return { ...(hint ? { hint } : {}), ...(furtherHints.length > 0 ? { furtherHints } : {}) };
}

/** A key that stands in the header itself has to be the one that signs, whoever vouches for it. */
function carriedKeys(header: JoseHeader): KeyHint[] {
  const [leaf] = certificatesOf(header);
  const certificate = leaf && parseCertificate(leaf).spkiSha256;
  const { embeddedKey } = embedded(header);
  const jwk = embeddedKey?.export({ type: 'spki', format: 'der' });
  return [
    ...(certificate ? [{ kind: 'spki' as const, value: certificate, field: 'the key in x5c' }] : []),
    ...(jwk
      ? [{ kind: 'spki' as const, value: createHash('sha256').update(jwk).digest('hex'), field: 'the key in jwk' }]
      : []),
  ];
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
  const certificates = certificatesOf(header);
  const input = (payload: Buffer): Buffer => Buffer.concat([Buffer.from(`${parts.protectedPart}.`), payload]);
  return {
    ...base,
    kind: 'signature',
    algorithm,
    declared: alg,
    rivals: rivalsOf(algorithm),
    signatures: [{ text: parts.signature, encoding: 'base64url' }],
    ...joseHints(header),
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
  return own.kind === 'hmac' ? [] : [...RSA, ...EC, ALGORITHMS.eddsa].filter((a) => a.label !== own.label);
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
