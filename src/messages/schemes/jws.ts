import { type Claim, defineScheme } from '../scheme.ts';
import { type Direction, jsonBody, type StoredMessage } from '../stored-message.ts';
import { bodyVariants } from '../variants/body.ts';
import { attachedPayloads, compactParts, headerOf, type JoseHeader, jwsClaim, repeatedHeader } from './_jose.ts';

const MAXIMUM_SIGNATURES = 20;

/** Compact token in the body, or general and flattened JSON (RFC 7515 section 7). */
export default defineScheme({
  meta: {
    id: 'jws',
    title: 'JSON Web Signature',
    description: 'RFC 7515 in compact, flattened and general form, with HMAC, RSA, RSA-PSS, ECDSA and EdDSA.',
    signsFields: true,
    references: ['RFC 7515', 'RFC 7518', 'RFC 7797', 'RFC 8725'],
  },
  detect: (message) => (compactJws(message) || jsonJws(message) ? 1 : 0),
  claims: (message, context): Claim[] => {
    const direction: Direction = context.direction ?? 'unknown';
    const compact = compactJws(message);
    if (compact) return [compactClaim('JWS', direction, compact)];
    const json = jsonJws(message);
    if (!json) return [];
    const list = Array.isArray(json.signatures) ? json.signatures.slice(0, MAXIMUM_SIGNATURES) : [json];
    const payload = String(json.payload ?? '');
    return list.map((entry, i): Claim => {
      const one = (entry ?? {}) as { protected?: unknown; header?: unknown; signature?: unknown };
      const label = list.length > 1 ? `JWS signature ${i + 1}` : 'JWS';
      const protectedPart = typeof one.protected === 'string' ? one.protected : '';
      const header = protectedPart === '' ? {} : headerOf(protectedPart);
      if (!header)
        return {
          kind: 'defect',
          label,
          direction,
          reason: 'header-malformed',
          says: 'the protected header cannot be read',
        };
      const open = typeof one.header === 'object' && one.header !== null ? (one.header as JoseHeader) : {};
      const repeated = repeatedHeader(header, open);
      if (repeated) return { kind: 'defect', label, direction, reason: 'header-malformed', says: repeated };
      return tokenClaim(label, direction, protectedPart, { ...open, ...header }, payload, String(one.signature ?? ''));
    });
  },
});

function compactJws(message: StoredMessage): string[] | undefined {
  const parts = compactParts(message.body.toString('latin1', 0, 8 * 2 ** 20));
  return parts?.length === 3 && headerOf(parts[0]!) ? parts : undefined;
}

function jsonJws(
  message: StoredMessage,
): { payload?: unknown; signatures?: unknown; signature?: unknown; protected?: unknown } | undefined {
  if (!message.body.includes('"payload"') || !message.body.includes('signature')) return undefined;
  const json = jsonBody(message) as { payload?: unknown; signatures?: unknown; signature?: unknown } | undefined;
  if (typeof json?.payload !== 'string') return undefined;
  return Array.isArray(json.signatures) || (typeof json.signature === 'string' && 'protected' in json)
    ? json
    : undefined;
}

/** The claim of a compact token. */
export function compactClaim(
  label: string,
  direction: Direction,
  parts: readonly string[],
  allowed?: readonly string[],
): Claim {
  const header = headerOf(parts[0]!);
  if (!header)
    return {
      kind: 'defect',
      label,
      direction,
      reason: 'header-malformed',
      says: 'the header of the token cannot be read',
    };
  if (/[+/]/.test(parts[1]!))
    return {
      kind: 'defect',
      label,
      direction,
      reason: 'signature-encoding',
      says: 'the payload part is written in base64, not base64url (RFC 7515 section 2)',
    };
  return tokenClaim(label, direction, parts[0]!, header, parts[1]!, parts[2]!, allowed);
}

function tokenClaim(
  label: string,
  direction: Direction,
  protectedPart: string,
  header: JoseHeader,
  payload: string,
  signature: string,
  allowed?: readonly string[],
): Claim {
  return jwsClaim({
    label,
    direction,
    protectedPart,
    header,
    signature,
    payload: Buffer.from(payload),
    payloads: () => attachedPayloads(payload, bodyVariants),
    ...(allowed ? { allowed } : {}),
  });
}
