import type { World } from './world.ts';

/** What a right answer says of one generated bundle. */
export interface Truth {
  /** Slugs; empty for a day without an incident. */
  causes: string[];
  /** Slugs that deserve full credit as well. */
  also?: string[];
  /** Owners that are right, as seen from the merchant platform. */
  owners?: string[];
  /** Priorities that are right; urgent and important when not given. */
  priorities?: string[];
  /** ms UTC; the world's onset when not given. */
  onset?: number;
}

export interface Incident extends Truth {
  /** What this bundle is, in a few words; unique. */
  name: string;
  /** Causes that it resembles and that must not be claimed. */
  unlike: string[];
  /** Writes the evidence of the incident. */
  tell(world: World): void | Promise<void>;
}
