/** JSON Web Encryption in compact form: the refusals that need no key, and opening it (RFC 7516, 7518, 8725). */
import type { KeyMaterial } from '../keys/material.ts';
import type { Claim, OpenedContent } from '../scheme.ts';
import type { Direction } from '../stored-message.ts';
import { BASE64URL, critical, headerOf, type JoseHeader, joseHint, textOf } from './_jose.ts';
import { rightKeyBut, sharedKeys } from './_jwe-key.ts';

/** Bytes of decompressed plaintext: what a token may grow to (RFC 8725 section 3.6). */
const MAXIMUM_PLAIN = 2 ** 20;

/** The claim of one JWE in compact form. */
export function jweClaim(label: string, direction: Direction, parts: readonly string[]): Claim {
  const base = { label, direction };
  const token = parts.join('.');
  const header = headerOf(parts[0]!);
  if (!header)
    return { ...base, kind: 'defect', reason: 'header-malformed', says: 'the header of the JWE cannot be read' };
  const alg = textOf(header.alg) ?? '';
  const enc = textOf(header.enc) ?? '';
  const refusal = jweRefusal(header, alg, enc, parts);
  const hint = joseHint(header);
  const symmetric = /^(?:dir|A\d{3}(?:GCM)?KW)$/.test(alg);
  return {
    ...base,
    kind: 'sealed',
    algorithm: `${alg}, ${enc}`,
    ...(refusal ? { defect: refusal } : {}),
    ...(hint ? { hint } : {}),
    needs: symmetric
      ? 'the shared key, in a file (--secret-file, or a JWK with --key)'
      : 'the private key of the recipient (--key)',
    accepts: (key: KeyMaterial) => (symmetric ? key.secret !== undefined : key.privateKey !== undefined),
    open: (key): Promise<OpenedContent | undefined> => openJwe(token, key, symmetric),
    rightKeyBut: (key) => rightKeyBut(header, parts[1]!, key),
  };
}

function jweRefusal(
  header: JoseHeader,
  alg: string,
  enc: string,
  parts: readonly string[],
): { reason: 'algorithm-refused' | 'header-malformed' | 'sealed-content-damaged'; says: string } | undefined {
  if (!/^(?:RSA-OAEP(?:-(?:256|384|512))?|ECDH-ES(?:\+A\d{3}KW)?|A\d{3}(?:GCM)?KW|dir)$/.test(alg))
    return {
      reason: 'algorithm-refused',
      says: `alg ${alg.slice(0, 30) || '(none)'} is not accepted${alg === 'RSA1_5' ? ': RSA PKCS#1 v1.5 encryption leaks (RFC 8725 section 3.2)' : ''}`,
    };
  if (!/^A(?:128|192|256)(?:GCM|CBC-HS(?:256|384|512))$/.test(enc))
    return { reason: 'algorithm-refused', says: `enc ${enc.slice(0, 30) || '(none)'} is not known` };
  const unknown = critical(header, []);
  if (unknown !== undefined) return { reason: 'header-malformed', says: unknown };
  const bad = parts.findIndex((p) => !BASE64URL.test(p));
  if (bad >= 0) return { reason: 'sealed-content-damaged', says: `part ${bad + 1} of the token is not base64url` };
  const direct = alg === 'dir' || alg === 'ECDH-ES';
  if (direct !== (parts[1] === ''))
    return {
      reason: 'sealed-content-damaged',
      says: direct
        ? `there is an encrypted key, and alg ${alg} has none (RFC 7516 section 5.2 step 10)`
        : `there is no encrypted key, and alg ${alg} needs one`,
    };
  const iv = Buffer.from(parts[2] ?? '', 'base64url').length;
  const ivBytes = enc.endsWith('GCM') ? 12 : 16;
  if (iv !== ivBytes)
    return {
      reason: 'sealed-content-damaged',
      says: `the initialization vector has ${iv} bytes, ${enc} takes ${ivBytes}`,
    };
  const sealed = Buffer.from(parts[3] ?? '', 'base64url').length;
  if (!enc.endsWith('GCM') && (sealed === 0 || sealed % 16 !== 0))
    return {
      reason: 'sealed-content-damaged',
      says: `the ciphertext has ${sealed} bytes, and ${enc} makes whole blocks of 16: the token was cut`,
    };
  const tag = Buffer.from(parts[4] ?? '', 'base64url').length;
  const wanted = enc.endsWith('GCM') ? 16 : enc.endsWith('256') ? 16 : enc.endsWith('384') ? 24 : 32;
  if (tag !== wanted)
    return {
      reason: 'sealed-content-damaged',
      says: `the authentication tag has ${tag} bytes, ${enc} makes ${wanted}: the token was cut`,
    };
  return undefined;
}

async function openJwe(token: string, key: KeyMaterial, symmetric: boolean): Promise<OpenedContent | undefined> {
  const { compactDecrypt } = await import('jose');
  const tries: (Uint8Array | NonNullable<KeyMaterial['privateKey']>)[] = symmetric
    ? sharedKeys(key)
    : [key.privateKey!];
  for (const material of tries) {
    if (material instanceof Uint8Array && material.length === 0) continue;
    try {
      const { plaintext } = await compactDecrypt(token, material, { maxDecompressedLength: MAXIMUM_PLAIN });
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
