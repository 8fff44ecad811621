import type { Json } from '../finding.ts';

/** One signed (or MACed, or encrypted) payment message and what became of verifying it. */
export interface MessageObservation {
  file: string;
  line?: number;
  /** ms UTC; NaN when unknown. */
  time: number;
  scheme: string;
  direction: 'request' | 'response' | 'callback' | 'unknown';
  result: 'valid' | 'invalid' | 'not-checked';
  /** Cause slug when invalid and proven, e.g. `webhook-body-altered`. */
  cause?: string;
  /** Fine reason, e.g. `json-rewritten`. */
  reason?: string;
  /** Causes that are possible where none is proven. */
  possible?: string[];
  says: string;
  proof: string[];
  /** What would let it be checked, or prove the cause. */
  wouldShow?: string;
  /** File of the key that the verdict rests on. */
  keyFile?: string;
  data?: { [key: string]: Json };
}
