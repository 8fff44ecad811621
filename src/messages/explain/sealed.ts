/** Encrypted content: opened with the keys at hand, and why not when it cannot be. */

import { counted } from '../../wording.ts';
import { matchKeys } from '../keys/lookup.ts';
import { describeKey, type KeyMaterial } from '../keys/material.ts';
import type { JudgeOptions, SealedClaim } from '../scheme.ts';
import { invalid, notChecked, type Step, type Verdict, valid } from '../verdict.ts';

const MAXIMUM_KEYS = 200;

/**
 * @param intact the signature around the content has verified: what does not open was not changed on the way, so the key is wrong
 */
export async function explainSealed(
  claim: SealedClaim,
  keys: readonly KeyMaterial[],
  options: JudgeOptions,
  intact: boolean | undefined,
): Promise<Verdict> {
  const steps: Step[] = [{ step: 'algorithm', outcome: 'passed', says: claim.algorithm }];
  const parts = { steps, algorithm: claim.algorithm };
  if (claim.defect) {
    steps.push({ step: 'header', outcome: 'failed', says: claim.defect.says });
    return invalid(claim, claim.defect.reason, `${claim.label}: ${claim.defect.says}`, {
      ...parts,
      proof: [claim.defect.says],
    });
  }
  const tried = keys.filter((k) => claim.accepts(k)).slice(0, MAXIMUM_KEYS);
  if (tried.length === 0) {
    steps.push({ step: 'key', outcome: 'skipped', says: 'no key for it was given' });
    return notChecked(claim, `${claim.label}: there is no key to open it with`, claim.needs, parts);
  }
  const hints = [claim.hint, ...(claim.furtherHints ?? [])];
  const named = claim.hint ? tried.filter((k) => matchKeys(hints, k).is === 'named') : [];
  for (const key of [...named, ...tried.filter((k) => !named.includes(k))]) {
    const opened = await claim.open(key);
    if (!opened) continue;
    const by = { ...parts, key: describeKey(key) };
    if (opened.variant) {
      steps.push({ step: 'decryption', outcome: 'failed', says: `opens only ${opened.variant.says}` });
      return invalid(claim, opened.variant.reason, `${claim.label}: it opens only ${opened.variant.says}`, {
        ...by,
        proof: [`the authentication tag is right ${opened.variant.says}`],
      });
    }
    steps.push({ step: 'decryption', outcome: 'passed', says: `opens with ${key.label}` });
    const match = matchKeys(hints, key);
    if (match.is === 'other' && match.by) {
      const says = `${match.by.field} is ${match.by.value.slice(0, 80)}, but the key that opens it is ${key.id ?? key.serial ?? key.label}`;
      return invalid(claim, 'serial-mismatch', `${claim.label}: ${says}`, { ...by, proof: [says] });
    }
    return valid(claim, `${claim.label}: the content opens with ${key.label}`, by);
  }
  steps.push({
    step: 'decryption',
    outcome: 'failed',
    says: `${counted(tried.length, 'key')} ${tried.length === 1 ? 'was' : 'were'} tried`,
  });
  for (const key of tried) {
    const found = claim.rightKeyBut?.(key);
    if (!found) continue;
    steps.push({ step: 'key', outcome: 'passed', says: `${key.label} is the key of the recipient` });
    return invalid(claim, found.reason, `${claim.label}: ${found.says}`, {
      ...parts,
      key: describeKey(key),
      proof: [`${key.label}: ${found.says}`],
    });
  }
  if (intact && options.keysAreThose)
    return invalid(
      claim,
      'decrypt-key-wrong',
      `${claim.label}: the message is genuine and unchanged, but its content does not open with ${tried[0]!.label}`,
      {
        ...parts,
        proof: ['the signature over the whole message is valid, so the encrypted content is as it was sent'],
      },
    );
  if (!options.keysAreThose)
    return notChecked(claim, `${claim.label}: none of the keys at hand opens it`, claim.needs, {
      ...parts,
      possible: ['decrypt-key-wrong'],
    });
  return invalid(
    claim,
    'decrypt-key-wrong',
    `${claim.label}: the content does not open: another key, or the content was changed`,
    {
      ...parts,
      // The tag of authenticated encryption does not tell a wrong key from changed content.
      proven: false,
      possible:
        intact === false
          ? ['webhook-body-altered', 'decrypt-key-wrong']
          : ['decrypt-key-wrong', 'webhook-body-altered'],
      wouldProve: 'the signature around it: when it verifies, the content is unchanged and the key is wrong',
    },
  );
}
