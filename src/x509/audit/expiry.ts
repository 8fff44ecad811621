/** Expiry by share of lifetime: fixed days are wrong for certificates of 6 and of 47 days. */
import type { Priority } from '../../finding.ts';
import type { LinkRole } from './types.ts';

const DAY = 86_400_000;

export interface ExpiryInput {
  /** ms UTC. */
  notBefore: number;
  notAfter: number;
  ca: boolean;
  role: LinkRole;
}

export interface ExpiryVerdict {
  /** Absent: nothing to do yet. */
  priority?: Priority;
  remaining: number;
  /** Remaining share of the lifetime, 0..1. */
  share: number;
}

/**
 * When a renewal should begin: important at a third of the lifetime, urgent at a sixth or 72 hours (24 hours for
 * certificates of at most 10 days). Long lifetimes are capped, so that a ten-year root is not urgent for 20 months:
 * leaves at 45 and 14 days, CA certificates at 180 and 60. A client certificate has to be registered with the other
 * side, which takes longer: its caps are doubled.
 */
export function judgeExpiry(input: ExpiryInput, clock: number): ExpiryVerdict {
  const lifetime = input.notAfter - input.notBefore;
  const remaining = input.notAfter - clock;
  const share = lifetime > 0 ? remaining / lifetime : 0;
  if (!Number.isFinite(remaining) || lifetime <= 0) return { remaining, share: 0 };
  const caps = input.ca ? { important: 180, urgent: 60 } : { important: 45, urgent: 14 };
  const stretch = input.role === 'client' && !input.ca ? 2 : 1;
  const urgentFloor = lifetime <= 10 * DAY ? DAY : 3 * DAY;
  const urgent =
    lifetime <= 10 * DAY ? urgentFloor : Math.max(urgentFloor, Math.min(lifetime / 6, caps.urgent * stretch * DAY));
  const important = Math.max(urgent, Math.min(lifetime / 3, caps.important * stretch * DAY));
  if (remaining <= urgent) return { priority: 'urgent', remaining, share };
  if (remaining <= important) return { priority: 'important', remaining, share };
  return { remaining, share };
}
