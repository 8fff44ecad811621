/** Revocation by lists (RFC 5280 6.3), against lists that are at hand: nothing is fetched. */
import { parsedForm } from '../certificate.ts';
import { parsedListForm } from '../crl.ts';
import { comparableRdns } from '../name.ts';
import { comparableNames } from '../relation.ts';
import { checkListSignature } from '../signature.ts';
import type { Certificate, RevocationList } from '../types.ts';

export type RevocationState = 'good' | 'revoked' | 'unknown';

export interface RevocationAnswer {
  state: RevocationState;
  says: string;
  /** ms UTC. */
  revokedAt?: number;
  reason?: string;
}

/**
 * State of `certificate` at `time` by the lists of its issuer. A list counts when its issuer's name, key and scope
 * fit and it was current at `time`; an entry whose date lies after `time` does not revoke yet. Indirect lists
 * are not supported and say so.
 */
export function revocationState(
  certificate: Certificate,
  issuer: Certificate,
  lists: RevocationList[],
  time: number,
  strict = false,
): RevocationAnswer {
  const issuerName = comparableNames(certificate).issuer;
  let best: RevocationAnswer = { state: 'unknown', says: 'no revocation list of its issuer is at hand' };
  let hold: RevocationAnswer | undefined;
  let removed = false;
  const applicable = lists.filter((list) => comparableRdns(parsedListForm(list).issuer).join('\n') === issuerName);
  for (const list of applicable) {
    const unusable = whyUnusable(list, certificate, issuer, strict);
    if (unusable) {
      best = best.state === 'good' ? best : { state: 'unknown', says: unusable };
      continue;
    }
    const entry = list.revoked.get(certificate.serial);
    if (entry?.reason === 'removeFromCRL') removed = true;
    else if (entry && !(entry.time > time)) {
      const when = Number.isFinite(entry.time) ? ` since ${new Date(entry.time).toISOString()}` : '';
      const answer: RevocationAnswer = {
        state: 'revoked',
        says: `revoked${when}${entry.reason ? ` (${entry.reason})` : ''}`,
        ...(Number.isFinite(entry.time) ? { revokedAt: entry.time } : {}),
        ...(entry.reason ? { reason: entry.reason } : {}),
      };
      if (entry.reason !== 'certificateHold') return answer;
      hold = answer;
    } else if (time < list.thisUpdate)
      best =
        best.state === 'good'
          ? best
          : { state: 'unknown', says: 'the revocation list is from after the time of judgement' };
    else if (list.nextUpdate !== undefined && time > list.nextUpdate) {
      if (best.state !== 'good')
        best = { state: 'unknown', says: `the revocation list ended on ${new Date(list.nextUpdate).toISOString()}` };
    } else if (!list.delta) best = { state: 'good', says: 'not on the current revocation list' };
  }
  return hold && !removed ? hold : best;
}

function whyUnusable(
  list: RevocationList,
  certificate: Certificate,
  issuer: Certificate,
  strict: boolean,
): string | undefined {
  const form = parsedListForm(list);
  const usage = issuer.keyUsage;
  if (usage && !usage.includes('cRLSign'))
    return 'the issuer of the revocation list may not sign lists (keyUsage lacks cRLSign)';
  if (form.scope?.indirect || form.hasEntryIssuers) return 'indirect revocation lists are not supported';
  if (form.unknownCritical.length > 0)
    return `the revocation list has critical extensions that are not understood: ${form.unknownCritical.join(', ')}`;
  if (strict) {
    const number = form.extensions.find((e) => e.oid === '2.5.29.20');
    if (!number) return 'the revocation list has no CRL number (RFC 5280 5.2.3)';
    if (number.critical) return 'the CRL number of the revocation list is critical (RFC 5280 5.2.3)';
  }
  if (form.scope) {
    const ca = certificate.basicConstraints?.ca === true;
    if (form.scope.onlyAttribute || form.scope.someReasons)
      return 'the revocation list covers only a part that does not decide';
    if ((form.scope.onlyUser && ca) || (form.scope.onlyCa && !ca))
      return 'the revocation list does not cover this kind of certificate';
    if (form.scope.names.length > 0) {
      const points = parsedForm(certificate).distributionPoints ?? [];
      const wanted = new Set(points.flatMap((p) => p.names.map((n) => `${n.kind}:${n.value}`)));
      if (!form.scope.names.some((n) => wanted.has(`${n.kind}:${n.value}`)))
        return 'the revocation list belongs to another distribution point';
    }
  }
  const signature = checkListSignature(list, issuer);
  return signature.result === 'ok' ? undefined : `the signature of the revocation list: ${signature.because}`;
}
