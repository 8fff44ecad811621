/** What is judged after a signature has verified: inner digests, the certificate at signing time, the clock. */

import { plainTime } from '../../instant.ts';
import { validityAt } from '../../x509/index.ts';
import { digest } from '../algorithms.ts';
import type { JudgeOptions, SignatureClaim } from '../scheme.ts';
import { invalid, type Verdict, valid } from '../verdict.ts';
import { firstDifference } from './difference.ts';
import type { KeyCandidate } from './explain.ts';
import type { Trail } from './trail.ts';

/** Judges the rest of a claim whose signature holds. */
export function judgeVerified(trail: Trail, by: KeyCandidate | undefined, options: JudgeOptions): Verdict {
  const { claim } = trail;
  return (
    judgeDigests(trail, by) ??
    judgeCertificate(trail, by, options) ??
    judgeTime(trail, by, options) ??
    valid(
      claim,
      `${claim.label}: the signature is valid${unnamed(claim, by)}${claim.limits ? `; ${claim.limits}` : ''}`,
      trail.parts(by?.key),
    )
  );
}

/** What the message calls its key where nothing says whether that is the one: valid, but not compared. */
function unnamed({ hint }: SignatureClaim, by: KeyCandidate | undefined): string {
  if (!hint || by?.match.is !== 'unknown') return '';
  return ` (${hint.field} ${hint.value.slice(0, 80)} was not compared: ${by.key.label} carries no name of its own)`;
}

/** Digests that the signature covers against the content that travels beside it. */
export function judgeDigests(trail: Trail, by: KeyCandidate | undefined): Verdict | undefined {
  for (const d of trail.claim.digests ?? []) {
    if (digest(d.hash, d.content).equals(d.expected)) {
      trail.passed('digest', `${d.label} is that of the content`);
      continue;
    }
    trail.failed('digest', `${d.label} is not that of the content`);
    for (const candidate of d.candidates?.() ?? []) {
      if (!trail.afford(candidate.bytes.length)) break;
      if (!digest(d.hash, candidate.bytes).equals(d.expected)) continue;
      trail.proof.push(`${d.label} is that of the content ${candidate.says}`);
      const difference = firstDifference(candidate.bytes, d.content);
      return invalid(trail.claim, candidate.reason, `${d.label}: the content was signed ${candidate.says}`, {
        ...trail.parts(by?.key),
        ...(difference ? { difference } : {}),
      });
    }
    trail.proof.push(`the signature covers ${d.label}, and the stored content has another digest`);
    return invalid(
      trail.claim,
      'digest-mismatch',
      `${d.label}: the signature is genuine, but the content is not the one that was signed`,
      trail.parts(by?.key),
    );
  }
  return undefined;
}

/** The certificate at the time of signing; never at the time of analysis. */
function judgeCertificate(trail: Trail, by: KeyCandidate | undefined, options: JudgeOptions): Verdict | undefined {
  const certificate = by?.key.certificate;
  if (!certificate) return undefined;
  const signedAt = Number.isFinite(trail.claim.timestamp?.time) ? trail.claim.timestamp!.time : options.at;
  if (!Number.isFinite(signedAt)) {
    trail.skipped('certificate', 'nothing says when the message was signed');
    return undefined;
  }
  const state = validityAt(certificate, signedAt);
  if (state === 'expired' || state === 'not-yet-valid') {
    const says =
      state === 'expired'
        ? `expired ${plainTime(certificate.notAfter)}, signed ${plainTime(signedAt)}`
        : `valid from ${plainTime(certificate.notBefore)}, signed ${plainTime(signedAt)}`;
    trail.failed('certificate', says);
    trail.proof.push(`${by.key.label}: ${says}`);
    return invalid(
      trail.claim,
      state === 'expired' ? 'certificate-expired' : 'certificate-not-yet-valid',
      `${trail.claim.label}: the signature holds, but its certificate ${state === 'expired' ? 'had expired' : 'was not yet valid'} when it was made (${says})`,
      trail.parts(by.key),
    );
  }
  if (by.key.revokedAt !== undefined && by.key.revokedAt <= signedAt) {
    const says = `revoked ${plainTime(by.key.revokedAt)}, signed ${plainTime(signedAt)}`;
    trail.failed('certificate', says);
    trail.proof.push(`${by.key.label}: ${says}`);
    return invalid(
      trail.claim,
      'certificate-revoked',
      `${trail.claim.label}: the signature holds, but its certificate had been revoked (${says})`,
      trail.parts(by.key),
    );
  }
  const usage = certificate.keyUsage;
  if (usage && usage.length > 0 && !usage.includes('digitalSignature') && !usage.includes('nonRepudiation')) {
    trail.failed('certificate', `key usage is ${usage.join(', ')}`);
    trail.proof.push(`${by.key.label} allows ${usage.join(', ')} only`);
    return invalid(
      trail.claim,
      'certificate-usage',
      `${trail.claim.label}: the signature holds, but its certificate is not meant for signing (${usage.join(', ')})`,
      trail.parts(by.key),
    );
  }
  trail.passed('certificate', `valid at signing time, ${plainTime(signedAt)}`);
  return undefined;
}

function judgeTime(trail: Trail, by: KeyCandidate | undefined, options: JudgeOptions): Verdict | undefined {
  const stamp = trail.claim.timestamp;
  if (!stamp || stamp.toleranceMs <= 0) return undefined;
  if (!Number.isFinite(stamp.time) || !Number.isFinite(options.at)) {
    trail.skipped('time', 'nothing says when the message was received (--at TIME)');
    return undefined;
  }
  const skew = Math.round((options.at - stamp.time) / 1000);
  const allowed = Math.round(stamp.toleranceMs / 1000);
  const says = `${stamp.field} ${plainTime(stamp.time)}, received ${plainTime(options.at)}: ${Math.abs(skew)} s ${skew < 0 ? 'ahead' : 'old'}, ${allowed} s allowed`;
  if (Math.abs(skew) <= allowed) {
    trail.passed('time', says);
    return undefined;
  }
  trail.failed('time', says);
  trail.proof.push(says);
  return invalid(
    trail.claim,
    'timestamp-outside-window',
    `${trail.claim.label}: the signature holds, but the message is ${Math.abs(skew)} s ${skew < 0 ? 'ahead of' : 'behind'} the clock; ${allowed} s are allowed`,
    trail.parts(by?.key),
  );
}
