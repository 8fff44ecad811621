/** Revocation by lists (RFC 5280 6.3), against lists that are at hand: nothing is fetched. */

import { isInstant, isoTime } from '../../instant.ts';
import { parsedForm } from '../certificate.ts';
import { ALL_REASONS, type DistributionScope, parsedListForm } from '../crl.ts';
import { comparableRdns } from '../name.ts';
import { comparableNames } from '../relation.ts';
import { checkListSignature, type SignatureCheck } from '../signature.ts';
import type { Certificate, RevocationList, RevokedEntry } from '../types.ts';
import { strictListBreach } from './strict-lists.ts';

export type RevocationState = 'good' | 'revoked' | 'unknown';

export interface RevocationAnswer {
  state: RevocationState;
  says: string;
  /** ms UTC. */
  revokedAt?: number;
  reason?: string;
}

const unknown = (says: string): RevocationAnswer => ({ state: 'unknown', says });

/**
 * State of `certificate` at `time` by the lists of its issuer. A list counts when its issuer's name, key and scope
 * fit. What a list that began by `time` holds is revoked (6.3.3 i); an entry of a later list revokes from its own
 * date on. Not to be on a list says something only while that list is current, and only for the reasons it covers.
 * A delta list adds to a complete list of the same scope that is not older than its base (6.3.3 c). Indirect lists are
 * not supported and say so.
 */
export function revocationState(
  certificate: Certificate,
  issuer: Certificate,
  lists: readonly RevocationList[],
  time: number,
  strict = false,
): RevocationAnswer {
  const issuerName = comparableNames(certificate).issuer;
  let why = 'no revocation list of its issuer is at hand';
  const usable: RevocationList[] = [];
  for (const list of lists) {
    if (issuerOf(list) !== issuerName) continue;
    const unusable = whyUnusable(list, certificate, issuer, strict);
    if (unusable === undefined) usable.push(list);
    else why = unusable;
  }
  let held: { list: RevocationList; answer: RevocationAnswer } | undefined;
  for (const list of usable) {
    const entry = list.revoked.get(certificate.serial);
    if (!entry || entry.reason === 'removeFromCRL' || (list.thisUpdate > time && entry.time > time)) continue;
    const answer = revoked(entry);
    if (entry.reason !== 'certificateHold') return answer;
    if (!held || list.thisUpdate > held.list.thisUpdate) held = { list, answer };
  }
  if (held && !released(held.list, usable, certificate.serial, time)) return held.answer;
  let covered = 0;
  for (const list of usable) {
    if (list.delta) continue;
    if (time < list.thisUpdate) why = 'the revocation list is from after the time of judgement';
    else if (list.nextUpdate !== undefined && time > list.nextUpdate)
      why = `the revocation list ended on ${isoTime(list.nextUpdate)}`;
    else covered |= coverage(parsedListForm(list).scope, certificate);
  }
  if ((covered & ALL_REASONS) === ALL_REASONS) return { state: 'good', says: 'not on the current revocation list' };
  return unknown(covered === 0 ? why : 'the revocation lists at hand cover only some reasons');
}

const issuerNames = new WeakMap<RevocationList, string>();

function issuerOf(list: RevocationList): string {
  let name = issuerNames.get(list);
  if (name === undefined) {
    name = comparableRdns(parsedListForm(list).issuer).join('\n');
    issuerNames.set(list, name);
  }
  return name;
}

function revoked(entry: RevokedEntry): RevocationAnswer {
  const when = isInstant(entry.time) ? ` since ${isoTime(entry.time)}` : '';
  return {
    state: 'revoked',
    says: `revoked${when}${entry.reason ? ` (${entry.reason})` : ''}`,
    ...(Number.isFinite(entry.time) ? { revokedAt: entry.time } : {}),
    ...(entry.reason ? { reason: entry.reason } : {}),
  };
}

/** A hold ends when a later complete list no longer names the certificate, or a delta on that list removes it. */
function released(held: RevocationList, lists: readonly RevocationList[], serial: string, time: number): boolean {
  return lists.some((list) => {
    if (list === held || list.thisUpdate > time || list.thisUpdate < held.thisUpdate) return false;
    if (!sameScope(held, list)) return false;
    if (!list.delta) return list.thisUpdate > held.thisUpdate && !list.revoked.has(serial);
    return list.revoked.get(serial)?.reason === 'removeFromCRL' && buildsOn(list, held);
  });
}

/** RFC 5280 6.3.3 c: the base of the delta is not newer than the complete list, and the delta is newer than it. */
function buildsOn(delta: RevocationList, complete: RevocationList): boolean {
  const base = parsedListForm(delta).baseNumber;
  if (base === undefined || complete.number === undefined || delta.number === undefined) return false;
  const number = BigInt(`0x${complete.number || '0'}`);
  return number >= BigInt(`0x${base || '0'}`) && BigInt(`0x${delta.number || '0'}`) > number;
}

/** Scopes are the same when they are written the same (RFC 5280 6.3.3 c 2). */
function sameScope(a: RevocationList, b: RevocationList): boolean {
  const scope = (list: RevocationList): string => {
    const form = parsedListForm(list);
    const extension = form.extensions.find((e) => e.oid === '2.5.29.28');
    return extension ? form.bytes.toString('latin1', extension.content, extension.end) : '';
  };
  return scope(a) === scope(b);
}

/** The reasons for which a list speaks about this certificate (6.3.3 d). */
function coverage(scope: DistributionScope | undefined, certificate: Certificate): number {
  const byList = scope?.reasons ?? ALL_REASONS;
  const points = parsedForm(certificate).distributionPoints ?? [];
  const fitting = scope?.names.length ? points.filter((p) => p.names.some((n) => named(scope, n))) : points;
  if (fitting.length === 0 || fitting.some((p) => p.reasons === undefined)) return byList;
  return byList & fitting.reduce((mask, p) => mask | p.reasons!, 0);
}

const named = (scope: DistributionScope, name: { kind: string; value: string }): boolean =>
  scope.names.some((n) => n.kind === name.kind && n.value === name.value);

const signatures = new WeakMap<RevocationList, Map<string, SignatureCheck>>();

/** Checked once for a list and a key: a list of 5 MB is asked about thousands of certificates. */
function listSignature(list: RevocationList, issuer: Certificate): SignatureCheck {
  let known = signatures.get(list);
  if (!known) {
    known = new Map();
    signatures.set(list, known);
  }
  let check = known.get(issuer.spkiSha256);
  if (!check) {
    check = checkListSignature(list, issuer);
    known.set(issuer.spkiSha256, check);
  }
  return check;
}

function whyUnusable(
  list: RevocationList,
  certificate: Certificate,
  issuer: Certificate,
  strict: boolean,
): string | undefined {
  const form = parsedListForm(list);
  const { scope } = form;
  const usage = issuer.keyUsage;
  if (usage && !usage.includes('cRLSign'))
    return 'the issuer of the revocation list may not sign lists (keyUsage lacks cRLSign)';
  if (scope?.indirect || form.hasEntryIssuers) return 'indirect revocation lists are not supported';
  if (form.unknownCritical.length > 0)
    return `the revocation list has critical extensions that are not understood: ${form.unknownCritical.join(', ')}`;
  if (strict) {
    const breach = strictListBreach(list);
    if (breach) return breach;
  }
  if (scope) {
    const ca = certificate.basicConstraints?.ca === true;
    if (scope.onlyAttribute || (scope.onlyUser && ca) || (scope.onlyCa && !ca))
      return 'the revocation list does not cover this kind of certificate';
    if (scope.relativeName)
      return 'the revocation list names its distribution point relative to its issuer, which is not supported';
    const points = parsedForm(certificate).distributionPoints ?? [];
    if (scope.names.length > 0 && !points.some((p) => p.names.some((n) => named(scope, n))))
      return 'the revocation list belongs to another distribution point';
  }
  const signature = listSignature(list, issuer);
  return signature.result === 'ok' ? undefined : `the signature of the revocation list: ${signature.because}`;
}
