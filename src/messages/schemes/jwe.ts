import { isPlain } from '../../plain.ts';
import { type Claim, defineScheme } from '../scheme.ts';
import { type Direction, jsonBody, type StoredMessage } from '../stored-message.ts';
import { compactParts, headerOf, type JoseHeader, MAXIMUM_TOKEN, repeatedHeader, textOf } from './_jose.ts';
import { compactJweClaim, type JweParts, jweClaim } from './_jwe.ts';

const MAXIMUM_RECIPIENTS = 20;

/** Compact token in the body, or general and flattened JSON (RFC 7516 section 7). */
export default defineScheme({
  meta: {
    id: 'jwe',
    title: 'JSON Web Encryption',
    description:
      'RFC 7516 in compact, flattened and general form, with RSA-OAEP, ECDH-ES, AES key wrap or a shared key; decompression is bounded.',
    signsFields: true,
    references: ['RFC 7516', 'RFC 7518', 'RFC 8725'],
  },
  detect: (message) => (compactJwe(message) || jsonJwe(message) ? 1 : 0),
  claims: (message, context): Claim[] => {
    const direction = context.direction ?? 'unknown';
    const parts = compactJwe(message);
    if (parts) return [compactJweClaim('JWE', direction, parts)];
    const json = jsonJwe(message);
    return json ? [jsonClaim(json, direction)] : [];
  },
});

function compactJwe(message: StoredMessage): string[] | undefined {
  const parts = compactParts(message.body.toString('latin1', 0, MAXIMUM_TOKEN));
  return parts?.length === 5 && headerOf(parts[0]!)?.enc !== undefined ? parts : undefined;
}

type Fields = { [name: string]: unknown };

function jsonJwe(message: StoredMessage): Fields | undefined {
  if (!message.body.includes('"ciphertext"')) return undefined;
  const json = jsonBody(message);
  if (!isPlain(json) || typeof json.ciphertext !== 'string') return undefined;
  const keyed = typeof json.encrypted_key === 'string' && (isPlain(json.header) || isPlain(json.unprotected));
  return typeof json.protected === 'string' || Array.isArray(json.recipients) || keyed ? json : undefined;
}

function jsonClaim(json: Fields, direction: Direction): Claim {
  const defect = (says: string): Claim => ({
    label: 'JWE',
    direction,
    kind: 'defect',
    reason: 'header-malformed',
    says,
  });
  const protectedPart = textOf(json.protected) ?? '';
  const sealed = protectedPart === '' ? {} : headerOf(protectedPart);
  if (!sealed) return defect('the protected header cannot be read');
  const shared = isPlain(json.unprotected) ? json.unprotected : {};
  const list = (Array.isArray(json.recipients) ? json.recipients.slice(0, MAXIMUM_RECIPIENTS) : [json]).filter(isPlain);
  if (list.length === 0) return defect('the list of recipients is empty');
  const recipients: JweParts[] = [];
  for (const one of list) {
    const own = isPlain(one.header) ? one.header : {};
    const repeated = repeatedHeader(sealed, shared, own);
    if (repeated) return defect(repeated);
    recipients.push(partsOf(json, protectedPart, sealed, shared, own, textOf(one.encrypted_key) ?? ''));
  }
  return jweClaim('JWE', direction, recipients);
}

function partsOf(
  json: Fields,
  protectedPart: string,
  sealed: JoseHeader,
  shared: JoseHeader,
  own: JoseHeader,
  encryptedKey: string,
): JweParts {
  const [iv, ciphertext, tag] = [json.iv, json.ciphertext, json.tag].map((v) => textOf(v) ?? '') as [
    string,
    string,
    string,
  ];
  const aad = textOf(json.aad);
  return {
    header: { ...shared, ...own, ...sealed },
    encryptedKey,
    iv,
    ciphertext,
    tag,
    flattened: {
      ...(protectedPart === '' ? {} : { protected: protectedPart }),
      ...(Object.keys(shared).length > 0 ? { unprotected: shared } : {}),
      ...(Object.keys(own).length > 0 ? { header: own } : {}),
      ...(encryptedKey === '' ? {} : { encrypted_key: encryptedKey }),
      iv,
      ciphertext,
      tag,
      ...(aad === undefined ? {} : { aad }),
    },
  };
}
