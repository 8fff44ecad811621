/**
 * Whose key a JWE was encrypted to. Content that does not open may have been changed, or be meant for another key; where
 * the content key itself is encrypted with a check of its own (OAEP, AES key wrap, GCM), opening that alone tells which.
 */
import { constants, createDecipheriv, createHash, createPublicKey, diffieHellman, privateDecrypt } from 'node:crypto';
import type { KeyMaterial } from '../keys/material.ts';
import type { Reason } from '../reasons.ts';
import { type JoseHeader, textOf } from './_jose.ts';

/** A shared key as octets, however its file writes it. */
export function sharedKeys(key: KeyMaterial): Buffer[] {
  const text = key.secret!.toString('latin1').trim();
  return [key.secret!, Buffer.from(text, 'base64url'), Buffer.from(text, 'hex')];
}

/** The key is proven to be the one of the recipient, and the content does not open with it: what is wrong then. */
export function rightKeyBut(
  header: JoseHeader,
  encryptedKey: string,
  key: KeyMaterial,
): { reason: Reason; says: string } | undefined {
  const alg = textOf(header.alg) ?? '';
  const enc = textOf(header.enc) ?? '';
  const sealed = Buffer.from(encryptedKey, 'base64url');
  const bytes = contentKeyBytes(enc);
  const own = unwrap(alg, header, sealed, key);
  if (own)
    return own.length === bytes
      ? {
          reason: 'sealed-content-damaged',
          says: 'the content key in the token opens, the content does not: header, initialization vector, ciphertext or tag was changed',
        }
      : {
          reason: 'algorithm-mismatch',
          says: `enc ${enc} takes a content key of ${bytes} bytes, the one in the token has ${own.length}`,
        };
  for (const rival of Object.keys(OAEP_HASHES))
    if (alg in OAEP_HASHES && rival !== alg && unwrap(rival, header, sealed, key)?.length === bytes)
      return { reason: 'algorithm-mismatch', says: `alg ${alg} is declared, ${rival} was used` };
  return undefined;
}

/** RFC 7518 section 5.1: CBC with HMAC takes two keys in one. */
const contentKeyBytes = (enc: string): number =>
  enc.endsWith('GCM') ? Number(enc.slice(1, 4)) / 8 : Number(enc.slice(-3)) / 8;

const OAEP_HASHES: { readonly [alg: string]: string } = {
  'RSA-OAEP': 'sha1',
  'RSA-OAEP-256': 'sha256',
  'RSA-OAEP-384': 'sha384',
  'RSA-OAEP-512': 'sha512',
};

/** The content key; undefined when it does not open, or when the algorithm has no check of its own. */
function unwrap(alg: string, header: JoseHeader, sealed: Buffer, key: KeyMaterial): Buffer | undefined {
  const attempt = (open: () => Buffer | undefined): Buffer | undefined => {
    try {
      return open();
    } catch {
      return undefined;
    }
  };
  const oaepHash = OAEP_HASHES[alg];
  if (oaepHash)
    return attempt(() =>
      key.privateKey?.asymmetricKeyType === 'rsa'
        ? privateDecrypt({ key: key.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash }, sealed)
        : undefined,
    );
  const wrap = /^(ECDH-ES\+)?A(128|192|256)(GCM)?KW$/.exec(alg);
  if (!wrap) return undefined;
  const bits = Number(wrap[2]);
  const keks = wrap[1] ? [attempt(() => agreedKey(alg, bits, header, key))] : key.secret ? sharedKeys(key) : [];
  for (const kek of keks) {
    if (kek?.length !== bits / 8) continue;
    const opened = attempt(() => (wrap[3] ? gcmUnwrap(bits, kek, header, sealed) : aesUnwrap(bits, kek, sealed)));
    if (opened) return opened;
  }
  return undefined;
}

/** RFC 3394 with its default initial value. */
function aesUnwrap(bits: number, kek: Buffer, sealed: Buffer): Buffer {
  const cipher = createDecipheriv(`id-aes${bits}-wrap`, kek, Buffer.alloc(8, 0xa6));
  return Buffer.concat([cipher.update(sealed), cipher.final()]);
}

/** RFC 7518 section 4.7. */
function gcmUnwrap(bits: number, kek: Buffer, header: JoseHeader, sealed: Buffer): Buffer | undefined {
  const iv = Buffer.from(textOf(header.iv) ?? '', 'base64url');
  const tag = Buffer.from(textOf(header.tag) ?? '', 'base64url');
  if (iv.length !== 12 || tag.length !== 16) return undefined;
  const cipher = createDecipheriv(`aes-${bits}-gcm` as 'aes-128-gcm', kek, iv);
  cipher.setAuthTag(tag);
  return Buffer.concat([cipher.update(sealed), cipher.final()]);
}

/** RFC 7518 section 4.6.2: Concat KDF over the agreed secret; one round of SHA-256 is enough for these lengths. */
function agreedKey(alg: string, bits: number, header: JoseHeader, key: KeyMaterial): Buffer | undefined {
  if (!key.privateKey || typeof header.epk !== 'object' || header.epk === null) return undefined;
  const publicKey = createPublicKey({ key: header.epk as never, format: 'jwk' });
  const word = (n: number): Buffer => {
    const out = Buffer.alloc(4);
    out.writeUInt32BE(n);
    return out;
  };
  const sized = (data: Buffer): Buffer => Buffer.concat([word(data.length), data]);
  return createHash('sha256')
    .update(word(1))
    .update(diffieHellman({ privateKey: key.privateKey, publicKey }))
    .update(sized(Buffer.from(alg)))
    .update(sized(Buffer.from(textOf(header.apu) ?? '', 'base64url')))
    .update(sized(Buffer.from(textOf(header.apv) ?? '', 'base64url')))
    .update(word(bits))
    .digest()
    .subarray(0, bits / 8);
}
