/** Private keys of JKS keystores, which the JDK hides under a keystream of SHA-1 (class sun.security.provider.KeyProtector). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { DerReader, TAG } from './der.ts';

/** Algorithm of the wrapping; JCEKS has another one (PBEWithMD5AndTripleDES), which is not opened. */
const JKS_PROTECTION = '1.3.6.1.4.1.42.2.17.1.1';
const SALT = 20;
const MAX_KEY = 64 * 1024;

/** The PKCS#8 key inside an entry, with the password that opened it; undefined when none of them does. */
export function openJavaKey(
  entry: Buffer,
  passwords: readonly string[],
): { pkcs8: Buffer; password: string } | undefined {
  const reader = new DerReader(entry);
  const outer = reader.read(0, entry.length);
  const [algorithm, wrapped] = outer?.id === TAG.sequence ? reader.children(outer, 3) : [];
  const oid = algorithm && reader.read(algorithm.content, algorithm.end);
  if (!oid || reader.oid(oid) !== JKS_PROTECTION || wrapped?.id !== TAG.octetString) return undefined;
  const sealed = reader.contents(wrapped);
  if (sealed.length <= 2 * SALT || sealed.length > MAX_KEY) return undefined;
  const salt = sealed.subarray(0, SALT);
  const hidden = sealed.subarray(SALT, sealed.length - SALT);
  const check = sealed.subarray(sealed.length - SALT);
  for (const password of passwords) {
    const octets = Buffer.from(password, 'utf16le').swap16();
    const pkcs8 = Buffer.alloc(hidden.length);
    let block = salt;
    for (let at = 0; at < hidden.length; at += SALT) {
      block = createHash('sha1').update(octets).update(block).digest();
      for (let i = 0; i < SALT && at + i < hidden.length; i++) pkcs8[at + i] = hidden[at + i]! ^ block[i]!;
    }
    if (timingSafeEqual(createHash('sha1').update(octets).update(pkcs8).digest(), check)) return { pkcs8, password };
  }
  return undefined;
}
