/** Keys in text forms other than PEM: JSON Web Keys, SSH, DNS records, a bare modulus. */

import { createPublicKey } from 'node:crypto';
import { counted } from '../wording.ts';
import { TAG } from './der.ts';
import { encode, publicKeyInfo, rsaSpki } from './keys.ts';
import type { KeyInfo } from './types.ts';

export interface TextualKeys {
  keys: KeyInfo[];
  problems: string[];
  /** DER certificates of `x5c` members. */
  certificates: Buffer[];
}

const MAX_TEXT = 4 * 1024 * 1024;

/** Finds keys in `text`; empty when there are none. Never throws. */
export function readTextualKeys(text: string): TextualKeys {
  const found: TextualKeys = { keys: [], problems: [], certificates: [] };
  if (text.length > MAX_TEXT) return found;
  if (text.includes('"kty"') || text.includes('"x5c"')) readJson(text, found);
  if (text.includes('ssh-') || text.includes('ecdsa-sha2-')) readSshLines(text, found);
  if (/v=DKIM1/.test(text)) readDkim(text, found);
  for (const match of text.matchAll(
    /^(?:\S{1,255}\.\s{1,16}(?:\d{1,9}\s{1,16})?(?:IN\s{1,16})?DNSKEY\s{1,16})?25[67] 3 (\d{1,3}) ([A-Za-z0-9+/= \t()]{16,8000})$/gm,
  )) {
    readDnsKey(Number(match[1]), match[2]!, found);
  }
  const hex = /^\s{0,80}([0-9a-fA-F]{128,8192})\s{0,80}$/.exec(text);
  if (hex && hex[1]!.length % 2 === 0) {
    found.keys.push(
      publicKeyInfo(
        rsaKey(Buffer.from(hex[1]!, 'hex'), Buffer.of(1, 0, 1)),
        'RSA modulus in hexadecimal (exponent assumed)',
      ),
    );
  }
  return found;
}

/** SubjectPublicKeyInfo from unsigned modulus and exponent. */
export function rsaKey(modulus: Buffer, exponent: Buffer): Buffer {
  const integer = (value: Buffer): Buffer =>
    encode(TAG.integer, value.length === 0 || value[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), value]) : value);
  return rsaSpki(Buffer.concat([integer(modulus), integer(exponent)]));
}

function readJson(text: string, found: TextualKeys): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  const queue: unknown[] = [value];
  for (let seen = 0; queue.length > 0 && seen < 50_000; seen++) {
    const item = queue.pop();
    if (typeof item !== 'object' || item === null) continue;
    if (!Array.isArray(item) && typeof (item as { kty?: unknown }).kty === 'string')
      readJwk(item as { [name: string]: unknown }, found);
    const chain = (item as { x5c?: unknown }).x5c;
    if (Array.isArray(chain)) {
      for (const entry of chain) if (typeof entry === 'string') found.certificates.push(Buffer.from(entry, 'base64'));
    }
    for (const child of Object.values(item)) queue.push(child);
  }
}

function readJwk(jwk: { [name: string]: unknown }, found: TextualKeys): void {
  const secret = typeof jwk.d === 'string';
  const format = 'JSON Web Key';
  try {
    if (jwk.kty === 'oct') {
      found.keys.push({ kind: 'private', encrypted: false, algorithm: 'symmetric', format });
      return;
    }
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...half } = jwk;
    const spki =
      jwk.kty === 'RSA' && typeof jwk.n === 'string' && typeof jwk.e === 'string'
        ? rsaKey(Buffer.from(jwk.n, 'base64url'), Buffer.from(jwk.e, 'base64url'))
        : createPublicKey({ key: half as JsonWebKey, format: 'jwk' }).export({ format: 'der', type: 'spki' });
    found.keys.push(publicKeyInfo(spki, format, secret ? 'private' : 'public'));
  } catch {
    found.problems.push(
      `a JSON Web Key of type ${String(jwk.kty).slice(0, 20)}${typeof jwk.crv === 'string' ? ` and curve ${jwk.crv.slice(0, 20)}` : ''} is not valid`,
    );
    if (secret) found.keys.push({ kind: 'private', encrypted: false, algorithm: String(jwk.kty).slice(0, 20), format });
  }
}

const sshCurves: { readonly [name: string]: string } = {
  nistp256: '301306072a8648ce3d020106082a8648ce3d030107',
  nistp384: '301006072a8648ce3d020106052b81040022',
  nistp521: '301006072a8648ce3d020106052b81040023',
};

/** SubjectPublicKeyInfo of an SSH public key blob (RFC 4253 6.6, RFC 5656 3.1, RFC 8709). */
function sshBlobKey(blob: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length && parts.length < 6; ) {
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) return undefined;
    parts.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const type = parts[0]?.toString('latin1');
  const strip = (b: Buffer): Buffer => (b[0] === 0 ? b.subarray(1) : b);
  if (type === 'ssh-rsa' && parts[1] && parts[2]) return rsaKey(strip(parts[2]), strip(parts[1]));
  if (type === 'ssh-ed25519' && parts[1])
    return Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), parts[1]]);
  const curve = type?.startsWith('ecdsa-sha2-') ? sshCurves[type.slice(11)] : undefined;
  if (curve && parts[2]) {
    return encode(
      TAG.sequence,
      Buffer.concat([Buffer.from(curve, 'hex'), encode(TAG.bitString, Buffer.concat([Buffer.of(0), parts[2]]))]),
    );
  }
  if (type === 'ssh-dss' && parts[1] && parts[2] && parts[3] && parts[4]) {
    const integers = (list: Buffer[]): Buffer => Buffer.concat(list.map((v) => encode(TAG.integer, v)));
    const algorithm = encode(
      TAG.sequence,
      Buffer.concat([
        Buffer.from('06072a8648ce380401', 'hex'),
        encode(TAG.sequence, integers([parts[1], parts[2], parts[3]])),
      ]),
    );
    return encode(
      TAG.sequence,
      Buffer.concat([algorithm, encode(TAG.bitString, Buffer.concat([Buffer.of(0), integers([parts[4]])]))]),
    );
  }
  return undefined;
}

function readSshLines(text: string, found: TextualKeys): void {
  for (const match of text.matchAll(
    /(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521)) (AAAA[A-Za-z0-9+/=]{20,20000})/g,
  )) {
    const spki = sshBlobKey(Buffer.from(match[1]!, 'base64'));
    if (spki) found.keys.push(publicKeyInfo(spki, 'SSH public key'));
    else found.problems.push('an SSH public key is not valid');
    if (found.keys.length > 10_000) return;
  }
}

/** Facts about an OpenSSH private key: its public half stands in clear even when it is encrypted. */
export function opensshPrivateKey(bytes: Buffer, format: string): KeyInfo {
  const info: KeyInfo = { kind: 'private', encrypted: false, format };
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return info;
  const parts: Buffer[] = [];
  let at = magic.length;
  for (let i = 0; i < 5 && at + 4 <= bytes.length; i++) {
    if (i === 3) {
      at += 4;
      continue;
    }
    const length = bytes.readUInt32BE(at);
    parts.push(bytes.subarray(at + 4, Math.min(at + 4 + length, bytes.length)));
    at += 4 + length;
  }
  const encrypted = parts[0]?.toString('latin1') !== 'none';
  const spki = parts[3] ? sshBlobKey(parts[3]) : undefined;
  return { ...info, ...(spki ? publicKeyInfo(spki, format, 'private') : {}), encrypted };
}

/** DKIM key record (RFC 6376 3.6.1, RFC 8463). */
function readDkim(text: string, found: TextualKeys): void {
  const flat = text.replace(/"\s{1,80}"/g, '').replace(/^\s{0,80}"|"\s{0,80}$/g, '');
  const value = /(?:^|;)\s{0,20}p=([^;]{0,4000})/.exec(flat)?.[1]?.replace(/\s/g, '');
  const kind = /(?:^|;)\s{0,20}k=([a-z0-9]{1,20})/.exec(flat)?.[1] ?? 'rsa';
  if (value === undefined) return;
  const bytes = Buffer.from(value, 'base64');
  if (!/^[A-Za-z0-9+/]{1,4000}={0,2}$/.test(value)) found.problems.push('the key of the DKIM record is not base64');
  else if (kind === 'ed25519') {
    if (bytes.length === 32)
      found.keys.push(
        publicKeyInfo(Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]), 'DKIM record'),
      );
    else found.problems.push(`the Ed25519 key of the DKIM record has ${counted(bytes.length, 'byte')} instead of 32`);
  } else {
    const key = publicKeyInfo(bytes, 'DKIM record');
    if (key.algorithm?.startsWith('RSA')) found.keys.push(key);
    else found.problems.push(`the DKIM record holds a key that DKIM does not know (${key.algorithm})`);
  }
}

/** DNSKEY (RFC 4034; RSA per RFC 3110, ECDSA per RFC 6605, EdDSA per RFC 8080). */
function readDnsKey(algorithm: number, base64: string, found: TextualKeys): void {
  const bytes = Buffer.from(base64.replace(/[\s()]/g, ''), 'base64');
  const format = 'DNSKEY record';
  if ([1, 5, 7, 8, 10].includes(algorithm) && bytes.length > 3) {
    const long = bytes[0] === 0;
    const length = long ? bytes.readUInt16BE(1) : bytes[0]!;
    const start = long ? 3 : 1;
    if (start + length < bytes.length)
      found.keys.push(
        publicKeyInfo(rsaKey(bytes.subarray(start + length), bytes.subarray(start, start + length)), format),
      );
    else found.problems.push('the RSA key of the DNSKEY record is cut off');
  } else if (algorithm === 13 || algorithm === 14) {
    const curve = Buffer.from(sshCurves[algorithm === 13 ? 'nistp256' : 'nistp384']!, 'hex');
    found.keys.push(
      publicKeyInfo(
        encode(TAG.sequence, Buffer.concat([curve, encode(TAG.bitString, Buffer.concat([Buffer.of(0, 4), bytes]))])),
        format,
      ),
    );
  } else if (algorithm === 15)
    found.keys.push(publicKeyInfo(Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]), format));
}

interface JsonWebKey {
  [name: string]: unknown;
}
