/** Whether something that was given vouches for a certificate that a message brings along. */
import { buildPath, parseCertificate } from '../../x509/index.ts';
import type { KeyMaterial } from '../keys/material.ts';
import { judgeSetChain, setRoles } from '../set/chain.ts';

/**
 * True when the first certificate is among the given keys, or a path leads from it to a given CA certificate. Whether it
 * had expired is judged elsewhere: the path is built for a time at which the certificate itself was valid.
 * @param chain DER, signer first
 */
export function vouchedFor(chain: readonly Buffer[], keys: readonly KeyMaterial[], signedAt: number): boolean {
  const [leaf, ...intermediates] = chain.slice(0, 10).map((der) => parseCertificate(der));
  if (!leaf) return false;
  if (keys.some((k) => k.spkiSha256 === leaf.spkiSha256)) return true;
  const given = keys.flatMap((k) => (k.certificate ? [k.certificate] : []));
  const [role] = setRoles(leaf) ?? [];
  if (role) {
    // SET has a hierarchy of its own, with critical extensions that no other validator knows.
    const { path, fault, incomplete } = judgeSetChain(leaf, [...intermediates, ...given], role, Number.NaN);
    return !fault && !incomplete && path.some((c) => given.some((g) => g.sha256 === c.sha256));
  }
  const anchors = given.filter((c) => c.basicConstraints?.ca || c.selfIssued);
  if (anchors.length === 0) return false;
  const inside = signedAt >= leaf.notBefore && signedAt <= leaf.notAfter;
  const time = inside ? signedAt : (leaf.notBefore + leaf.notAfter) / 2;
  return buildPath(leaf, {
    intermediates: [...intermediates, ...given],
    anchors,
    time,
    role: 'any',
    budget: { signatures: 64, steps: 512 },
  }).ok;
}
