/**
 * Decrypts TLS records with secrets from a key log: TLS 1.3 AEAD (RFC 8446 section 5.2) and the AEAD and CBC suites of
 * TLS 1.0 to 1.2 (RFC 5246 section 6.2.3). One object is one direction; records must be offered in order.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { hkdfExpandLabel } from './hkdf.ts';
import { parseSuite, type SuiteParts } from './registries/suites.ts';

interface AeadParameters {
  name: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm' | 'aes-256-ccm';
  keyLength: number;
  tagLength: number;
}

const AEADS: { readonly [encryption: string]: AeadParameters } = {
  AES_128_GCM: { name: 'aes-128-gcm', keyLength: 16, tagLength: 16 },
  AES_256_GCM: { name: 'aes-256-gcm', keyLength: 32, tagLength: 16 },
  CHACHA20_POLY1305: { name: 'chacha20-poly1305', keyLength: 32, tagLength: 16 },
  AES_128_CCM: { name: 'aes-128-ccm', keyLength: 16, tagLength: 16 },
  AES_128_CCM_8: { name: 'aes-128-ccm', keyLength: 16, tagLength: 8 },
  AES_256_CCM: { name: 'aes-256-ccm', keyLength: 32, tagLength: 16 },
  AES_256_CCM_8: { name: 'aes-256-ccm', keyLength: 32, tagLength: 8 },
};
const CBC: { readonly [encryption: string]: { name: string; keyLength: number; block: number } } = {
  AES_128_CBC: { name: 'aes-128-cbc', keyLength: 16, block: 16 },
  AES_256_CBC: { name: 'aes-256-cbc', keyLength: 32, block: 16 },
};
const MAC_LENGTHS: { readonly [mac: string]: number } = { MD5: 16, SHA: 20, SHA256: 32, SHA384: 48 };

export interface Plaintext {
  /** Content type inside the record. */
  type: number;
  content: Buffer;
}

export interface RecordDecrypter {
  /** Plain content of the next record of this direction; undefined when it does not decrypt. */
  decrypt(type: number, version: number, content: Buffer): Plaintext | undefined;
}

/** TLS 1.3: keys from a traffic secret. */
export function tls13Decrypter(suite: number, secret: Buffer): RecordDecrypter | undefined {
  const parts = parseSuite(suite);
  const aead = parts ? AEADS[parts.encryption] : undefined;
  if (!parts?.tls13 || !aead) return undefined;
  const hash = parts.hash === 'SHA384' ? 'sha384' : 'sha256';
  const key = hkdfExpandLabel(hash, secret, 'key', aead.keyLength);
  const iv = hkdfExpandLabel(hash, secret, 'iv', 12);
  let sequence = 0;
  return {
    decrypt(type, version, content) {
      const header = Buffer.from([type, version >>> 8, version & 255, content.length >>> 8, content.length & 255]);
      const plain = openAead(aead, key, xorSequence(iv, sequence), header, content);
      if (!plain) return undefined;
      sequence++;
      // Inner plaintext: content, type, zero padding.
      let end = plain.length - 1;
      while (end >= 0 && plain[end] === 0) end--;
      return end < 0 ? undefined : { type: plain[end]!, content: plain.subarray(0, end) };
    },
  };
}

/** TLS 1.3: seals records of one direction, in order; undefined for a suite that is not known here. */
export function tls13Sealer(suite: number, secret: Buffer): ((type: number, content: Buffer) => Buffer) | undefined {
  const parts = parseSuite(suite);
  const aead = parts ? AEADS[parts.encryption] : undefined;
  if (!parts?.tls13 || !aead) return undefined;
  const hash = parts.hash === 'SHA384' ? 'sha384' : 'sha256';
  const key = hkdfExpandLabel(hash, secret, 'key', aead.keyLength);
  const iv = hkdfExpandLabel(hash, secret, 'iv', 12);
  let sequence = 0;
  return (type, content) => {
    const inner = Buffer.concat([content, Buffer.from([type])]);
    const length = inner.length + aead.tagLength;
    const header = Buffer.from([23, 3, 3, length >>> 8, length & 255]);
    const options = { authTagLength: aead.tagLength };
    const nonce = xorSequence(iv, sequence++);
    const cipher = createCipheriv(aead.name as 'aes-128-ccm', key, nonce, options);
    cipher.setAAD(header, { plaintextLength: inner.length });
    return Buffer.concat([header, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  };
}

/** Up to TLS 1.2: both directions from the master secret and the two randoms. */
export function tls12Decrypters(
  suite: number,
  version: number,
  master: Buffer,
  clientRandom: Buffer,
  serverRandom: Buffer,
  encryptThenMac: boolean,
): { client: RecordDecrypter; server: RecordDecrypter } | undefined {
  const parts = parseSuite(suite);
  if (!parts || parts.tls13 || version < 0x0301) return undefined;
  const aead = AEADS[parts.encryption];
  const cbc = CBC[parts.encryption];
  if (!aead && !cbc) return undefined;
  const macLength = aead ? 0 : (MAC_LENGTHS[parts.mac] ?? 0);
  const keyLength = aead?.keyLength ?? cbc!.keyLength;
  const chacha = aead?.name === 'chacha20-poly1305';
  const ivLength = aead ? (chacha ? 12 : 4) : version === 0x0301 ? cbc!.block : 0;
  const block = expandKeys(
    parts,
    version,
    master,
    Buffer.concat([serverRandom, clientRandom]),
    2 * (macLength + keyLength + ivLength),
  );
  const keysAt = 2 * macLength;
  const ivsAt = keysAt + 2 * keyLength;
  const direction = (index: number): RecordDecrypter => {
    const key = block.subarray(keysAt + index * keyLength, keysAt + (index + 1) * keyLength);
    const iv = block.subarray(ivsAt + index * ivLength, ivsAt + (index + 1) * ivLength);
    return aead
      ? aead12(aead, key, iv, chacha)
      : cbc12(cbc!.name, key, iv, cbc!.block, version, macLength, encryptThenMac);
  };
  return { client: direction(0), server: direction(1) };
}

function aead12(aead: AeadParameters, key: Buffer, iv: Buffer, chacha: boolean): RecordDecrypter {
  let sequence = 0;
  return {
    decrypt(type, version, content) {
      const explicit = chacha ? 0 : 8;
      const length = content.length - explicit - aead.tagLength;
      if (length < 0) return undefined;
      const nonce = chacha ? xorSequence(iv, sequence) : Buffer.concat([iv, content.subarray(0, 8)]);
      const header = Buffer.alloc(13);
      header.writeUInt32BE(Math.floor(sequence / 2 ** 32), 0);
      header.writeUInt32BE(sequence >>> 0, 4);
      header[8] = type;
      header.writeUInt16BE(version, 9);
      header.writeUInt16BE(length, 11);
      const plain = openAead(aead, key, nonce, header, content.subarray(explicit));
      if (!plain) return undefined;
      sequence++;
      return { type, content: plain };
    },
  };
}

/** The MAC is cut off, not checked: a wrong key shows in the padding. */
function cbc12(
  name: string,
  key: Buffer,
  iv: Buffer,
  block: number,
  version: number,
  macLength: number,
  encryptThenMac: boolean,
): RecordDecrypter {
  let previous = iv;
  return {
    decrypt(type, _version, content) {
      const body = encryptThenMac ? content.subarray(0, content.length - macLength) : content;
      const explicit = version >= 0x0302 ? block : 0;
      if (body.length < explicit + block || body.length % block !== 0) return undefined;
      const vector = explicit ? body.subarray(0, block) : previous;
      const decipher = createDecipheriv(name, key, vector);
      decipher.setAutoPadding(false);
      const plain = decipher.update(body.subarray(explicit));
      previous = Buffer.from(body.subarray(body.length - block));
      const padding = plain[plain.length - 1]! + 1;
      const end = plain.length - padding - (encryptThenMac ? 0 : macLength);
      return end < 0 ? undefined : { type, content: plain.subarray(0, end) };
    },
  };
}

function openAead(
  aead: AeadParameters,
  key: Buffer,
  nonce: Buffer,
  header: Buffer,
  content: Buffer,
): Buffer | undefined {
  if (content.length < aead.tagLength) return undefined;
  const body = content.subarray(0, content.length - aead.tagLength);
  const tag = content.subarray(content.length - aead.tagLength);
  try {
    if (aead.name === 'aes-128-ccm' || aead.name === 'aes-256-ccm') {
      const decipher = createDecipheriv(aead.name, key, nonce, { authTagLength: aead.tagLength });
      decipher.setAuthTag(tag);
      decipher.setAAD(header, { plaintextLength: body.length });
      const plain = decipher.update(body);
      decipher.final();
      return plain;
    }
    const decipher =
      aead.name === 'chacha20-poly1305'
        ? createDecipheriv(aead.name, key, nonce, { authTagLength: 16 })
        : createDecipheriv(aead.name, key, nonce);
    decipher.setAuthTag(tag);
    decipher.setAAD(header, { plaintextLength: body.length });
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    return undefined;
  }
}

function xorSequence(iv: Buffer, sequence: number): Buffer {
  const nonce = Buffer.from(iv);
  let left = sequence;
  for (let at = 11; at >= 4 && left > 0; at--) {
    nonce[at] = nonce[at]! ^ (left & 255);
    left = Math.floor(left / 256);
  }
  return nonce;
}

/** PRF of TLS 1.0/1.1 (RFC 2246 section 5) and 1.2 (RFC 5246 section 5), label "key expansion". */
function expandKeys(parts: SuiteParts, version: number, master: Buffer, randoms: Buffer, length: number): Buffer {
  const seed = Buffer.concat([Buffer.from('key expansion'), randoms]);
  if (version >= 0x0303) return pHash(parts.hash === 'SHA384' ? 'sha384' : 'sha256', master, seed, length);
  const half = Math.ceil(master.length / 2);
  const left = pHash('md5', master.subarray(0, half), seed, length);
  const right = pHash('sha1', master.subarray(master.length - half), seed, length);
  return left.map((byte, index) => byte ^ right[index]!) as Buffer;
}

function pHash(hash: string, secret: Buffer, seed: Buffer, length: number): Buffer {
  const out: Buffer[] = [];
  let a = seed;
  for (let total = 0; total < length; ) {
    a = createHmac(hash, secret).update(a).digest();
    const piece = createHmac(hash, secret).update(a).update(seed).digest();
    out.push(piece);
    total += piece.length;
  }
  return Buffer.concat(out).subarray(0, length);
}
