/** From the bytes of a key file to key material: PEM, DER, PKCS#12, JWK and JWK sets, bare base64 as payment consoles give it. */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { append } from '../../lists.ts';
import { readCertificates } from '../../x509/index.ts';
import type { Certificate, RevocationList } from '../../x509/types.ts';
import { parseJson } from '../stored-message.ts';
import type { KeyMaterial } from './material.ts';

const MAXIMUM_KEYS = 500;

export interface KeysRead {
  keys: KeyMaterial[];
  revocationLists?: RevocationList[];
  /** One sentence each; never quotes the file. */
  problems: string[];
}

/**
 * Reads every key and certificate of a file.
 * @param passphrase for encrypted private keys
 */
export function readKeys(bytes: Buffer, file: string, passphrase?: string): KeysRead {
  const out: KeysRead = { keys: [], problems: [] };
  const jwks = readJwks(bytes, file);
  if (jwks) return jwks;
  const text = bytes.toString('latin1');
  readPrivatePem(text, file, passphrase, out);
  const observed = readCertificates(bytes, file);
  for (const c of observed.certificates.slice(0, MAXIMUM_KEYS)) {
    const key = certificateKey(c, file);
    if (key) out.keys.push(key);
    else out.problems.push(`the key of certificate ${c.serial} is of a kind that cannot be used here`);
  }
  for (const k of observed.keys.slice(0, MAXIMUM_KEYS)) {
    if (!k.spki || out.keys.some((known) => known.spkiSha256 === k.spkiSha256)) continue;
    const key = fromSpki(Buffer.from(k.spki, 'base64'), file, k.kind);
    if (key) out.keys.push(key);
  }
  if (observed.revocationLists.length > 0) out.revocationLists = observed.revocationLists;
  if (out.keys.length === 0 && !out.revocationLists) readBare(bytes, file, out);
  if (out.keys.length === 0) {
    append(out.problems, observed.problems.slice(0, 5));
    if (out.problems.length === 0) out.problems.push('no certificate or key in it');
  }
  return out;
}

const stem = (file: string): string => (file.split(/[/\\!]/).pop() ?? file).replace(/\.[A-Za-z0-9]{1,5}$/, '');

/** Key material of a certificate; undefined when the runtime cannot use its key (SM2). */
export function certificateKey(certificate: Certificate, file: string): KeyMaterial | undefined {
  try {
    const publicKey = new X509Certificate(Buffer.from(certificate.der, 'base64')).publicKey;
    return {
      file,
      label: `certificate ${certificate.subject.commonName ?? certificate.subject.text} (${certificate.key.label})`,
      publicKey,
      certificate,
      serial: certificate.serial,
      names: [stem(file)],
      spkiSha256: certificate.spkiSha256,
    };
  } catch {
    return undefined;
  }
}

/** Key material of a SubjectPublicKeyInfo in DER. */
export function fromSpki(spki: Buffer, file: string, half: 'public' | 'private' = 'public'): KeyMaterial | undefined {
  try {
    return fromPublic(createPublicKey({ key: spki, format: 'der', type: 'spki' }), file, half);
  } catch {
    return undefined;
  }
}

function fromPublic(publicKey: KeyObject, file: string, half: 'public' | 'private', names: string[] = []): KeyMaterial {
  return {
    file,
    label: `${keyLabel(publicKey)} ${half === 'private' ? 'private' : 'public'} key`,
    publicKey,
    names: [...names, stem(file)],
    spkiSha256: createHash('sha256')
      .update(publicKey.export({ format: 'der', type: 'spki' }))
      .digest('hex'),
  };
}

/** `RSA 2048`, `EC prime256v1`, `ED25519`. */
export function keyLabel(key: KeyObject): string {
  const details = key.asymmetricKeyDetails;
  const type = key.asymmetricKeyType ?? 'secret';
  if (details?.modulusLength) return `RSA ${details.modulusLength}`;
  return details?.namedCurve ? `EC ${details.namedCurve}` : type.toUpperCase();
}

function fromPrivate(privateKey: KeyObject, file: string, names: string[] = []): KeyMaterial {
  return { ...fromPublic(createPublicKey(privateKey), file, 'private', names), privateKey };
}

function readPrivatePem(text: string, file: string, passphrase: string | undefined, out: KeysRead): void {
  const begin = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY-----/g;
  for (let m = begin.exec(text), n = 0; m && n < 20; m = begin.exec(text), n++) {
    const end = text.indexOf('-----END', m.index);
    const stop = end < 0 ? text.length : text.indexOf('-----', end + 8) + 5;
    const pem = text.slice(m.index, Math.min(stop < 5 ? text.length : stop, m.index + 65_536));
    try {
      out.keys.push(fromPrivate(createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase }), file));
    } catch (error) {
      out.problems.push(
        /passphrase|password|bad decrypt/i.test(String((error as Error).message))
          ? 'the private key is encrypted, and no passphrase that fits was given'
          : 'a private key in it cannot be read',
      );
    }
  }
}

/** JWK or JWK set (RFC 7517). */
function readJwks(bytes: Buffer, file: string): KeysRead | undefined {
  const start = bytes.subarray(0, 64).toString('latin1').trimStart();
  if (!start.startsWith('{') && !start.startsWith('[')) return undefined;
  const document = parseJson(bytes) as { keys?: unknown[]; kty?: unknown } | unknown[] | undefined;
  const list = Array.isArray(document)
    ? document
    : Array.isArray(document?.keys)
      ? document.keys
      : document?.kty
        ? [document]
        : undefined;
  if (!list) return undefined;
  const out: KeysRead = { keys: [], problems: [] };
  for (const entry of list.slice(0, MAXIMUM_KEYS)) {
    const jwk = entry as { kty?: string; kid?: unknown; k?: unknown; d?: unknown };
    const names = typeof jwk?.kid === 'string' ? [jwk.kid] : [];
    const own = names[0] ? { id: names[0] } : {};
    try {
      if (jwk.kty === 'oct' && typeof jwk.k === 'string') {
        const secret = createSecretKey(jwk.k, 'base64url').export();
        out.keys.push({ file, label: `secret of ${secret.length} bytes`, secret, names, ...own });
      } else if (jwk.d !== undefined) {
        const key = createPrivateKey({ key: jwk as never, format: 'jwk' });
        out.keys.push({ ...fromPrivate(key, file, names), ...own });
      } else {
        const key = createPublicKey({ key: jwk as never, format: 'jwk' });
        out.keys.push({ ...fromPublic(key, file, 'public', names), ...own });
      }
    } catch {
      out.problems.push('a JWK in it cannot be used');
    }
  }
  return out;
}

/** One base64 line without PEM armour, as the consoles of Alipay and others show keys. */
function readBare(bytes: Buffer, file: string, out: KeysRead): void {
  const text = bytes.subarray(0, 65_536).toString('latin1').replace(/\s+/g, '');
  const der = /^[A-Za-z0-9+/]{40,}={0,2}$/.test(text) ? Buffer.from(text, 'base64') : bytes;
  if (der[0] !== 0x30) return;
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      out.keys.push(fromPrivate(createPrivateKey({ key: der, format: 'der', type }), file));
      return;
    } catch {
      // Not this structure.
    }
  }
  for (const type of ['spki', 'pkcs1'] as const) {
    try {
      out.keys.push(fromPublic(createPublicKey({ key: der, format: 'der', type }), file, 'public'));
      return;
    } catch {
      // Not this structure.
    }
  }
  try {
    const publicKey = new X509Certificate(der).publicKey;
    out.keys.push(fromPublic(publicKey, file, 'public'));
  } catch {
    // Nothing that is a key.
  }
}
