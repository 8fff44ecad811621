/**
 * What applications logged: what peers answered to our requests, by field or in words, and what our own programs give as the
 * reason, whether or not anybody has listed the text.
 */
import { isLoopback } from '../address.ts';
import type { EvidenceRef, Impact } from '../finding.ts';
import { bursts, MINUTE, sumBetween } from '../graph/bursts.ts';
import { isInstant, isoTime } from '../instant.ts';
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

export interface Reason {
  /** One line, at most 200 characters. */
  text: string;
  /** Lines of that shape in the stretch. */
  count: number;
  evidence: EvidenceRef;
}

const LONGEST = 200;
/** Lines from which a shape is more than isolated, and the share of it that may stand before. */
const FEWEST_LINES = 5;
const BEFORE = 0.1;

/**
 * The most frequent shape of error that applications wrote between two times and hardly ever before.
 * @param from ms UTC. @param to ms UTC.
 */
export function reasonGiven(context: CheckContext, from: number, to: number): Reason | undefined {
  const { logs } = context.observations;
  let best: { count: number; source: number; sample: { line: number; text: string } } | undefined;
  for (const { level, source, perMinute, sample } of logs.templates) {
    if ((level !== 'error' && level !== 'critical') || logs.sources[source]?.role !== 'application') continue;
    const count = sumBetween(perMinute, from - MINUTE, to);
    const before = sumBetween(perMinute, Number.NEGATIVE_INFINITY, from - 2 * MINUTE);
    if (count >= FEWEST_LINES && before <= count * BEFORE && (!best || count > best.count))
      best = { count, source, sample };
  }
  if (!best) return undefined;
  const { count, source, sample } = best;
  const record = logs.records.find((r) => r.source === source && r.line === sample.line);
  const text = (record ? innermost(record) : sample.text.split('\n')[0]!).slice(0, LONGEST);
  return {
    text,
    count,
    evidence: {
      file: logs.sources[source]!.file,
      line: sample.line,
      text,
      ...(isInstant(record?.time) ? { time: isoTime(record.time) } : {}),
    },
  };
}

const ERROR_MEMBER = /(?:^|\.)(?:err(?:or)?|exc(?:eption)?|cause)(?:\.(?:message|msg))?$/i;

/**
 * The error at the bottom of a record: the last `Caused by:` (java.lang.Throwable.printStackTrace), the line below the last
 * frame of a traceback (Python documentation, traceback), the member of a structured record, else its first line.
 */
export function innermost({ message, fields }: Pick<LogRecord, 'message' | 'fields'>): string {
  const lines = message.split('\n');
  const caused = lines.findLast((l) => l.startsWith('Caused by: '));
  if (caused) return caused.slice('Caused by: '.length);
  if (lines.some((l) => l.startsWith('Traceback (most recent call last)'))) {
    const frame = lines.findLastIndex((l) => l.startsWith('  File "'));
    // Below the last frame; further lines are the error's own (PostgreSQL's LINE and DETAIL).
    const error = lines.slice(frame + 1).find((l) => /^[A-Za-z_][\w.]{0,120}(?::|$)/.test(l));
    if (error) return error;
  }
  // Java: the exception stands in the line below the message.
  if (lines[1] && /^[a-z][\w$.]{2,120}(?:Exception|Error|Throwable)\b/.test(lines[1])) return lines[1];
  for (const [name, value] of Object.entries(fields))
    if (ERROR_MEMBER.test(name) && value.length > 3 && !lines[0]!.includes(value.slice(0, 80)))
      return `${lines[0]}: ${value.split('\n')[0]}`;
  return lines[0]!;
}
