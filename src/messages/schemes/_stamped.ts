/** What the schemes share that sign a time together with the body. */
import type { Candidate } from '../scheme.ts';
import { bodyVariants } from '../variants/body.ts';

/** Epoch seconds or milliseconds, or ISO 8601, to ms UTC; NaN when it is neither. */
export function stampOf(text: string): number {
  const trimmed = text.trim();
  if (/^\d{9,11}$/.test(trimmed)) return Number(trimmed) * 1000;
  if (/^\d{12,14}$/.test(trimmed)) return Number(trimmed);
  return /^\d{4}-\d\d-\d\dT/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
}

/** The same time in the other unit. */
export function otherUnits(time: string): string[] {
  if (/^\d{9,11}$/.test(time)) return [`${time}000`];
  return /^\d{12,14}$/.test(time) ? [time.slice(0, -3)] : [];
}

/** Candidates of a string that holds a time and the body, put together by `compose`. */
export function* stampedCandidates(
  body: Buffer,
  time: string,
  compose: (time: string, body: Buffer) => Buffer,
): Iterable<Candidate> {
  for (const v of bodyVariants(body)) yield { ...v, bytes: compose(time, v.bytes) };
  for (const unit of otherUnits(time))
    yield {
      bytes: compose(unit, body),
      reason: 'timestamp-unit',
      says: 'with the time in the other unit (seconds, milliseconds)',
    };
  yield { bytes: body, reason: 'string-to-sign', says: 'alone, without the time' };
  yield {
    bytes: Buffer.concat([compose(time, body), Buffer.from('\n')]),
    reason: 'string-to-sign',
    says: 'with a line end after the string to sign',
  };
}
