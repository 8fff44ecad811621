/** What peers answered to our requests, as the applications logged it: by field or in words. */
import { isLoopback } from '../address.ts';
import type { Impact } from '../finding.ts';
import { bursts, MINUTE } from '../graph/bursts.ts';
import type { LogRecord } from '../logs/types.ts';
import type { CheckContext } from './types.ts';

export interface PeerAnswer {
  record: LogRecord;
  status: number;
  /** The host of the URL in the same record, where there is one. */
  host?: string;
}

/** `http=503`, `HTTP 503`, `-> 503`, `status code: 503`, `503 Service Unavailable`, `503 Server Error: ...` (requests), `返回 503`. */
const IN_WORDS =
  /(?:\bHTTP(?:\/[\d.]+)?[ :=]{1,3}|\bstatus(?:[ _-]?code)?["']?\s?[:=]?\s?|->\s?|\breturned\s|\banswered\s|\bgot\s|返回\s?|\b(?=[45]\d\d (?:Bad|Unauthorized|Forbidden|Too Many|Internal|Service|Gateway|(?:Client|Server) Error: )))([45]\d\d)\b/i;
const URL_HOST = /\bhttps?:\/\/(?:[^/@\s"']{0,80}@)?([\w.-]{1,253})/i;

/** Status of a record that tells of an answer; undefined when it tells of none. */
export function answeredStatus(r: LogRecord): number | undefined {
  const field = Number(r.fields.http ?? r.fields.http_status ?? r.fields.status ?? r.fields.status_code ?? Number.NaN);
  if (Number.isInteger(field) && field >= 100 && field <= 599) return field;
  const words = IN_WORDS.exec(r.message.length > 2000 ? r.message.slice(0, 2000) : r.message);
  return words ? Number(words[1]) : undefined;
}

/** Answers from which they are more than isolated. */
export const FEWEST_ANSWERS = 6;

/**
 * Answers of a kind in their main burst, in order of time; none when they are isolated.
 * @param accepts statuses that count
 */
export function peerAnswers(context: CheckContext, accepts: (status: number) => boolean): PeerAnswer[] {
  const perMinute = new Map<number, number>();
  const all: PeerAnswer[] = [];
  for (const record of context.observations.logs.records) {
    if (!Number.isFinite(record.time)) continue;
    const status = answeredStatus(record);
    if (status === undefined || !accepts(status)) continue;
    const host = URL_HOST.exec(record.message)?.[1]?.toLowerCase();
    all.push({ record, status, ...(host ? { host } : {}) });
    const minute = Math.floor(record.time / MINUTE) * MINUTE;
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  const burst = bursts(perMinute)[0];
  if (!burst || burst.count < FEWEST_ANSWERS) return [];
  return all
    .filter((a) => a.record.time >= burst.from && a.record.time < burst.to + MINUTE)
    .sort((a, b) => a.record.time - b.record.time);
}

/**
 * Impact of such answers where no payments or requests were there to measure: their share of what the same logs wrote
 * meanwhile. Left as it is where ordinary records were sampled, since then the share is not known.
 */
export function feltByAnswers<T extends Impact>(context: CheckContext, answers: readonly LogRecord[], impact: T): T {
  const { logs } = context.observations;
  if (impact.failingShare !== undefined || logs.sampledOut > 0 || answers.length === 0) return impact;
  const sources = new Set(answers.map((r) => r.source));
  const from = answers[0]!.time;
  const to = answers.at(-1)!.time;
  let attempts = 0;
  for (const r of logs.records) if (sources.has(r.source) && r.time >= from && r.time <= to) attempts++;
  const failingShare = Math.min(1, answers.length / attempts);
  return { ...impact, failingShare, attempts, scope: failingShare >= 0.2 ? (impact.scope ?? 'all') : 'sporadic' };
}

/** Whether a host is the far end of a link, not one of our own machines or a proxy in front of us. */
export function isFarEnd(context: CheckContext, host: string | undefined): boolean {
  if (!host?.includes('.') || isLoopback(host)) return false;
  const { endpoints } = context.graph;
  return !endpoints.isOwn(host) && !endpoints.isInternal(host);
}
