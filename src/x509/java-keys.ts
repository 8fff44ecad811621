/** Private keys of Java keystores: what hides them, and the password of the store. */
import { createDecipheriv, createHash, timingSafeEqual } from 'node:crypto';
import { type Der, DerReader, TAG } from './der.ts';

/** A keystream of SHA-1 (class sun.security.provider.KeyProtector of the JDK), in JKS. */
const JKS_PROTECTION = '1.3.6.1.4.1.42.2.17.1.1';
/** PBEWithMD5AndTripleDES (class com.sun.crypto.provider.KeyProtector), in JCEKS. */
const JCEKS_PROTECTION = '1.3.6.1.4.1.42.2.19.1';
const HASH = 20;
const MAX_KEY = 64 * 1024;
/** Rounds of MD5 for one key; the JDK makes 200,000, and older ones 20. */
const MAX_ITERATIONS = 1_000_000;

const utf16 = (password: string): Buffer => Buffer.from(password, 'utf16le').swap16();

/** The password whose hash ends the store (class sun.security.provider.JavaKeyStore), or undefined. */
export function storePassword(store: Buffer, passwords: readonly string[]): string | undefined {
  const body = store.subarray(0, store.length - HASH);
  const check = store.subarray(store.length - HASH);
  if (check.length !== HASH) return undefined;
  return passwords.find((password) => {
    const hash = createHash('sha1').update(utf16(password)).update('Mighty Aphrodite').update(body);
    return timingSafeEqual(hash.digest(), check);
  });
}

/**
 * The PKCS#8 key inside an entry, with the password that opened it; undefined when none of them does.
 * @param ofStore the password of the whole store, the only one that is tried where each try is slow
 */
export function openJavaKey(
  entry: Buffer,
  passwords: readonly string[],
  ofStore?: string,
): { pkcs8: Buffer; password: string } | undefined {
  const reader = new DerReader(entry);
  const outer = reader.read(0, entry.length);
  const [algorithm, wrapped] = outer?.id === TAG.sequence ? reader.children(outer, 3) : [];
  const [oid, parameters] = algorithm?.id === TAG.sequence ? reader.children(algorithm, 3) : [];
  if (!oid || wrapped?.id !== TAG.octetString) return undefined;
  const sealed = reader.contents(wrapped);
  if (sealed.length > MAX_KEY) return undefined;
  switch (reader.oid(oid)) {
    case JKS_PROTECTION:
      return openWithKeystream(sealed, passwords);
    case JCEKS_PROTECTION: {
      const pkcs8 = ofStore === undefined ? undefined : openWithTripleDes(reader, parameters, sealed, ofStore);
      return pkcs8 && { pkcs8, password: ofStore! };
    }
    default:
      return undefined;
  }
}

function openWithKeystream(
  sealed: Buffer,
  passwords: readonly string[],
): { pkcs8: Buffer; password: string } | undefined {
  if (sealed.length <= 2 * HASH) return undefined;
  const salt = sealed.subarray(0, HASH);
  const hidden = sealed.subarray(HASH, sealed.length - HASH);
  const check = sealed.subarray(sealed.length - HASH);
  for (const password of passwords) {
    const octets = utf16(password);
    const pkcs8 = Buffer.alloc(hidden.length);
    let block = salt;
    for (let at = 0; at < hidden.length; at += HASH) {
      block = createHash('sha1').update(octets).update(block).digest();
      for (let i = 0; i < HASH && at + i < hidden.length; i++) pkcs8[at + i] = hidden[at + i]! ^ block[i]!;
    }
    if (timingSafeEqual(createHash('sha1').update(octets).update(pkcs8).digest(), check)) return { pkcs8, password };
  }
  return undefined;
}

/** PBES1 with a derivation of its own (class com.sun.crypto.provider.PBES1Core): MD5 over each half of the salt. */
function openWithTripleDes(
  reader: DerReader,
  parameters: Der | undefined,
  sealed: Buffer,
  password: string,
): Buffer | undefined {
  const [salt, count] = parameters?.id === TAG.sequence ? reader.children(parameters, 2) : [];
  const iterations = count?.id === TAG.integer ? reader.smallInteger(count) : undefined;
  if (salt?.id !== TAG.octetString || iterations === undefined || iterations > MAX_ITERATIONS) return undefined;
  const octets = Buffer.from(reader.contents(salt));
  if (octets.length !== 8) return undefined;
  // Equal halves are told apart as the JDK does it, which is not quite the inversion that its comment promises.
  if (octets.readUInt32BE(0) === octets.readUInt32BE(4)) octets.set([octets[3]!, octets[0]!, octets[1]!], 0);
  const secret = Buffer.from(password, 'latin1');
  const derived = Buffer.concat([0, 4].map((at) => md5Chain(octets.subarray(at, at + 4), secret, iterations)));
  try {
    const decipher = createDecipheriv('des-ede3-cbc', derived.subarray(0, 24), derived.subarray(24));
    const pkcs8 = Buffer.concat([decipher.update(sealed), decipher.final()]);
    return pkcs8[0] === TAG.sequence ? pkcs8 : undefined;
  } catch {
    return undefined;
  }
}

function md5Chain(start: Buffer, secret: Buffer, iterations: number): Buffer {
  let block = start;
  for (let i = 0; i < iterations; i++) block = createHash('md5').update(block).update(secret).digest();
  return block;
}
