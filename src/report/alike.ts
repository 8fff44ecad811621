import type { EvidenceRef } from '../finding.ts';

/** A piece of evidence and how many behind it say the same. */
export interface AlikeEvidence {
  ref: EvidenceRef;
  /** Those that follow in the same file and differ from it in their numbers only. */
  more: number;
}

/**
 * Evidence as a person reads it: a hundred lines of one file that differ in a client's address or an order number are one line and
 * a count. What other lines stand between is not put together, so that the order stays. Machine formats keep all.
 */
export function alikeTogether(evidence: readonly EvidenceRef[]): AlikeEvidence[] {
  const shown: AlikeEvidence[] = [];
  let last: string | undefined;
  for (const ref of evidence) {
    const shape = ref.text === undefined ? undefined : `${ref.file}\n${ref.text.replace(/\d+/g, '0')}`;
    if (shape !== undefined && shape === last) shown.at(-1)!.more++;
    else shown.push({ ref, more: 0 });
    last = shape;
  }
  return shown;
}
