/** Which of the keys a message names: serials in hex or decimal, with or without leading zeros, signed or not; ids by name. */
import { createHash } from 'node:crypto';
import type { Certificate } from '../../x509/types.ts';
import type { KeyHint } from '../scheme.ts';
import type { KeyMaterial } from './material.ts';

export interface Match {
  /** `named`: the message names this key. `other`: it names another one. `unknown`: the key has no identity to compare. */
  is: 'named' | 'other' | 'unknown';
  /** The notation differs from the usual one (decimal, leading zeros, negative): tolerated, and told. */
  notation?: string;
  /** What the message says that decided it. */
  by?: KeyHint;
}

const plainHex = (text: string): string =>
  text
    .toUpperCase()
    .replace(/^0X/, '')
    .replace(/[:\s-]/g, '')
    .replace(/^0+(?=.)/, '');

/**
 * Spellings under which one serial number is met. A serial with its top bit set is negative where its leading zero octet was lost.
 * @returns hex without leading zeros, with the notation that it was read from
 */
function serialSpellings(text: string): { hex: string; notation?: string }[] {
  const out: { hex: string; notation?: string }[] = [];
  const trimmed = text.trim();
  if (trimmed.length > 200) return out;
  const hex = trimmed.replace(/^0x/i, '').replace(/[:\s]/g, '');
  if (/^[0-9a-f]+$/i.test(hex))
    out.push({
      hex: plainHex(hex),
      ...(/^0/.test(hex) && hex.length > 1 ? { notation: 'with leading zeros' } : {}),
    });
  if (/^\d+$/.test(trimmed)) out.push({ hex: BigInt(trimmed).toString(16).toUpperCase(), notation: 'in decimal' });
  const negative = /^-(?:0x)?([0-9a-f]+)$/i.exec(trimmed);
  if (negative) {
    const values = [/^\d+$/.test(negative[1]!) ? BigInt(negative[1]!) : undefined, BigInt(`0x${negative[1]}`)];
    for (const value of values) {
      if (value === undefined || value === 0n) continue;
      const octets = Math.ceil(value.toString(16).length / 2);
      const wrapped = (1n << BigInt(octets * 8)) - value;
      if (wrapped > 0n) out.push({ hex: wrapped.toString(16).toUpperCase(), notation: 'as a negative number' });
    }
  }
  return out;
}

/**
 * Compares everything that a message says about its key with one key: what contradicts outweighs what fits, for a message
 * that names two keys is wrong about one of them.
 */
export function matchKeys(hints: readonly (KeyHint | undefined)[], key: KeyMaterial): Match {
  const all = hints.flatMap((hint) => (hint ? [{ ...matchKey(hint, key), by: hint }] : []));
  return all.find((m) => m.is === 'other') ?? all.find((m) => m.is === 'named') ?? all[0] ?? { is: 'unknown' };
}

/** Compares what a message names with one key. */
export function matchKey(hint: KeyHint | undefined, key: KeyMaterial): Match {
  if (!hint || hint.value === '') return { is: 'unknown' };
  switch (hint.kind) {
    case 'serial': {
      if (!key.serial) return byName(hint.value, key) ? { is: 'named' } : { is: 'unknown' };
      const own = plainHex(key.serial);
      const hit = serialSpellings(hint.value).find((s) => s.hex === own);
      return hit ? { is: 'named', ...(hit.notation ? { notation: hit.notation } : {}) } : { is: 'other' };
    }
    case 'sha256':
    case 'sha1': {
      if (!key.certificate) return { is: 'unknown' };
      const der = Buffer.from(key.certificate.der, 'base64');
      const print = createHash(hint.kind).update(der).digest();
      const value = hint.value.replace(/[:\s]/g, '');
      return value.toLowerCase() === print.toString('hex') ||
        value.replace(/=+$/, '') === print.toString('base64url') ||
        value === print.toString('base64')
        ? { is: 'named' }
        : { is: 'other' };
    }
    case 'spki':
      if (!key.spkiSha256) return { is: 'unknown' };
      return { is: key.spkiSha256 === hint.value ? 'named' : 'other' };
    case 'alipay-sn':
      if (!key.certificate) return { is: 'unknown' };
      return alipaySn(key.certificate) === hint.value.trim().toLowerCase() ? { is: 'named' } : { is: 'other' };
    case 'key-id':
      if (!key.certificate?.subjectKeyId) return { is: 'unknown' };
      return plainHex(key.certificate.subjectKeyId) === plainHex(hint.value) ? { is: 'named' } : { is: 'other' };
    default: {
      if (byName(hint.value, key)) return { is: 'named' };
      if (key.serial && serialSpellings(hint.value).some((s) => s.hex === plainHex(key.serial!)))
        return { is: 'named' };
      return { is: key.id === undefined ? 'unknown' : 'other' };
    }
  }
}

/** Alipay's certificate serial: MD5 over the issuer name (most specific part first) and the serial number in decimal. */
function alipaySn(certificate: Certificate): string {
  const serial = BigInt(`0x${certificate.serial || '0'}`).toString(10);
  return createHash('md5').update(`${certificate.issuer.text}${serial}`).digest('hex');
}

/** Names, thumbprints and file names under which a key may be known. */
function byName(value: string, key: KeyMaterial): boolean {
  const wanted = value.toLowerCase();
  if (key.id === value || key.names.some((n) => n === value || endsWithName(n.toLowerCase(), wanted))) return true;
  const prints: Buffer[] = [];
  if (key.spkiSha256) prints.push(Buffer.from(key.spkiSha256, 'hex'));
  if (key.certificate)
    for (const hash of ['sha1', 'sha256'])
      prints.push(createHash(hash).update(Buffer.from(key.certificate.der, 'base64')).digest());
  if (prints.some((p) => wanted === p.toString('hex') || value.replace(/=+$/, '') === p.toString('base64url')))
    return true;
  return /^[\w-]{43}$/.test(value) && value === jwkThumbprint(key);
}

/** Whether a file is named after a key: `platform-k2` for `k2`, not `platform` for `m`. */
const endsWithName = (name: string, wanted: string): boolean =>
  name.endsWith(wanted) && !/[a-z0-9]/.test(name.at(-wanted.length - 1) ?? '');

/** SHA-256 over the members that make a key, which many systems use as its `kid` (RFC 7638). */
function jwkThumbprint(key: KeyMaterial): string | undefined {
  if (!key.publicKey) return undefined;
  try {
    const { crv, e, kty, n, x, y } = key.publicKey.export({ format: 'jwk' });
    const members = Object.entries({ crv, e, kty, n, x, y }).filter(([, v]) => v !== undefined);
    return createHash('sha256')
      .update(JSON.stringify(Object.fromEntries(members)))
      .digest('base64url');
  } catch {
    // A kind of key that has no JWK form.
    return undefined;
  }
}
