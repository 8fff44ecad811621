/** Revocation lists that were given along with the keys. Nothing is fetched. */
import { most } from '../../lists.ts';
import { revocationState } from '../../x509/index.ts';
import type { RevocationList } from '../../x509/types.ts';
import type { KeyMaterial } from './material.ts';

/**
 * The keys, with the time of revocation where a list of the issuer holds it. A list counts only when its signature can be
 * checked with an issuer that was given too: anybody can write a list.
 */
export function withRevocations(keys: readonly KeyMaterial[], lists: readonly RevocationList[]): KeyMaterial[] {
  if (lists.length === 0) return [...keys];
  const newest = most(lists.map((l) => l.thisUpdate).filter(Number.isFinite));
  return keys.map((key) => {
    const { certificate } = key;
    if (!certificate) return key;
    for (const issuer of keys) {
      if (!issuer.certificate || issuer.certificate.subject.der !== certificate.issuer.der) continue;
      const answer = revocationState(certificate, issuer.certificate, lists, newest);
      if (answer.state === 'revoked' && answer.revokedAt !== undefined && Number.isFinite(answer.revokedAt))
        return { ...key, revokedAt: answer.revokedAt };
    }
    return key;
  });
}
