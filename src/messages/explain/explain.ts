/**
 * The ordered procedure that says why a signature does not verify: signature value, key lookup, key type, verification of
 * the bytes as stored, then what an RSA signature tells by itself, other spellings of the content, and damage to the value.
 * What verifies is judged further: inner digests, certificate at signing time, clock. A cause is named only with proof.
 */

import { parseCertificate } from '../../x509/index.ts';
import { type Match, matchKeys } from '../keys/lookup.ts';
import type { KeyMaterial } from '../keys/material.ts';
import { certificateKey, fromSpki } from '../keys/read-keys.ts';
import type { JudgeOptions, SignatureClaim } from '../scheme.ts';
import { invalid, notChecked, type Verdict } from '../verdict.ts';
import { explainMac } from './mac.ts';
import { explainPublicKey } from './public-key.ts';
import { readings } from './signature-value.ts';
import { Trail } from './trail.ts';
import { vouchedFor } from './vouch.ts';

/** A key with its relation to what the message names. */
export interface KeyCandidate {
  key: KeyMaterial;
  match: Match;
  /** It stands in the message itself. */
  embedded: boolean;
}

const MAXIMUM_KEYS = 400;

/** Verifies one signature and names the cause when it does not hold. Pure; never throws. */
export function explainSignature(claim: SignatureClaim, keys: readonly KeyMaterial[], options: JudgeOptions): Verdict {
  const trail = new Trail(claim);
  const decoded = claim.signatures.flatMap((s) => [...readings(s)].map((reading) => ({ reading, stored: s })));
  if (decoded.length === 0) {
    trail.failed('header', 'the signature value is empty or in no known encoding');
    return invalid(claim, 'header-malformed', `${claim.label}: the signature value cannot be decoded`, trail.parts());
  }
  trail.passed(
    'header',
    `${claim.label}, ${claim.signatures.length} signature value${claim.signatures.length === 1 ? '' : 's'}`,
  );
  trail.passed('algorithm', claim.declared ? `${claim.declared} (${claim.algorithm.label})` : claim.algorithm.label);
  if (claim.algorithm.kind === 'hmac' || claim.algorithm.kind === 'keyed-digest')
    return explainMac(trail, keys.slice(0, MAXIMUM_KEYS), options);
  const candidates = candidatesOf(claim, keys);
  const usable = candidates.filter((c) => c.key.publicKey);
  if (usable.length === 0) {
    trail.skipped('key', 'no public key or certificate was given');
    return notChecked(
      claim,
      `${claim.label}: there is no key to verify it with`,
      claim.hint
        ? `the certificate or public key that the message names (${claim.hint.field} ${claim.hint.value.slice(0, 80)})`
        : `the public key or certificate of the ${claim.direction === 'request' ? 'merchant' : 'provider'}`,
      trail.parts(),
    );
  }
  return explainPublicKey(trail, usable, options);
}

/** Named keys first, then those without identity, then others; certificates of the message last. */
function candidatesOf(claim: SignatureClaim, keys: readonly KeyMaterial[]): KeyCandidate[] {
  const hints = [claim.hint, ...(claim.furtherHints ?? [])];
  const given = keys
    .slice(0, MAXIMUM_KEYS)
    .map((key): KeyCandidate => ({ key, match: matchKeys(hints, key), embedded: false }));
  // Where the message names one of them, those that have no name of their own are not it.
  const named = given.filter((g) => g.match.is === 'named');
  for (const g of given)
    if (named[0] && g.match.is === 'unknown' && !named.some((n) => n.key.spkiSha256 === g.key.spkiSha256))
      g.match = { ...named[0].match, is: 'other' };
  const rank = { named: 0, unknown: 1, other: 2 };
  given.sort((a, b) => rank[a.match.is] - rank[b.match.is]);
  const own = claim.embeddedKey?.export({ format: 'der', type: 'spki' });
  const bare = own ? fromSpki(own, 'the message') : undefined;
  if (bare && !given.some((g) => g.key.spkiSha256 === bare.spkiSha256))
    given.push({ key: bare, match: { is: 'unknown' }, embedded: true });
  const signer = claim.certificates?.[0];
  if (!signer) return given;
  const certificate = parseCertificate(signer);
  const key = certificateKey(certificate, 'the message');
  if (!key || given.some((g) => g.key.spkiSha256 === key.spkiSha256)) return given;
  return [
    ...given,
    {
      key,
      match: matchKeys(hints, key),
      embedded: !vouchedFor(claim.certificates!, keys, claim.timestamp?.time ?? Number.NaN),
    },
  ];
}
