/** From one stored message to its verdicts: the scheme is found, its claims are read, each is verified and explained. */

import { explainSignature } from './explain/explain.ts';
import { explainSealed } from './explain/sealed.ts';
import type { KeyMaterial } from './keys/material.ts';
import type { Claim, JudgeOptions, ReadContext, Scheme } from './scheme.ts';
import { SCHEMES } from './schemes/registry.gen.ts';
import type { StoredMessage } from './stored-message.ts';
import { repeatedName } from './variants/parameters.ts';
import { invalid, type Verdict } from './verdict.ts';

export interface MessageVerdict {
  file: string;
  line?: number;
  /** How the message was stored. */
  form: string;
  /** ms UTC of reception; NaN when unknown. */
  time: number;
  scheme?: { id: string; title: string };
  verdicts: Verdict[];
}

export interface VerifyOptions extends JudgeOptions {
  /** Scheme id; absent: found from the message. */
  scheme?: Scheme;
  context?: ReadContext;
}

const MAXIMUM_CLAIMS = 50;

/** The scheme of a message, by content; undefined when it carries no sign of any. */
export function findScheme(message: StoredMessage): Scheme | undefined {
  let best: Scheme | undefined;
  let certainty = 0;
  for (const scheme of SCHEMES) {
    const sure = scheme.detect(message);
    if (sure > certainty) {
      best = scheme;
      certainty = sure;
    }
  }
  return best;
}

export const schemeById = (id: string): Scheme | undefined => SCHEMES.find((s) => s.meta.id === id);
export const schemeIds = (): string[] => SCHEMES.map((s) => s.meta.id);

/**
 * Verifies one message. The result has no scheme when none was recognised, and no verdicts when the message carries
 * nothing to verify.
 */
export async function verifyMessage(
  message: StoredMessage,
  keys: readonly KeyMaterial[],
  options: VerifyOptions,
): Promise<MessageVerdict> {
  const scheme = options.scheme ?? findScheme(message);
  const out: MessageVerdict = {
    file: message.file,
    ...(message.line === undefined ? {} : { line: message.line }),
    form: message.form,
    time: message.time,
    verdicts: [],
  };
  if (!scheme) return out;
  out.scheme = { id: scheme.meta.id, title: scheme.meta.title };
  const at = Number.isFinite(options.at) ? options.at : message.time;
  const claims = (await scheme.claims(message, options.context ?? { parameters: {} })).slice(0, MAXIMUM_CLAIMS);
  let intact: boolean | undefined;
  for (const claim of claims) {
    const verdict = await judge(claim, keys, { at, keysAreThose: options.keysAreThose }, intact);
    if (claim.kind === 'signature' && verdict.result !== 'not-checked')
      intact = (intact ?? true) && (verdict.result === 'valid' || verdict.reason === 'timestamp-outside-window');
    out.verdicts.push(verdict);
  }
  const twice = scheme.meta.signsFields && out.verdicts.some((v) => v.result === 'valid') && repeatedName(message);
  if (twice) {
    const says = `${twice.slice(0, 80)} stands twice in the message: one value may be verified and the other one used`;
    const { label, direction } = out.verdicts[0]!;
    out.verdicts.push(invalid({ label, direction }, 'structure-refused', `${label}: ${says}`, { proof: [says] }));
  }
  return out;
}

async function judge(
  claim: Claim,
  keys: readonly KeyMaterial[],
  options: JudgeOptions,
  intact: boolean | undefined,
): Promise<Verdict> {
  switch (claim.kind) {
    case 'signature':
      return explainSignature(claim, keys, options);
    case 'sealed':
      return explainSealed(claim, keys, options, intact);
    case 'judged':
      return claim.judge(keys, options);
    default:
      return invalid(claim, claim.reason, `${claim.label}: ${claim.says}`, {
        proven: claim.proven ?? true,
        proof: claim.proven === false ? [] : [claim.says],
        ...(claim.wouldProve ? { wouldProve: claim.wouldProve } : {}),
        steps: [{ step: 'header', outcome: 'failed', says: claim.says }],
      });
  }
}
