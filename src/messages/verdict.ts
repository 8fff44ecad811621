/** What became of verifying one claim of a message. Plain and serialisable. */
import type { Reason } from './reasons.ts';
import { causeOf, REASONS } from './reasons.ts';
import type { Direction } from './stored-message.ts';

export interface Difference {
  /** Byte offset of the first difference in the string to sign. */
  offset: number;
  /** Bytes around it with letters and digits masked. */
  signed: string;
  found: string;
}

export interface Step {
  /** Name in the ordered procedure: header, algorithm, key, key type, signature, digest, spelling, encoding, certificate, time. */
  step: string;
  outcome: 'passed' | 'failed' | 'skipped';
  says: string;
}

export interface Verdict {
  label: string;
  direction: Direction;
  result: 'valid' | 'invalid' | 'not-checked';
  /** Fine reason, where one was found. */
  reason?: Reason;
  /** Cause of the catalogue; set only when it is proven. */
  cause?: string;
  /** Causes that remain possible when nothing is proven, likeliest first. */
  possible: string[];
  /** One sentence for a tired person. */
  says: string;
  proof: string[];
  /** What would prove it, when it is not proven, or would let it be checked. */
  wouldProve?: string;
  remedy?: string;
  difference?: Difference;
  algorithm?: string;
  key?: { label: string; file: string; serial?: string };
  steps: Step[];
  /** Weak algorithms and keys, reported for what they are. */
  weaknesses: string[];
  /** Signed time, ms UTC. */
  time?: number;
  /** The stored file differs from the message (a line end that an editor added): the message itself is sound. */
  storageArtefact?: boolean;
}

/** A verdict with its cause filled in from the reason. */
export function invalid(
  base: { label: string; direction: Direction },
  reason: Reason,
  says: string,
  more: Partial<Verdict> & { proven?: boolean } = {},
): Verdict {
  const { proven = true, ...rest } = more;
  const cause = causeOf(reason, base.direction);
  return {
    label: base.label,
    direction: base.direction,
    result: 'invalid',
    reason,
    ...(proven ? { cause } : {}),
    possible: proven ? [] : [cause],
    says,
    proof: [],
    remedy: REASONS[reason].remedy,
    steps: [],
    weaknesses: [],
    ...rest,
  };
}

export function valid(
  base: { label: string; direction: Direction },
  says: string,
  more: Partial<Verdict> = {},
): Verdict {
  return {
    label: base.label,
    direction: base.direction,
    result: 'valid',
    possible: [],
    says,
    proof: [],
    steps: [],
    weaknesses: [],
    ...more,
  };
}

export function notChecked(
  base: { label: string; direction: Direction },
  says: string,
  wouldProve: string,
  more: Partial<Verdict> = {},
): Verdict {
  return {
    label: base.label,
    direction: base.direction,
    result: 'not-checked',
    possible: [],
    says,
    wouldProve,
    proof: [],
    steps: [],
    weaknesses: [],
    ...more,
  };
}
