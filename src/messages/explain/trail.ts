/** State of explaining one claim: the steps taken, what was proven on the way, and the budget. */
import type { KeyMaterial } from '../keys/material.ts';
import { describeKey } from '../keys/material.ts';
import type { SignatureClaim } from '../scheme.ts';
import type { Step, Verdict } from '../verdict.ts';

/** Bytes hashed for candidates of one claim at most; hostile bodies must not buy minutes of work. */
const HASH_BUDGET = 192 * 2 ** 20;

export class Trail {
  readonly claim: SignatureClaim;
  readonly steps: Step[] = [];
  readonly proof: string[] = [];
  readonly weaknesses: string[] = [];
  #budget = HASH_BUDGET;

  constructor(claim: SignatureClaim) {
    this.claim = claim;
  }

  passed(step: string, says: string): void {
    this.steps.push({ step, outcome: 'passed', says });
  }

  failed(step: string, says: string): void {
    this.steps.push({ step, outcome: 'failed', says });
  }

  skipped(step: string, says: string): void {
    this.steps.push({ step, outcome: 'skipped', says });
  }

  /** Whether that many bytes may still be hashed. */
  afford(bytes: number): boolean {
    if (this.#budget < bytes) return false;
    this.#budget -= bytes + 64;
    return true;
  }

  /** The common part of every verdict. */
  parts(key?: KeyMaterial): Partial<Verdict> {
    const { claim } = this;
    return {
      steps: this.steps,
      proof: this.proof,
      weaknesses: this.weaknesses,
      algorithm: claim.algorithm.label,
      ...(key ? { key: describeKey(key) } : {}),
      ...(claim.timestamp && Number.isFinite(claim.timestamp.time) ? { time: claim.timestamp.time } : {}),
    };
  }
}
