/** What checks share: picking symptoms, quoting evidence, measuring impact. */

import type { ChangeFact, FileFact } from '../evidence/small-facts.ts';
import type { EvidenceRef, Impact } from '../finding.ts';
import { since } from '../graph/bursts.ts';
import { paymentImpact, type RateChange } from '../graph/payments.ts';
import type { Symptom } from '../graph/types.ts';
import { isInstant, isoTime, plainTime } from '../instant.ts';
import { least, most } from '../lists.ts';
import type { EventClass } from '../logs/event-classes.ts';
import type { LogRecord } from '../logs/types.ts';
import { NEUTRAL_VERDICTS } from '../tls/neutral-verdicts.ts';
import type { HandshakeObservation } from '../tls/types.ts';
import { innermost } from './_answers.ts';
import type { CheckContext, Hit } from './types.ts';

export interface SymptomFilter {
  complaint?: Symptom['complaint'] | Symptom['complaint'][];
  role?: Symptom['role'] | Symptom['role'][];
  /** Also those too rare to stand out. */
  any?: boolean;
}

const accepts = <T>(wanted: T | T[] | undefined, value: T): boolean =>
  wanted === undefined || (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);

/**
 * Whether failed handshakes can be blamed without a word about them in any log. Among other evidence a lone odd flow is a
 * scanner or a test, and it takes a few; where captures are all there is and most connections in them fail so, someone
 * cut out the very fault.
 */
export function shownByCapture(context: CheckContext, failed: readonly HandshakeObservation[]): boolean {
  if (failed.length >= 3) return true;
  const { logs, transactions, handshakes } = context.observations;
  return (
    failed.length > 0 &&
    logs.recordTotal === 0 &&
    transactions.tables.length === 0 &&
    failed.length * 2 > handshakes.filter((h) => !NEUTRAL_VERDICTS.has(h.verdict.id)).length
  );
}

/** The confidence that captured connections give by themselves: one or two prove less than a row of them. */
export const loneFlow = (failed: readonly HandshakeObservation[], confidence: number): number =>
  failed.length < 3 ? Math.min(confidence, 0.7) : confidence;

/** Symptoms of the given classes that stand out from a day's isolated lines, heaviest first. */
export function symptomsOf(
  context: CheckContext,
  events: EventClass | EventClass[],
  filter: SymptomFilter = {},
): Symptom[] {
  const list = Array.isArray(events) ? events : [events];
  return context.graph.symptoms.filter(
    (s) =>
      list.includes(s.event) &&
      (filter.any || s.significant) &&
      accepts(filter.complaint, s.complaint) &&
      accepts(filter.role, s.role),
  );
}

/** Onset, end and weight of several symptoms taken together. */
export function together(symptoms: Symptom[]): {
  onset: number;
  end: number;
  count: number;
  ongoing: boolean;
  nodes: string[];
  peers: string[];
  software: string[];
} {
  // A few lines of a lesser complaint, long before the heavier one, are not its beginning.
  const largest = most(symptoms.map((s) => s.burstCount));
  return {
    onset: least(symptoms.filter((s) => s.burstCount * 10 >= largest).map((s) => s.onset)),
    end: most(symptoms.map((s) => s.end)),
    count: symptoms.reduce((n, s) => n + s.burstCount, 0),
    ongoing: symptoms.some((s) => s.ongoing),
    nodes: [...new Set(symptoms.flatMap((s) => s.nodes))].sort(),
    peers: [...new Set([...symptoms].sort((a, b) => b.burstCount - a.burstCount).flatMap((s) => s.peers))],
    software: [...new Set(symptoms.flatMap((s) => s.software))].sort(),
  };
}

/** Complaints, and captured handshakes that failed with them, as one stretch of time. */
export interface Extent {
  /** The complaints taken together; undefined where nobody said anything. */
  said?: ReturnType<typeof together>;
  /** ms UTC. */
  onset: number;
  end: number;
  ongoing: boolean;
}

/** Joins what was said with when handshakes failed; handshakes well before the complaints are not their beginning. */
export function extentOf(context: CheckContext, symptoms: Symptom[], failed: readonly { time: number }[]): Extent {
  const said = symptoms.length ? together(symptoms) : undefined;
  const times = since(
    failed.map((h) => h.time),
    said?.onset,
  );
  const end = Math.max(said?.end ?? 0, most(times));
  return {
    ...(said ? { said } : {}),
    onset: Math.min(said?.onset ?? Number.POSITIVE_INFINITY, least(times)),
    end,
    ongoing: said?.ongoing ?? context.graph.span.to - end < 10 * 60_000,
  };
}

/** Lines that show the symptoms, the first of every source before the second of any. */
export function quote(context: CheckContext, symptoms: Symptom[], limit = 12): EvidenceRef[] {
  const perSource = new Map<number, EvidenceRef[]>();
  for (const s of symptoms) {
    for (const e of s.events) {
      const list = perSource.get(e.source) ?? perSource.set(e.source, []).get(e.source)!;
      for (const h of e.hits) {
        if (h.time < s.onset || list.length >= limit) continue;
        list.push(line(context, h.source, h.line, withCause(context, h.source, h.line, h.text), h.time));
      }
    }
  }
  for (const list of perSource.values()) list.sort((a, b) => (a.time ?? '').localeCompare(b.time ?? ''));
  const order = [...perSource.values()].sort((a, b) => (a[0]?.time ?? '').localeCompare(b[0]?.time ?? ''));
  const out: EvidenceRef[] = [];
  for (let i = 0; out.length < limit && order.some((l) => i < l.length); i++)
    for (const l of order) if (l[i] && out.length < limit) out.push(l[i]!);
  return out;
}

const CAUSE_FIELD =
  /(^|\.)(err(or)?(\.(message|code))?|exc(eption)?|cause|reason|stack_trace|detail|sub_msg|message)$/i;
const recordsByPlace = new WeakMap<object, Map<string, LogRecord>>();

/** The quoted message, and the error at the bottom of its trace or in the member of a structured record that holds it. */
function withCause(context: CheckContext, source: number, lineNumber: number, text: string): string {
  const { records } = context.observations.logs;
  let places = recordsByPlace.get(records);
  if (!places) {
    places = new Map();
    for (const r of records)
      if (r.message.includes('\n') || Object.keys(r.fields).length > 0) places.set(`${r.source}:${r.line}`, r);
    recordsByPlace.set(records, places);
  }
  const record = places.get(`${source}:${lineNumber}`);
  const fields = record?.fields ?? {};
  const first = text.split('\n')[0]!;
  if (record?.message.includes('\n')) {
    const bottom = innermost(record);
    // A structured record's error comes with the message before it.
    if (bottom.length > first.length && bottom.startsWith(first)) return bottom.slice(0, first.length + 202);
    if (!first.includes(bottom.slice(0, 200))) return `${first}: ${bottom.slice(0, 200)}`;
  }
  for (const [key, value] of Object.entries(fields)) {
    const head = value.split('\n')[0]!.slice(0, 200);
    if (CAUSE_FIELD.test(key) && head.length > 3 && !first.includes(head)) return `${first} ${key}=${head}`;
  }
  return first;
}

/** The value a record gives under one of the names: as a field, or as `name=value` or `"name":"value"` in its text. */
export function valueIn(record: LogRecord, names: readonly string[]): string | undefined {
  for (const name of names) {
    const field = record.fields[name];
    if (field !== undefined && field !== '') return field;
  }
  for (const name of names) {
    const at = record.message.indexOf(name);
    if (at < 0) continue;
    const value = /^["']?\s?[=:]\s?["']?([\w.+/-]{1,200})/.exec(
      record.message.slice(at + name.length, at + name.length + 220),
    );
    if (value) return value[1];
  }
  return undefined;
}

/** A reference to a line of a log source. */
export function line(
  context: CheckContext,
  source: number,
  lineNumber: number,
  text?: string,
  time?: number,
): EvidenceRef {
  return {
    file: context.observations.logs.sources[source]?.file ?? '',
    line: lineNumber,
    ...(text ? { text: text.split('\n')[0]!.slice(0, 400) } : {}),
    ...(isInstant(time) ? { time: isoTime(time) } : {}),
  };
}

/**
 * Impact of a fault that was on from `onset` to `end`: from the payment tables where there are any, else from the share
 * of what the affected software wrote.
 */
export function impactBetween(
  context: CheckContext,
  onset: number,
  end: number,
  ongoing: boolean,
  symptoms: Symptom[] = [],
): Impact & { scopeSays?: string } {
  let until = ongoing ? Math.max(end, context.graph.span.to) : end;
  if (until - onset < 5 * 60_000) {
    // Said once, felt until somebody acts: a service that could not start fails every payment from then on.
    const after = context.graph.payments.change(onset, context.graph.span.to + 1);
    if (after.attempts >= 5 && after.share - after.shareBefore >= 0.2) {
      until = context.graph.span.to;
      ongoing = true;
    }
  }
  const fromPayments = paymentImpact(context.graph.payments, onset, until, ongoing);
  const hits = symptoms.reduce((n, s) => n + s.burstCount, 0);
  const during = context.graph.payments.change(onset - 60_000, until + 60_000);
  // Without payments before it, a usual share of technical failures of one in ten is taken as the baseline.
  const rise = during.share - (during.attemptsBefore >= 20 ? during.shareBefore : 0.1);
  if (hits > 0 && anotherTellsIt(context, symptoms, during, hits, onset, until))
    return {
      ongoing,
      minutes: (until - onset) / 60_000,
      unfelt: true,
      failingShare: 0,
      attempts: during.attempts,
      scope: 'none',
    };
  const few = rise < 0.03 && hits < Math.max(10, during.attempts * 0.05);
  if (
    hits > 0 &&
    during.attempts >= 20 &&
    (steadyBeforeTheRise(context, symptoms, during, onset, until) ||
      ((few || besideThePayments(context, symptoms, during, onset, until)) && !anySliceHit(context, onset, until)))
  ) {
    return {
      ongoing,
      minutes: (until - onset) / 60_000,
      unfelt: true,
      failingShare: 0,
      attempts: during.attempts,
      scope: 'none',
    };
  }
  if (fromPayments.failingShare !== undefined && fromPayments.failingShare > 0.02) return fromPayments;
  if (hits === 0) return { ...fromPayments, ongoing };
  // No (or hardly any) payments on record: measured against the requests that were posted, else against what the affected software wrote.
  const posts = postedBetween(context, onset - 60_000, until + 60_000);
  const said = posts >= 50 ? Math.min(1, hits / posts) : Math.max(0, most(symptoms.map((s) => s.share)));
  const share = posts >= 50 ? Math.max(said, failedWithThem(context, hits, onset, until)) : said;
  const attempts = posts >= 50 ? posts : share > 0 ? Math.round(hits / share) : hits;
  if (during.attempts < 20 && swapped(context, symptoms, onset, end, ongoing))
    return { ongoing, minutes: (until - onset) / 60_000, unfelt: true, failingShare: share, attempts, scope: 'none' };
  if (during.attempts < 20 && ((share < 0.03 && hits < 30) || (share < 0.1 && hits < 8))) {
    return { ongoing, minutes: (until - onset) / 60_000, unfelt: true, failingShare: share, attempts, scope: 'none' };
  }
  return {
    ...fromPayments,
    failingShare: share,
    attempts,
    ongoing,
    scope: share >= 0.2 ? (fromPayments.scope ?? 'all') : 'sporadic',
  };
}

/**
 * When the payments began to fail, where that is up to 20 minutes before the first line about it: a log holds the
 * lines of some nodes, or of one payment in many.
 */
export function feltSince(context: CheckContext, onset: number, impact: Impact): number {
  const { payments, span } = context.graph;
  if ((impact.failingShare ?? 0) < 0.2) return onset;
  const only = (['route', 'node', 'merchant'] as const).flatMap((d) => {
    const { hit, working } = payments.slices(d, onset, span.to + 1);
    return hit.length === 1 && working.length > 0 ? [{ [d]: hit[0]!.value }] : [];
  })[0];
  const first = payments.firstFailure(onset - 20 * 60_000, onset, only)?.time;
  if (first === undefined) return onset;
  const gap = payments.change(first, onset + 60_000, only);
  const before = payments.change(first - 30 * 60_000, first - 1, only);
  return gap.attempts >= 2 && gap.share >= 0.8 && before.attempts >= 5 && before.share < 0.1 ? first : onset;
}

/** Longest time for which processes that are replaced one after the other may turn connections away. */
const SWAP = 60_000;
const ROLLED_OUT =
  /\b(?:roll(?:ed|ing|out)?|deploy|releas|restart|reload|redeploy|upgrad|drain)|\brolled out\b|发布|上线|重启|滚动/i;

/** Whether connections failed for seconds only while a release or restart was under way, and never since. */
function swapped(context: CheckContext, symptoms: Symptom[], onset: number, end: number, ongoing: boolean): boolean {
  return (
    !ongoing &&
    end - onset < SWAP &&
    context.graph.span.to - end >= 10 * SWAP &&
    symptoms.every((s) => /^(?:net\.(?:refused|reset|closed-early)|upstream\.|lb\.)/.test(s.event)) &&
    changesNear(context, onset, 3 * SWAP).some((c) => c.time <= onset + SWAP && ROLLED_OUT.test(c.text))
  );
}

/** Faults of a connection that the payments run over. */
const CONNECTION = /^(tls|net|upstream)\./;

/**
 * Whether a connection failed beside which the payments went on as many and as well as before: probes of a route in
 * maintenance, a monitor with an old client. Measured only where there are payments enough to show one in a hundred.
 */
function besideThePayments(
  context: CheckContext,
  symptoms: Symptom[],
  during: RateChange,
  onset: number,
  until: number,
): boolean {
  const hits = symptoms.reduce((n, s) => n + s.burstCount, 0);
  const { span, payments } = context.graph;
  const before = onset - span.from;
  if (during.attempts < 100 || hits > during.attempts * 0.25 || !symptoms.every((s) => CONNECTION.test(s.event)))
    return false;
  if (before < 5 * 60_000) return payments.change(span.from, span.to + 1).share < 0.02;
  const pace = during.attempts / (until - onset + 120_000) / (during.attemptsBefore / before || 1);
  return during.attemptsBefore >= 50 && during.share - during.shareBefore < 0.01 && pace > 0.8;
}

/**
 * Whether a handful of lines, spread over a time in which another complaint was made ten times as often and for most of
 * the payments that failed, began before that one did: the noise of the day, which the interruption of another borrows.
 */
function anotherTellsIt(
  context: CheckContext,
  symptoms: Symptom[],
  during: RateChange,
  hits: number,
  onset: number,
  until: number,
): boolean {
  const failed = during.share * during.attempts;
  if (failed < 20 || hits > failed * 0.05) return false;
  return context.graph.symptoms.some(
    (s) =>
      s.significant &&
      !symptoms.includes(s) &&
      s.role !== 'server' &&
      s.burstCount >= hits * 10 &&
      s.burstCount >= failed * 0.4 &&
      s.onset > onset + 3 * 60_000 &&
      s.onset < until,
  );
}

/**
 * Whether payments fell only after the symptom had gone on at its usual pace for a third of its time: something else
 * brought them down, and this is the noise of the day beside it.
 */
function steadyBeforeTheRise(
  context: CheckContext,
  symptoms: Symptom[],
  during: RateChange,
  onset: number,
  until: number,
): boolean {
  const third = onset + (until - onset) / 3;
  if (until - onset < 30 * 60_000 || during.share < 0.03) return false;
  const early = context.graph.payments.change(onset, third);
  if (early.attempts < 20 || early.share > 0.06 || early.share > during.share * 0.35) return false;
  let hits = 0;
  let before = 0;
  for (const e of symptoms.flatMap((s) => s.events))
    for (const [minute, n] of e.perMinute) {
      if (minute < onset - 60_000 || minute > until) continue;
      hits += n;
      if (minute <= third) before += n;
    }
  return before >= 2 && before >= hits * 0.2;
}

/** POST requests in a stretch of time. */
function postedBetween(context: CheckContext, from: number, to: number): number {
  const r = context.observations.logs.requests;
  const post = r.strings.indexOf('POST');
  if (post < 0) return 0;
  let n = 0;
  for (let i = 0; i < r.length; i++) if (r.method[i] === post && r.time[i]! >= from && r.time[i]! <= to) n++;
  return n;
}

/** nginx: the client closed the connection before it was answered. */
const GIVEN_UP = 499;
/** Part of the requests that failed for which there must be a line: fewer are the noise of another's interruption. */
const LINES_PER_FAILURE = 0.1;

/**
 * Share of the posted requests that failed while something was said of it as often as it takes, beyond the share before: a
 * program writes a line for some of them only, and those who give up waiting leave none.
 */
function failedWithThem(context: CheckContext, hits: number, from: number, to: number): number {
  const r = context.observations.logs.requests;
  const post = r.strings.indexOf('POST');
  const counts = { during: [0, 0], before: [0, 0] };
  for (let i = 0; i < r.length; i++) {
    if (r.method[i] !== post || r.time[i]! > to) continue;
    const count = r.time[i]! < from ? counts.before : counts.during;
    count[0]!++;
    if (r.status[i]! >= 500 || r.status[i] === GIVEN_UP) count[1]!++;
  }
  const [all, failed] = counts.during as [number, number];
  const [allBefore, failedBefore] = counts.before as [number, number];
  if (hits < failed * LINES_PER_FAILURE) return 0;
  return Math.max(0, failed / Math.max(1, all) - failedBefore / Math.max(1, allBefore));
}

/** Whether some route, node or merchant did worse while it was on. */
function anySliceHit(context: CheckContext, onset: number, until: number): boolean {
  return (['route', 'node', 'merchant'] as const).some(
    (d) => context.graph.payments.slices(d, onset, until + 1).hit.length > 0,
  );
}

/** The hits of the first source; those of the other where it has none. */
export function* orElse(hits: Iterable<Hit>, others: () => Iterable<Hit>): Iterable<Hit> {
  let any = false;
  for (const hit of hits) {
    any = true;
    yield hit;
  }
  if (!any) yield* others();
}

/** Changes within `before` ms ahead of a time (and one minute after), nearest first. */
export function changesNear(context: CheckContext, time: number, before = 20 * 60_000): ChangeFact[] {
  return context.graph.changes
    .filter((c) => c.time <= time + 60_000 && c.time >= time - before)
    .sort((a, b) => Math.abs(a.time - time) - Math.abs(b.time - time));
}

export const changeReference = (c: ChangeFact): EvidenceRef => ({
  file: c.file,
  line: c.line,
  text: c.text,
  time: isoTime(c.time),
});

/** ISO-8601 UTC without milliseconds when they are zero. */
export const iso = (t: number): string => plainTime(t, 'an unknown time');

/** A listed file as one line, without what its listing does not say. */
export const asListed = ({ mode, owner, size, modified, path }: FileFact): string =>
  [mode, owner, Number.isFinite(size) ? String(size) : '', Number.isFinite(modified) ? iso(modified) : '', path]
    .filter((part) => part !== '')
    .join(' ');

/** `a, b and 3 more`. */
export function some(list: readonly string[], most = 3): string {
  return list.length <= most ? list.join(', ') : `${list.slice(0, most).join(', ')} and ${list.length - most} more`;
}

/** Standard scope data of a finding. */
export function scopeData(
  impact: { scopeSays?: string },
  extra: { [k: string]: string | number | boolean | string[] } = {},
): { [k: string]: string | number | boolean | string[] } {
  return { ...(impact.scopeSays ? { scope: impact.scopeSays } : {}), ...extra };
}
