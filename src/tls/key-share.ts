/** Key shares of TLS 1.3 for the groups that Node can compute (RFC 8446 section 4.2.8). */
import { createECDH, createPublicKey, diffieHellman, generateKeyPairSync } from 'node:crypto';

export interface KeyShare {
  group: number;
  /** The public value as it stands in the key_share extension. */
  key: Buffer;
  /** The shared secret with the peer's public value; undefined when that value is no valid one. */
  derive(peer: Buffer): Buffer | undefined;
}

/** Names of the curves in OpenSSL's own spelling. */
const NIST: ReadonlyMap<number, string> = new Map([
  [23, 'prime256v1'],
  [24, 'secp384r1'],
  [25, 'secp521r1'],
]);
/** Raw public keys of RFC 8410 are the last bytes of their SubjectPublicKeyInfo, behind these. */
const EDWARDS: ReadonlyMap<number, { type: 'x25519' | 'x448'; prefix: Buffer; length: number }> = new Map([
  [29, { type: 'x25519', prefix: Buffer.from('302a300506032b656e032100', 'hex'), length: 32 }],
  [30, { type: 'x448', prefix: Buffer.from('3042300506032b656f033900', 'hex'), length: 56 }],
]);

/** Groups for which `makeKeyShare` has an answer, cheapest first. */
export const KEY_SHARE_GROUPS: readonly number[] = [29, 23, 30, 24, 25];

/** A fresh key for a group; undefined for groups that are not in `KEY_SHARE_GROUPS`. */
export function makeKeyShare(group: number): KeyShare | undefined {
  const curve = NIST.get(group);
  if (curve !== undefined) {
    const ecdh = createECDH(curve);
    return { group, key: ecdh.generateKeys(), derive: (peer) => attempt(() => ecdh.computeSecret(peer)) };
  }
  const edwards = EDWARDS.get(group);
  if (!edwards) return undefined;
  const { publicKey, privateKey } = generateKeyPairSync(edwards.type as 'x25519');
  return {
    group,
    key: publicKey.export({ type: 'spki', format: 'der' }).subarray(-edwards.length),
    derive: (peer) =>
      attempt(() =>
        diffieHellman({
          privateKey,
          publicKey: createPublicKey({ key: Buffer.concat([edwards.prefix, peer]), type: 'spki', format: 'der' }),
        }),
      ),
  };
}

function attempt(compute: () => Buffer): Buffer | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
