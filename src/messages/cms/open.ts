/** Opens EnvelopedData with a private key (RFC 5652 6.3, RFC 3370 4.2, RFC 8017 7.1, RFC 5083). */

import { constants, createDecipheriv, type KeyObject, privateDecrypt } from 'node:crypto';
import { counted } from '../../wording.ts';
import { DerReader, TAG } from '../../x509/der.ts';
import { HASHES } from '../../x509/oids.ts';
import { CIPHERS, KEY_TRANSPORT } from './oids.ts';
import type { CmsRecipient, EnvelopedData } from './types.ts';

export interface Opened {
  plain: Buffer;
  /** What followed the content key in the RSA block (SET puts the card data there). */
  extra: Buffer;
}

export interface OpenFailure {
  offset: number;
  says: string;
  /** `key`: this key does not open it. `damaged`: no key can. `unsupported`: cannot be told here. */
  because: 'key' | 'damaged' | 'unsupported';
  /** The key block opened, only the content did not. */
  stage?: 'content';
}

/** What can be seen to be wrong without any key: lengths that cannot be (offset named). */
export function envelopeDefect(enveloped: EnvelopedData, modulusBytes?: number): OpenFailure | undefined {
  const at = enveloped.ciphertextOffset ?? enveloped.algorithm.start;
  const cipher = CIPHERS[enveloped.algorithm.oid];
  const size = enveloped.ciphertext?.length ?? 0;
  if (enveloped.ciphertext && size === 0)
    return { offset: at, says: 'the encrypted content is empty', because: 'damaged' };
  if (cipher && !cipher.aead && size % cipher.blockBytes !== 0)
    return {
      offset: at + size - (size % cipher.blockBytes),
      says: `the encrypted content has ${counted(size, 'byte')}, no multiple of the ${cipher.blockBytes} of ${cipher.name}: it is cut off or padded`,
      because: 'damaged',
    };
  for (const r of enveloped.recipients) {
    if (r.kind !== 'key-transport') continue;
    if (modulusBytes !== undefined && r.encryptedKey.length !== modulusBytes)
      return {
        offset: r.encryptedKeyOffset,
        says: `the encrypted key has ${counted(r.encryptedKey.length, 'byte')}, the key of the recipient makes ${modulusBytes}`,
        because: 'damaged',
      };
    if (modulusBytes === undefined && (r.encryptedKey.length < 64 || r.encryptedKey.length % 8 !== 0))
      return {
        offset: r.encryptedKeyOffset,
        says: `the encrypted key has ${counted(r.encryptedKey.length, 'byte')}, which no RSA key makes`,
        because: 'damaged',
      };
  }
  return undefined;
}

/** OAEP hash of an algorithm identifier (RFC 4055 4.1); default SHA-1. */
function oaepHash(enveloped: EnvelopedData, recipient: CmsRecipient): string {
  const { parameters } = recipient.algorithm;
  if (parameters?.id !== TAG.sequence) return 'sha1';
  const { reader } = enveloped;
  const field = reader.children(parameters, 4).find((f) => f.id === 0xa0);
  const inner = field && reader.read(field.content, field.end);
  const oid = inner && reader.read(inner.content, inner.end);
  return (oid && HASHES[reader.oid(oid)]) || 'sha1';
}

function unwrapKey(key: KeyObject, enveloped: EnvelopedData, recipient: CmsRecipient): Buffer | undefined {
  const { oid } = recipient.algorithm;
  const oaep = oid === KEY_TRANSPORT.oaep || oid === KEY_TRANSPORT.setOaep;
  try {
    if (oaep)
      return privateDecrypt(
        { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash(enveloped, recipient) },
        recipient.encryptedKey,
      );
    // Unpadded here (RFC 8017 7.2.2): the runtime refuses this padding, or hides a wrong key behind random bytes
    // (CVE-2023-46809). Nobody can time an answer about stored evidence.
    const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, recipient.encryptedKey);
    const end = block.indexOf(0, 2);
    return block[0] === 0 && block[1] === 2 && end >= 10 ? block.subarray(end + 1) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Opens the content with one private key. Never throws.
 * @param extraAllowed the RSA block may hold more than the content key (SET Book 2, the operators EX and EXH)
 */
export function openEnveloped(enveloped: EnvelopedData, key: KeyObject, extraAllowed = false): Opened | OpenFailure {
  const cipher = CIPHERS[enveloped.algorithm.oid];
  const { ciphertext } = enveloped;
  if (!cipher)
    return {
      offset: enveloped.algorithm.start,
      says: `content encryption ${enveloped.algorithm.oid || '(unreadable)'} is not known here`,
      because: 'unsupported',
    };
  if (!ciphertext)
    return { offset: enveloped.algorithm.end, says: 'no encrypted bytes are enclosed', because: 'damaged' };
  const recipients = enveloped.recipients.filter((r) => r.kind === 'key-transport');
  if (recipients.length === 0)
    return {
      offset: enveloped.recipients[0]?.offset ?? 0,
      says: `the key is not sent by RSA (${enveloped.recipients.map((r) => r.kind).join(', ')}), which is not opened here`,
      because: 'unsupported',
    };
  let failure: OpenFailure = {
    offset: recipients[0]!.encryptedKeyOffset,
    says: 'the content key does not decrypt with this private key',
    because: 'key',
  };
  for (const recipient of recipients.slice(0, 50)) {
    const block = unwrapKey(key, enveloped, recipient);
    if (!block) continue;
    if (block.length < cipher.keyBytes || (!extraAllowed && block.length !== cipher.keyBytes)) continue;
    const plain = decrypt(enveloped, cipher, block.subarray(0, cipher.keyBytes), ciphertext);
    if (plain) return { plain, extra: block.subarray(cipher.keyBytes) };
    failure = {
      offset: enveloped.ciphertextOffset ?? enveloped.algorithm.end,
      says: 'the content key opened, but the content does not decrypt with it: it was changed or cut',
      because: 'key',
      stage: 'content',
    };
  }
  return failure;
}

function decrypt(
  enveloped: EnvelopedData,
  cipher: (typeof CIPHERS)[string],
  key: Buffer,
  ciphertext: Buffer,
): Buffer | undefined {
  const { parameters } = enveloped.algorithm;
  if (!parameters) return undefined;
  const { reader } = enveloped;
  try {
    if (cipher.aead) {
      const nonce = new DerReader(reader.slice(parameters));
      const outer = nonce.read(0, nonce.bytes.length);
      const [iv] = outer ? nonce.children(outer, 3) : [];
      if (!iv || !enveloped.authentication) return undefined;
      const d = createDecipheriv(cipher.cipher as 'aes-128-gcm', key, nonce.contents(iv), {
        authTagLength: enveloped.authentication.mac.length,
      });
      d.setAuthTag(enveloped.authentication.mac);
      if (enveloped.authentication.attributes) d.setAAD(enveloped.authentication.attributes);
      return Buffer.concat([d.update(ciphertext), d.final()]);
    }
    // Single DES is triple DES with one key three times (FIPS 46-3); the runtime no longer offers it alone.
    const long = cipher.keyBytes === 8 ? Buffer.concat([key, key, key]) : key;
    const d = createDecipheriv(cipher.cipher, long, reader.contents(parameters));
    return Buffer.concat([d.update(ciphertext), d.final()]);
  } catch {
    return undefined;
  }
}
