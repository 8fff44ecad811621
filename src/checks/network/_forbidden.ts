/** Requests of ours that the peer answered 401 or 403, as the applications logged them. */
import { bursts, MINUTE } from '../../graph/bursts.ts';
import type { LogRecord } from '../../logs/types.ts';
import type { CheckContext } from '../types.ts';

/** Records of the main burst, in order of time; none when they are isolated. */
export function refusedRequests(context: CheckContext, status: RegExp): LogRecord[] {
  const perMinute = new Map<number, number>();
  const refused = context.observations.logs.records.filter(
    (r) => Number.isFinite(r.time) && status.test(r.fields.http ?? r.fields.http_status ?? r.fields.status ?? ''),
  );
  for (const r of refused) {
    const minute = Math.floor(r.time / MINUTE) * MINUTE;
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  const burst = bursts(perMinute)[0];
  if (!burst || burst.count < 6) return [];
  return refused.filter((r) => r.time >= burst.from && r.time < burst.to + MINUTE).sort((a, b) => a.time - b.time);
}
