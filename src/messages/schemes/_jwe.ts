/** JSON Web Encryption: the refusals that need no key, and opening it (RFC 7516, 7518, 8725). */

import type { FlattenedJWE } from 'jose';
import { counted } from '../../wording.ts';
import type { KeyMaterial } from '../keys/material.ts';
import type { Claim, OpenedContent } from '../scheme.ts';
import type { Direction } from '../stored-message.ts';
import { BASE64URL, critical, headerOf, type JoseHeader, joseHints, textOf } from './_jose.ts';
import { rightKeyBut, sharedKeys } from './_jwe-key.ts';

/** Bytes of decompressed plaintext: what a token may grow to (RFC 8725 section 3.6). */
const MAXIMUM_PLAIN = 2 ** 20;

/** A JWE for one recipient, whatever the serialisation; every part in base64url, empty where there is none. */
export interface JweParts {
  /** All header parameters: protected, shared and of the recipient. */
  header: JoseHeader;
  encryptedKey: string;
  iv: string;
  ciphertext: string;
  tag: string;
  /** The same in the form of RFC 7516 section 7.2.2, headers apart. */
  flattened: FlattenedJWE;
}

/** The parts of a compact token; undefined when its header cannot be read. */
function compactJweParts(parts: readonly string[]): JweParts | undefined {
  const [protectedPart = '', encryptedKey = '', iv = '', ciphertext = '', tag = ''] = parts;
  const header = headerOf(protectedPart);
  if (!header) return undefined;
  const key = encryptedKey === '' ? {} : { encrypted_key: encryptedKey };
  return {
    header,
    encryptedKey,
    iv,
    ciphertext,
    tag,
    flattened: { protected: protectedPart, ...key, iv, ciphertext, tag },
  };
}

/** The claim of one JWE in compact form. */
export function compactJweClaim(label: string, direction: Direction, parts: readonly string[]): Claim {
  const read = compactJweParts(parts);
  return read
    ? jweClaim(label, direction, [read])
    : {
        label,
        direction,
        kind: 'defect',
        reason: 'header-malformed',
        says: 'the header of the JWE cannot be read',
      };
}

const SYMMETRIC = /^(?:dir|A\d{3}(?:GCM)?KW)$/;
const algOf = ({ header }: JweParts): string => textOf(header.alg) ?? '';
const isSymmetric = (jwe: JweParts): boolean => SYMMETRIC.test(algOf(jwe));

/**
 * The claim of one JWE: it holds when any of its recipients can open it with a key at hand.
 * @param recipients the same content for each, at least one
 */
export function jweClaim(label: string, direction: Direction, recipients: readonly JweParts[]): Claim {
  const refusals = recipients.map((r) => jweRefusal(r));
  const usable = recipients.filter((_r, i) => !refusals[i]);
  const [first] = usable.length > 0 ? usable : recipients;
  const defect = usable.length === 0 ? refusals[0] : undefined;
  const fits = (r: JweParts, key: KeyMaterial): boolean =>
    isSymmetric(r) ? key.secret !== undefined : key.privateKey !== undefined;
  const shared = usable.every(isSymmetric);
  return {
    label,
    direction,
    kind: 'sealed',
    algorithm: `${[...new Set(recipients.map(algOf))].join(' or ')}, ${textOf(first!.header.enc) ?? ''}`,
    ...(defect ? { defect } : {}),
    // Each recipient of several has a key of his own: which of them is meant shows only by opening.
    ...(recipients.length === 1 ? joseHints(first!.header) : {}),
    needs: shared
      ? 'the shared key, in a file (--secret-file, or a JWK with --key)'
      : 'the private key of the recipient (--key)',
    accepts: (key: KeyMaterial) => usable.some((r) => fits(r, key)),
    open: async (key): Promise<OpenedContent | undefined> => {
      for (const r of usable) {
        const opened = fits(r, key) ? await openJwe(r, key) : undefined;
        if (opened) return opened;
      }
      return undefined;
    },
    rightKeyBut: (key) => {
      for (const r of usable) {
        const found = rightKeyBut(r.header, r.encryptedKey, key);
        if (found) return found;
      }
      return undefined;
    },
  };
}

function jweRefusal(
  jwe: JweParts,
): { reason: 'algorithm-refused' | 'header-malformed' | 'sealed-content-damaged'; says: string } | undefined {
  const { header } = jwe;
  const alg = algOf(jwe);
  const enc = textOf(header.enc) ?? '';
  if (!/^(?:RSA-OAEP(?:-(?:256|384|512))?|ECDH-ES(?:\+A\d{3}KW)?|A\d{3}(?:GCM)?KW|dir)$/.test(alg))
    return {
      reason: 'algorithm-refused',
      says: `alg ${alg.slice(0, 30) || '(none)'} is not accepted${alg === 'RSA1_5' ? ': RSA PKCS#1 v1.5 encryption leaks (RFC 8725 section 3.2)' : ''}`,
    };
  if (!/^A(?:128|192|256)(?:GCM|CBC-HS(?:256|384|512))$/.test(enc))
    return { reason: 'algorithm-refused', says: `enc ${enc.slice(0, 30) || '(none)'} is not known` };
  const unknown = critical(header, []);
  if (unknown !== undefined) return { reason: 'header-malformed', says: unknown };
  const named = [
    ['header', jwe.flattened.protected ?? ''],
    ['encrypted key', jwe.encryptedKey],
    ['initialization vector', jwe.iv],
    ['ciphertext', jwe.ciphertext],
    ['authentication tag', jwe.tag],
  ] as const;
  const bad = named.find(([, text]) => !BASE64URL.test(text));
  if (bad) return { reason: 'sealed-content-damaged', says: `the ${bad[0]} of the token is not base64url` };
  const direct = alg === 'dir' || alg === 'ECDH-ES';
  if (direct !== (jwe.encryptedKey === ''))
    return {
      reason: 'sealed-content-damaged',
      says: direct
        ? `there is an encrypted key, and alg ${alg} has none (RFC 7516 section 5.2 step 10)`
        : `there is no encrypted key, and alg ${alg} needs one`,
    };
  const iv = Buffer.from(jwe.iv, 'base64url').length;
  const ivBytes = enc.endsWith('GCM') ? 12 : 16;
  if (iv !== ivBytes)
    return {
      reason: 'sealed-content-damaged',
      says: `the initialization vector has ${counted(iv, 'byte')}, ${enc} takes ${ivBytes}`,
    };
  const sealed = Buffer.from(jwe.ciphertext, 'base64url').length;
  if (!enc.endsWith('GCM') && (sealed === 0 || sealed % 16 !== 0))
    return {
      reason: 'sealed-content-damaged',
      says: `the ciphertext has ${counted(sealed, 'byte')}, and ${enc} makes whole blocks of 16: the token was cut`,
    };
  const tag = Buffer.from(jwe.tag, 'base64url').length;
  const wanted = enc.endsWith('GCM') ? 16 : enc.endsWith('256') ? 16 : enc.endsWith('384') ? 24 : 32;
  if (tag !== wanted)
    return {
      reason: 'sealed-content-damaged',
      says: `the authentication tag has ${counted(tag, 'byte')}, ${enc} makes ${wanted}: the token was cut`,
    };
  return undefined;
}

async function openJwe(jwe: JweParts, key: KeyMaterial): Promise<OpenedContent | undefined> {
  const { flattenedDecrypt } = await import('jose');
  const tries: (Uint8Array | NonNullable<KeyMaterial['privateKey']>)[] = isSymmetric(jwe)
    ? sharedKeys(key)
    : [key.privateKey!];
  for (const material of tries) {
    if (material instanceof Uint8Array && material.length === 0) continue;
    try {
      const { plaintext } = await flattenedDecrypt(jwe.flattened, material, {
        maxDecompressedLength: MAXIMUM_PLAIN,
      });
      return { plain: Buffer.from(plaintext) };
    } catch (error) {
      // The key opened it, and what came out grows beyond the bound.
      if (/ecompressed plaintext exceeded/.test(String((error as Error).message)))
        return {
          plain: Buffer.alloc(0),
          variant: {
            reason: 'sealed-content-damaged',
            says: `to more than ${MAXIMUM_PLAIN} bytes once decompressed: refused as a decompression bomb`,
          },
        };
    }
  }
  return undefined;
}
