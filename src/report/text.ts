/** Small pieces of text that several formats share. Pure; every input is already safe. */
import type { EvidenceRef, Finding, Impact, Owner } from '../finding.ts';
import type { Diagnosis, Report } from './types.ts';
import { filled, type Vocabulary } from './words.ts';

/** Confidence from which a diagnosis is a claim and no longer a candidate. */
export const CLAIM = 0.5;
export const isClaim = (diagnosis: Diagnosis): boolean => diagnosis.confidence >= CLAIM;
/** A claim that somebody has to act on: an incident, not a routine matter. */
export const isIncident = (diagnosis: Diagnosis): boolean => isClaim(diagnosis) && diagnosis.priority !== 'routine';

/** The title of a diagnosis in the language of the report, where the catalogue has it. */
export const titleOf = (diagnosis: Diagnosis, vocabulary: Vocabulary): string =>
  diagnosis.titles?.[vocabulary.language] ?? diagnosis.title;

const isTime = (iso: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) && Number.isFinite(Date.parse(iso));

/** `2026-03-01T00:00:00.000Z` as `2026-03-01 00:00:00Z`; what is no time stays as it is. */
export function utc(iso: string): string {
  return isTime(iso) ? `${new Date(iso).toISOString().slice(0, 19).replace('T', ' ')}Z` : iso;
}

/** Milliseconds of an ISO time; NaN when it is none. */
export const millis = (iso: string | undefined): number => (iso && isTime(iso) ? Date.parse(iso) : Number.NaN);

/** A span of time in the two largest units: `2 h 14 min`, `3 days 4 h`. */
export function duration(ms: number, vocabulary: Vocabulary): string {
  const { days, day, hours, minutes, seconds } = vocabulary.words;
  const total = Math.max(0, Math.round(ms / 1000));
  const d = Math.floor(total / 86400);
  const h = Math.floor((total % 86400) / 3600);
  const m = Math.floor((total % 3600) / 60);
  const two = (a: number, unit: string, b: number, small: string) =>
    b ? `${a} ${unit} ${b} ${small}` : `${a} ${unit}`;
  if (d) return two(d, d === 1 ? day : days, h, hours);
  if (h) return two(h, hours, m, minutes);
  if (m) return two(m, minutes, total % 60, seconds);
  return `${total} ${seconds}`;
}

/** 0..1 as a percentage with the digits that matter. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return '<0.1 %';
  // Neither "all" nor "none" is said of what is only nearly so.
  if (value > 99 && value < 100) return `${Math.min(99.9, Number(value.toFixed(1)))} %`;
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} %`;
}

/** Thousands apart by commas, the same on every machine. */
export const number = (n: number): string => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** Bytes in binary units. */
export function bytes(n: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (n >= size) return `${(n / size).toFixed(n / size >= 10 ? 0 : 1)} ${unit}`;
  }
  return `${n} B`;
}

/** `error.log:12`, `pay.pcap frame 7`, `chain.pem certificate 2`. */
export function place(ref: EvidenceRef, vocabulary: Vocabulary): string {
  const { frame, byte, certificate } = vocabulary.words;
  if (ref.line !== undefined) return `${ref.file}:${ref.line}`;
  if (ref.frame !== undefined) return `${ref.file} ${frame} ${ref.frame}`;
  if (ref.certificate !== undefined) return `${ref.file} ${certificate} ${ref.certificate + 1}`;
  if (ref.offset !== undefined) return `${ref.file} ${byte} ${ref.offset}`;
  return ref.file;
}

/** A title at the head of more sentences: it ends with a full stop. */
export const asSentence = (text: string): string => (/[.!?。！？]$/.test(text) ? text : `${text}.`);

/** What a finding measured, in one phrase. */
export function impactPhrase(impact: Impact, vocabulary: Vocabulary): string {
  const { words } = vocabulary;
  const parts: string[] = [];
  if (impact.failingShare !== undefined)
    parts.push(
      impact.attempts
        ? filled(words.shareOf, number(impact.attempts)).replace('{p}', percent(impact.failingShare))
        : percent(impact.failingShare),
    );
  if (impact.whollyDown) parts.push(words.whollyDown);
  if (impact.scope && impact.scope !== 'none') parts.push(vocabulary.scope(impact.scope));
  if (impact.exposure) parts.push(`${words.exposure}: ${vocabulary.exposure(impact.exposure)}`);
  if (impact.minutes !== undefined) parts.push(duration(impact.minutes * 60000, vocabulary));
  if (impact.daysLeft !== undefined) {
    const days = Math.abs(impact.daysLeft);
    const span = days >= 2 ? `${Math.floor(days)} ${words.days}` : duration(days * 86400000, vocabulary);
    parts.push(filled(impact.daysLeft < 0 ? words.daysPast : words.daysLeft, span));
  }
  return parts.join(', ');
}

const RANK = { urgent: 0, important: 1, routine: 2 } as const;

/** Findings by priority, then by number of occurrences, then by id: the same order in every format. */
export function rankedFindings(findings: readonly Finding[]): Finding[] {
  const rank = (f: Finding) => RANK[f.priority] ?? 3;
  return [...findings].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.count - a.count ||
      (a.id < b.id ? -1 : a.id > b.id ? 1 : a.fingerprint < b.fingerprint ? -1 : 1),
  );
}

/** Name, phone, mail and hours of an owner in one phrase; empty when the project file names nobody. */
function contactPhrase(report: Report, owner: string | undefined): string {
  const contact = report.contacts?.find((c) => c.owner === owner);
  return contact
    ? [contact.name, contact.phone, contact.email, contact.hours, contact.escalation].filter(Boolean).join(', ')
    : '';
}

/** An owner with the contact in brackets, for the list of who is told what. */
export function toldTo(report: Report, owner: Owner, vocabulary: Vocabulary): string {
  const contact = contactPhrase(report, owner);
  return `${vocabulary.owner(owner)}${contact ? ` (${contact})` : ''}`;
}

export interface Headline {
  what: string;
  since: string;
  howBad: string;
  who: string;
  next: string;
}

/** The answer in five lines: what, since when, how bad, who, next step. */
/** The priority in a word; "not judged" or "no cause proven" where that is the answer, which is no pass. */
export function priorityLabel(report: Report, vocabulary: Vocabulary): string {
  if (report.summary.judged === false) return vocabulary.words.notJudged;
  return report.summary.proven === false ? vocabulary.words.notProven : vocabulary.priority(report.summary.priority);
}

export function headline(report: Report, vocabulary: Vocabulary): Headline {
  const { words } = vocabulary;
  const { summary, incident } = report;
  const lead = report.diagnosis.find(isClaim);
  const wrong = summary.priority !== 'none';
  let since = words.none;
  if (wrong) {
    const onset = summary.since ?? lead?.onset;
    since = onset ? utc(onset) : words.noOnset;
    const finding = lead ? undefined : report.findings.find((f) => f.firstSeen === onset && f.impact.ongoing === false);
    const ended = lead?.ended ?? finding?.lastSeen;
    const end = millis(ended);
    const age = (Number.isFinite(end) ? end : millis(incident.clock)) - millis(onset);
    if (age >= 0)
      since += ` (${duration(age, vocabulary)}${ended ? `, ${words.ended.toLowerCase()} ${utc(ended)}` : lead ? `, ${words.ongoing}` : ''})`;
  }
  const owner = summary.owner ?? lead?.owner;
  const who = [owner ? `${vocabulary.owner(owner)} [${owner}]` : words.nobody];
  const contact = wrong ? contactPhrase(report, owner) : '';
  if (contact) who.push(contact);
  if (wrong && lead?.leg) who.push(`${words.leg} ${lead.leg}`);
  return {
    // The verdict is English; where the catalogue has the leading cause in the language of the report, its title answers.
    what: ((vocabulary.language !== 'en' && wrong && lead?.titles?.[vocabulary.language]) || summary.verdict).replace(
      /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?Z/g,
      utc,
    ),
    since,
    howBad: `${priorityLabel(report, vocabulary)}${summary.because ? `: ${summary.because}` : ''}`,
    who: who.join('; '),
    next: summary.nextStep,
  };
}
