/** The priority rule. Computed from impact, exposure and time left; never typed in by hand. */

import type { Impact, Json, Priority } from '../finding.ts';
import { counted } from '../wording.ts';
import type { Thresholds } from './types.ts';

export const DEFAULT_THRESHOLDS: Thresholds = {
  /** Share of a leg's attempts that makes an interruption wide. */
  wideShare: 0.2,
  /** Minutes it must last to count as one. */
  wideMinutes: 5,
  /** Attempts below which a share says little. */
  wideAttempts: 10,
  /** Days to an expiry at which it is urgent, important. */
  expiryUrgentDays: 2,
  expiryImportantDays: 14,
};

export interface PriorityDecision {
  priority: Priority;
  because: string;
  inputs: { [name: string]: Json };
}

/** An interruption that goes on when the evidence ends is wide before its five minutes are over where so much fails, of so many. */
const MOST_FAIL = 0.5;
const ENOUGH_OF_THEM = 20;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const lasted = (minutes: number): string =>
  minutes < 1 ? 'less than a minute' : counted(Math.round(minutes), 'minute');

/**
 * Decides a priority from measured impact.
 * Exposure, or a wide interruption, is urgent; one merchant, one client group, one route beside working ones or
 * sporadic failure is important; everything else is routine.
 *
 * @param base what holds when the impact measured nothing (a check's own floor)
 */
export function decidePriority(impact: Impact, base: Priority, t: Thresholds = DEFAULT_THRESHOLDS): PriorityDecision {
  const inputs: { [name: string]: Json } = {};
  for (const [k, v] of Object.entries(impact))
    if (v !== undefined) inputs[k] = typeof v === 'number' ? Math.round(v * 1000) / 1000 : v;
  const decide = (priority: Priority, because: string): PriorityDecision => ({ priority, because, inputs });
  if (impact.exposure) {
    const what = { keys: 'keys', 'card-data': 'card data', identity: 'a forged identity', intruder: 'an intruder' }[
      impact.exposure
    ];
    return decide(
      'urgent',
      `${what} ${impact.exposure === 'keys' || impact.exposure === 'card-data' ? 'may be exposed' : 'is involved'}`,
    );
  }
  if (impact.scope === 'none') return decide('routine', 'no payment was affected');
  const minutes = impact.minutes ?? 0;
  if (impact.whollyDown)
    return decide(
      'urgent',
      `a leg or service that carries payments was wholly down for ${counted(Math.round(minutes), 'minute')}`,
    );
  const share = impact.failingShare;
  if (share !== undefined && (impact.attempts ?? 0) >= (t.wideAttempts ?? 10)) {
    const wide = share >= (t.wideShare ?? 0.2) && minutes >= (t.wideMinutes ?? 5);
    if (wide && impact.scope !== 'one-merchant')
      return decide(
        'urgent',
        `${percent(share)} of ${impact.attempts} attempts failed over ${counted(Math.round(minutes), 'minute')}`,
      );
    if (impact.scope === 'one-merchant')
      return decide('important', `one merchant is hit (${percent(share)} of ${impact.attempts} attempts failed)`);
    if (impact.scope === 'client-group' || impact.scope === 'one-route' || impact.scope === 'one-node') {
      return decide(
        'important',
        `one ${impact.scope === 'client-group' ? 'client group' : impact.scope === 'one-route' ? 'route' : 'node'} fails beside working ones (${percent(share)} of ${impact.attempts} attempts)`,
      );
    }
    const most = share >= MOST_FAIL && impact.attempts! >= ENOUGH_OF_THEM;
    // Whoever collects evidence three minutes after everything broke must not hear that it is sporadic.
    if (most && impact.ongoing && base !== 'routine')
      return decide('urgent', `${percent(share)} of ${impact.attempts} attempts fail, for ${lasted(minutes)} so far`);
    if (share > 0 && base !== 'routine')
      return decide(
        'important',
        share >= (t.wideShare ?? 0.2)
          ? `${percent(share)} of ${impact.attempts} attempts failed, for ${lasted(minutes)}`
          : `failures are sporadic (${percent(share)} of ${impact.attempts} attempts)`,
      );
  }
  if (impact.daysLeft !== undefined) {
    if (impact.daysLeft < 0)
      return decide(base, `expired ${counted(Math.round(-impact.daysLeft), 'day')} before the incident clock`);
    if (impact.daysLeft <= (t.expiryUrgentDays ?? 2) && base === 'urgent')
      return decide('urgent', `only ${impact.daysLeft.toFixed(1)} days are left`);
    if (impact.daysLeft <= (t.expiryImportantDays ?? 14) && base !== 'routine')
      return decide(
        'important',
        `${counted(Math.floor(impact.daysLeft), 'day')} ${Math.floor(impact.daysLeft) === 1 ? 'is' : 'are'} left`,
      );
  }
  return decide(
    base,
    // Counted payments of which none failed: a matter of money, not of an outage.
    impact.attempts !== undefined && impact.failingShare === undefined
      ? 'the usual scope of this fault'
      : 'the usual scope of this fault; the evidence holds no payment rates to measure it',
  );
}
