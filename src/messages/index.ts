import type { EvidenceSource } from '../evidence/types.ts';
import type { Observations } from '../graph/observations.ts';
import type { MessageObservation } from './types.ts';

/** Verifies the signed messages of a bundle with the keys found in it. */
export async function readMessages(_sources: EvidenceSource[], _observations: Observations, _patterns: string[]): Promise<MessageObservation[]> {
  return [];
}
