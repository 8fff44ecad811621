/** PKCS#12 stores (RFC 7292), modern and legacy. Decryption by the runtime; only RC2 needs node-forge. */
import { createDecipheriv, createHash, createHmac, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import { type Der, DerReader, TAG } from './der.ts';
import { HASHES } from './oids.ts';

export interface Pkcs12Content {
  certificates: Buffer[];
  /** PKCS#8 in clear (from key bags or decrypted shrouded bags), or undefined when it stayed encrypted. */
  keys: { pkcs8?: Buffer; name?: string }[];
  /** The password that opened it, when one of the tried ones did. */
  password?: string;
  problems: string[];
  /** Ciphers met, for the rules: `RC2-40`, `3DES`, `AES-256`. */
  ciphers: string[];
}

const MAX_ITERATIONS = 2_000_000;
const PBES2 = '1.2.840.113549.1.5.13';
const BAG = '1.2.840.113549.1.12.10.1.';

/** PKCS#12 key derivation (RFC 7292 appendix B.2); `id` 1 key, 2 initialisation vector, 3 MAC. */
function derivePkcs12(
  hash: string,
  password: string,
  salt: Buffer,
  id: number,
  iterations: number,
  length: number,
): Buffer {
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const fill = (source: Buffer): Buffer => {
    const out = Buffer.alloc(source.length === 0 ? 0 : Math.ceil(source.length / block) * block);
    for (let i = 0; i < out.length; i++) out[i] = source[i % source.length]!;
    return out;
  };
  const text = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const input = Buffer.concat([fill(salt), fill(text)]);
  const diversifier = Buffer.alloc(block, id);
  const parts: Buffer[] = [];
  for (let have = 0; have < length; ) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let i = 1; i < iterations; i++) digest = createHash(hash).update(digest).digest();
    parts.push(digest);
    have += digest.length;
    const addend = fill(digest.subarray(0, Math.min(digest.length, block))).subarray(0, block);
    for (let start = 0; start < input.length; start += block) {
      let carry = 1;
      for (let i = block - 1; i >= 0; i--) {
        carry += input[start + i]! + addend[i]!;
        input[start + i] = carry & 0xff;
        carry >>= 8;
      }
    }
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** OCTET STRING content; BER stores cut it into pieces. */
function octets(reader: DerReader, node: Der): Buffer {
  if ((node.id & 0x20) === 0) return reader.contents(node);
  return Buffer.concat(reader.children(node, 100_000).map((part) => reader.contents(part)));
}

/**
 * Opens a PKCS#12 store with the first of `passwords` that fits its MAC. Without a fitting password the answer holds
 * only what is in clear, and a problem says so. Never throws.
 */
export function openPkcs12(der: Buffer, passwords: readonly string[]): Pkcs12Content {
  const content: Pkcs12Content = { certificates: [], keys: [], problems: [], ciphers: [] };
  try {
    const reader = new DerReader(der);
    const outer = reader.read(0, der.length)!;
    const [, info, mac] = reader.children(outer, 4);
    const [type, wrapped] = info ? reader.children(info, 4) : [];
    const inner =
      wrapped && reader.oid(type) === '1.2.840.113549.1.7.1' ? reader.read(wrapped.content, wrapped.end) : undefined;
    if (!inner) {
      content.problems.push(
        'the PKCS#12 store is signed instead of protected by a password; that form is not supported',
      );
      return content;
    }
    const safe = octets(reader, inner);
    let password: string | undefined;
    if (mac) {
      password = passwords.find((p) => macFits(reader, mac, safe, p, content));
      if (password === undefined && content.problems.length === 0) {
        content.problems.push(
          'the PKCS#12 store did not open with the passwords tried; name the right one with --password-file',
        );
      }
    } else password = passwords[0] ?? '';
    if (password !== undefined) content.password = password;
    readSafe(safe, password, content);
  } catch (error) {
    content.problems.push(
      `the PKCS#12 store cannot be read: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown error'}`,
    );
  }
  return content;
}

function macFits(reader: DerReader, mac: Der, data: Buffer, password: string, content: Pkcs12Content): boolean {
  const [digestInfo, saltNode, countNode] = reader.children(mac, 4);
  const [algorithm, digestNode] = digestInfo ? reader.children(digestInfo, 3) : [];
  const hash = algorithm ? HASHES[reader.oid(reader.read(algorithm.content, algorithm.end))] : undefined;
  const iterations = countNode ? (reader.smallInteger(countNode) ?? MAX_ITERATIONS + 1) : 1;
  if (!hash || !digestNode || !saltNode || iterations > MAX_ITERATIONS) {
    if (content.problems.length === 0) {
      content.problems.push(
        hash
          ? `the PKCS#12 store asks for ${iterations} iterations, more than is tried`
          : 'the MAC of the PKCS#12 store is not known',
      );
    }
    return false;
  }
  const expected = reader.contents(digestNode);
  const key = derivePkcs12(hash, password, reader.contents(saltNode), 3, iterations, expected.length);
  const actual = createHmac(hash, key).update(data).digest();
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function readSafe(safe: Buffer, password: string | undefined, content: Pkcs12Content): void {
  const reader = new DerReader(safe);
  const list = reader.read(0, safe.length);
  for (const info of list ? reader.children(list, 64) : []) {
    const [type, wrapped] = reader.children(info, 4);
    const body = wrapped ? reader.read(wrapped.content, wrapped.end) : undefined;
    if (!body) continue;
    if (reader.oid(type) === '1.2.840.113549.1.7.1') readBags(octets(reader, body), password, content);
    else if (reader.oid(type) === '1.2.840.113549.1.7.6') {
      const [, encrypted] = reader.children(body, 4);
      const [, algorithm, data] = encrypted ? reader.children(encrypted, 4) : [];
      if (!algorithm || !data) continue;
      const bytes = (data.id & 0x20) === 0 ? reader.contents(data) : octets(reader, data);
      const clear = decrypt(reader, algorithm, bytes, password, content);
      if (clear) readBags(clear, password, content);
    } else content.problems.push('a part of the PKCS#12 store is encrypted for a public key and stays closed');
  }
}

function readBags(bytes: Buffer, password: string | undefined, content: Pkcs12Content): void {
  const reader = new DerReader(bytes);
  const list = reader.read(0, bytes.length);
  for (const bag of list ? reader.children(list, 10_000) : []) {
    const [type, wrapped] = reader.children(bag, 4);
    const kind = reader.oid(type);
    const value = wrapped ? reader.read(wrapped.content, wrapped.end) : undefined;
    if (!value) continue;
    if (kind === `${BAG}3`) {
      const [, certificate] = reader.children(value, 3);
      const inner = certificate ? reader.read(certificate.content, certificate.end) : undefined;
      if (inner) content.certificates.push(Buffer.from(octets(reader, inner)));
    } else if (kind === `${BAG}1`) content.keys.push({ pkcs8: Buffer.from(reader.slice(value)) });
    else if (kind === `${BAG}2`) {
      const [algorithm, data] = reader.children(value, 3);
      const clear = algorithm && data ? decrypt(reader, algorithm, octets(reader, data), password, content) : undefined;
      content.keys.push(clear ? { pkcs8: clear } : {});
    }
  }
}

interface Scheme {
  cipher: string;
  key: Buffer;
  iv: Buffer;
}

/** Decrypts with PBES2 (RFC 8018) or one of the PKCS#12 schemes; undefined when no password is at hand or it fails. */
function decrypt(
  reader: DerReader,
  algorithm: Der,
  data: Buffer,
  password: string | undefined,
  content: Pkcs12Content,
): Buffer | undefined {
  const [oidNode, parameters] = reader.children(algorithm, 3);
  const oid = reader.oid(oidNode);
  if (!parameters) return undefined;
  try {
    const scheme =
      oid === PBES2
        ? pbes2(reader, parameters, password ?? '', content)
        : legacy(reader, oid, parameters, password ?? '', content);
    if (!scheme || password === undefined) return undefined;
    if (scheme.cipher.startsWith('rc2')) return rc2(scheme, data);
    const decipher = createDecipheriv(scheme.cipher, scheme.key, scheme.iv);
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    content.problems.push('a part of the PKCS#12 store could not be decrypted');
    return undefined;
  }
}

const CIPHERS: { readonly [oid: string]: [cipher: string, keyLength: number, label: string] } = {
  '2.16.840.1.101.3.4.1.2': ['aes-128-cbc', 16, 'AES-128'],
  '2.16.840.1.101.3.4.1.22': ['aes-192-cbc', 24, 'AES-192'],
  '2.16.840.1.101.3.4.1.42': ['aes-256-cbc', 32, 'AES-256'],
  '1.2.840.113549.3.7': ['des-ede3-cbc', 24, '3DES'],
};

const HMACS: { readonly [oid: string]: string } = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

function pbes2(reader: DerReader, parameters: Der, password: string, content: Pkcs12Content): Scheme | undefined {
  const [derivation, encryption] = reader.children(parameters, 3);
  const [kdfOid, kdf] = derivation ? reader.children(derivation, 3) : [];
  const [cipherOid, iv] = encryption ? reader.children(encryption, 3) : [];
  const cipher = CIPHERS[reader.oid(cipherOid)];
  if (reader.oid(kdfOid) !== '1.2.840.113549.1.5.12' || !kdf || !iv || !cipher) {
    content.problems.push(`the PKCS#12 store uses an encryption that is not supported (${reader.oid(cipherOid)})`);
    return undefined;
  }
  const [salt, count, ...rest] = reader.children(kdf, 5);
  const prf = rest.find((node) => node.id === TAG.sequence);
  const hash = prf ? HMACS[reader.oid(reader.read(prf.content, prf.end))] : 'sha1';
  const iterations = count ? (reader.smallInteger(count) ?? 0) : 0;
  if (!salt || !hash || iterations < 1 || iterations > MAX_ITERATIONS) {
    content.problems.push(`the PKCS#12 store asks for ${iterations} iterations or an unknown digest`);
    return undefined;
  }
  content.ciphers.push(cipher[2]);
  return {
    cipher: cipher[0],
    key: pbkdf2Sync(password, reader.contents(salt), iterations, cipher[1], hash),
    iv: reader.contents(iv),
  };
}

const LEGACY: { readonly [last: string]: [cipher: string, keyLength: number, label: string] } = {
  '3': ['des-ede3-cbc', 24, '3DES'],
  '4': ['des-ede-cbc', 16, '2-key 3DES'],
  '5': ['rc2-128', 16, 'RC2-128'],
  '6': ['rc2-40', 5, 'RC2-40'],
};

function legacy(
  reader: DerReader,
  oid: string,
  parameters: Der,
  password: string,
  content: Pkcs12Content,
): Scheme | undefined {
  const scheme = oid.startsWith('1.2.840.113549.1.12.1.') ? LEGACY[oid.slice(22)] : undefined;
  const [salt, count] = reader.children(parameters, 3);
  const iterations = count ? (reader.smallInteger(count) ?? 0) : 0;
  if (!scheme || !salt || iterations < 1 || iterations > MAX_ITERATIONS) {
    content.problems.push(`the PKCS#12 store uses an encryption that is not supported (${oid})`);
    return undefined;
  }
  content.ciphers.push(scheme[2]);
  const make = (id: number, length: number): Buffer =>
    derivePkcs12('sha1', password, reader.contents(salt), id, iterations, length);
  return { cipher: scheme[0], key: make(1, scheme[1]), iv: make(2, 8) };
}

interface Forge {
  rc2: {
    createDecryptionCipher(
      key: unknown,
      bits: number,
    ): { start(iv: unknown): void; update(data: unknown): void; finish(): boolean; output: { getBytes(): string } };
  };
  util: { createBuffer(bytes: string): unknown };
}

/** RC2 is in no current runtime; node-forge is loaded for the old stores that still use it. */
function rc2(scheme: Scheme, data: Buffer): Buffer | undefined {
  const forge = createRequire(import.meta.url)('node-forge') as Forge;
  const cipher = forge.rc2.createDecryptionCipher(
    forge.util.createBuffer(scheme.key.toString('latin1')),
    scheme.key.length * 8,
  );
  cipher.start(forge.util.createBuffer(scheme.iv.toString('latin1')));
  cipher.update(forge.util.createBuffer(data.toString('latin1')));
  return cipher.finish() ? Buffer.from(cipher.output.getBytes(), 'latin1') : undefined;
}
