/** Findings to ranked causes. Pure. */

import type { EvidenceRef, Finding, Priority, Proof } from '../finding.ts';
import type { EvidenceGraph } from '../graph/types.ts';
import { isInstant, isoTime } from '../instant.ts';
import { remedyFor } from '../knowledge/remedy.ts';
import type { Cause } from '../knowledge/types.ts';
import { least, most } from '../lists.ts';
import { CLAIM } from '../report/text.ts';
import type { Diagnosis } from '../report/types.ts';
import { counted } from '../wording.ts';
import { coincidences } from './coincidences.ts';

const PRIORITY_RANK: Record<Priority, number> = { urgent: 3, important: 2, routine: 1 };
const PROOF_RANK: Record<Proof, number> = { structural: 4, observed: 3, textual: 2, circumstantial: 1 };
/** Confidence that a finding gives when its check names none. */
const PROOF_WEIGHT: Record<Proof, number> = { structural: 0.9, observed: 0.75, textual: 0.55, circumstantial: 0.3 };
const DAY = 86_400_000;
/** As good as proven. */
const SURE = 0.8;
const SAME_ONSET = 120_000;
const FEW_LINES = 12;
const FEW_SHARE = 0.03;

interface Candidate {
  cause: Cause;
  findings: { finding: Finding; weight: number }[];
  confidence: number;
  against: string[];
  onset: number;
}

/** Ranks the causes that explain the findings: structural proof before counts, earliest onset before its consequences. */
export function diagnose(findings: Finding[], causes: readonly Cause[], graph: EvidenceGraph): Diagnosis[] {
  const candidates = causes.map((cause) => weigh(cause, findings)).filter((c): c is Candidate => c !== undefined);
  const consequences = linkConsequences(candidates);
  setBackFew(candidates);
  const kept = candidates.filter((c) => c.confidence >= 0.15);
  const wave = waves(kept);
  kept.sort(
    (a, b) =>
      Number(b.confidence >= CLAIM) - Number(a.confidence >= CLAIM) ||
      Number(priorityOf(b) !== 'routine') - Number(priorityOf(a) !== 'routine') ||
      // Of faults that are each as good as proven, the one that began first leads: the others may have come of it.
      (isSure(a) && isSure(b) ? wave.get(a)! - wave.get(b)! : Number(isSure(b)) - Number(isSure(a))) ||
      // Of what is only considered, the likelier comes first, however it was seen.
      (b.confidence < CLAIM ? Math.round((b.confidence - a.confidence) * 20) : 0) ||
      proofOf(b) - proofOf(a) ||
      Math.round((b.confidence - a.confidence) * 20) ||
      PRIORITY_RANK[priorityOf(b)] - PRIORITY_RANK[priorityOf(a)] ||
      a.onset - b.onset ||
      (a.cause.id < b.cause.id ? -1 : 1),
  );
  return kept.map((c, i) => toDiagnosis(c, kept[i + 1] ?? kept[0], consequences.get(c.cause.id) ?? [], graph));
}

const priorityOf = (c: Candidate): Priority =>
  c.findings.reduce<Priority>(
    (p, f) => (PRIORITY_RANK[f.finding.priority] > PRIORITY_RANK[p] ? f.finding.priority : p),
    'routine',
  );
const proofOf = (c: Candidate): number => most(c.findings.map((f) => PROOF_RANK[f.finding.proof]));

/** Noisy-or over the supporting findings, reduced by what excludes the cause. */
function weigh(cause: Cause, findings: Finding[]): Candidate | undefined {
  const supporting: Candidate['findings'] = [];
  for (const finding of findings) {
    if (finding.cause === cause.id)
      supporting.push({ finding, weight: finding.confidence ?? PROOF_WEIGHT[finding.proof] });
    else {
      // A finding that affected nothing supports no accusation, whatever its kind would say elsewhere.
      const quiet = finding.impact.scope === 'none' || finding.impact.unfelt || finding.proof === 'circumstantial';
      const rule = finding.cause || quiet ? undefined : cause.supports.find((s) => s.finding === finding.id);
      if (rule) supporting.push({ finding, weight: rule.weight });
    }
  }
  if (supporting.length === 0) return undefined;
  supporting.sort((a, b) => b.weight - a.weight);
  // Findings about one cause are not independent: each further one closes a third of what is still open.
  let doubt = 1 - supporting[0]!.weight;
  for (const s of supporting.slice(1, 6)) doubt *= 1 - s.weight * 0.33;
  const against = supporting.flatMap((s) => s.finding.against ?? []);
  for (const rule of cause.excludes) {
    const hit = findings.find((f) => f.id === rule.finding && f.cause !== cause.id);
    if (!hit) continue;
    doubt = 1 - (1 - doubt) * (1 - rule.weight);
    against.push(rule.because);
  }
  const confidence = Math.min(0.98, Math.round((1 - doubt) * 100) / 100);
  const times = supporting.flatMap((s) => (s.finding.firstSeen ? [Date.parse(s.finding.firstSeen)] : []));
  return {
    cause,
    findings: supporting,
    confidence,
    against: [...new Set(against)],
    onset: times.length ? least(times) : Number.POSITIVE_INFINITY,
  };
}

const isSure = (c: Candidate): boolean => c.confidence >= SURE;

/** Onsets within two minutes of the one before them are one beginning: times are told to the minute. */
function waves(candidates: readonly Candidate[]): Map<Candidate, number> {
  const out = new Map<Candidate, number>();
  let wave = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const c of [...candidates].sort((a, b) => a.onset - b.onset)) {
    if (c.onset - last > SAME_ONSET) wave++;
    last = c.onset;
    out.set(c, wave);
  }
  return out;
}

/** A cause that another, earlier one brings about is listed under it, not beside it; so is what comes of the effect in turn. */
function linkConsequences(candidates: Candidate[]): Map<string, string[]> {
  // Judged on what each is worth by itself: an effect that was set back still explains what comes of it.
  const worth = new Map(candidates.map((c) => [c, c.confidence]));
  const effects = new Map<Candidate, Candidate[]>();
  // The earliest first: where causes can bring about each other, it is the origin.
  const inOrder = [...candidates].sort(
    (a, b) =>
      (a.onset === b.onset ? 0 : a.onset - b.onset) ||
      worth.get(b)! - worth.get(a)! ||
      (a.cause.id < b.cause.id ? -1 : 1),
  );
  for (const origin of inOrder) {
    if (worth.get(origin)! < CLAIM) continue;
    for (const effect of inOrder) {
      if (effect === origin || !origin.cause.leadsTo.includes(effect.cause.id)) continue;
      if (worth.get(effect)! > worth.get(origin)! + 0.2 && proofOf(effect) > proofOf(origin)) continue;
      if (Number.isFinite(origin.onset) && Number.isFinite(effect.onset) && origin.onset > effect.onset + SAME_ONSET)
        continue;
      if (effect.cause.leadsTo.includes(origin.cause.id) && effect.onset < origin.onset) continue;
      if (everythingAfter(effect, effects).has(origin)) continue;
      effects.set(origin, [...(effects.get(origin) ?? []), effect]);
    }
  }
  const caused = new Set([...effects.values()].flat());
  const out = new Map<string, string[]>();
  for (const [origin, direct] of effects) {
    for (const effect of direct) {
      effect.confidence = Math.min(effect.confidence, 0.4);
      effect.against.push(`follows from ${origin.cause.id}, which began first`);
    }
    const all = caused.has(origin) ? new Set(direct) : everythingAfter(origin, effects);
    out.set(
      origin.cause.id,
      [...all].sort((a, b) => a.onset - b.onset).map((c) => c.cause.id),
    );
  }
  return out;
}

/**
 * A handful of lines in the hour of something a hundred times as loud: the isolated lines of any day fall into that hour as
 * well, and the payments that failed are explained without them.
 */
function setBackFew(candidates: Candidate[]): void {
  const lines = (c: Candidate): number => c.findings.reduce((n, f) => n + (f.finding.count ?? 0), 0);
  for (const few of candidates) {
    if (few.confidence < CLAIM || proofOf(few) > PROOF_RANK.textual || lines(few) > FEW_LINES) continue;
    const loud = candidates.find(
      (c) =>
        c !== few &&
        c.confidence >= CLAIM &&
        c.onset <= few.onset + SAME_ONSET &&
        lines(few) < lines(c) * FEW_SHARE &&
        c.findings.some((f) => f.finding.impact.failingShare !== undefined),
    );
    if (!loud) continue;
    few.confidence = 0.4;
    few.against.push(
      `${counted(lines(few), 'line')} of it beside ${lines(loud)} of ${loud.cause.id}, which explains the same time`,
    );
  }
}

/** What an origin brought about, directly and by way of its effects. */
function everythingAfter(origin: Candidate, effects: ReadonlyMap<Candidate, Candidate[]>): Set<Candidate> {
  const seen = new Set<Candidate>();
  const queue = [origin];
  for (let next = queue.pop(); next; next = queue.pop())
    for (const effect of effects.get(next) ?? [])
      if (!seen.has(effect)) {
        seen.add(effect);
        queue.push(effect);
      }
  return seen;
}

function toDiagnosis(
  c: Candidate,
  runnerUp: Candidate | undefined,
  consequences: string[],
  graph: EvidenceGraph,
): Diagnosis {
  const { cause } = c;
  const lead = c.findings.reduce((a, b) =>
    PROOF_RANK[b.finding.proof] > PROOF_RANK[a.finding.proof] ||
    (b.finding.proof === a.finding.proof && b.weight > a.weight)
      ? b
      : a,
  ).finding;
  const priority = priorityOf(c);
  const decisive = c.findings.map((f) => f.finding).find((f) => f.priority === priority) ?? lead;
  const onset = isInstant(c.onset) ? isoTime(c.onset) : undefined;
  const ends = c.findings.flatMap((f) =>
    f.finding.impact.ongoing === false && f.finding.lastSeen ? [f.finding.lastSeen] : [],
  );
  const ended = ends.length && !c.findings.some((f) => f.finding.impact.ongoing) ? ends.sort().at(-1) : undefined;
  const host =
    typeof lead.data?.host === 'string' ? lead.data.host : lead.subject.kind === 'host' ? lead.subject.id : undefined;
  const fill = (text: string): string => (host ? text.replaceAll('$HOST', host) : text);
  const software = new Set(
    c.findings.flatMap((f) => (Array.isArray(f.finding.data?.software) ? f.finding.data.software.map(String) : [])),
  );
  const rival = runnerUp && runnerUp !== c ? cause.rivals.find((r) => r.cause === runnerUp.cause.id) : undefined;
  const fitting = remedyFor(cause, software);
  const named = fitting.filter((r) => r.where !== 'all' && r.where !== 'any').length > 1;
  const steps = fitting.flatMap((r) =>
    r.steps.map((step) => (named && r.where !== 'all' && r.where !== 'any' ? `${r.where}: ${step}` : step)),
  );
  return {
    cause: cause.id,
    title: lead.title,
    titles: { en: lead.title, zh: cause.title.zh },
    ...(cause.prevent.length ? { prevent: cause.prevent } : {}),
    class: cause.class,
    confidence: c.confidence,
    priority,
    priorityBecause: typeof decisive.data?.priorityBecause === 'string' ? decisive.data.priorityBecause : priority,
    owner: lead.owner,
    ...(lead.leg ? { leg: lead.leg } : {}),
    ...(typeof lead.data?.scope === 'string' ? { scope: lead.data.scope } : {}),
    ...(onset ? { onset } : {}),
    ...(ended ? { ended } : {}),
    ...(priority === 'important' && onset ? { deadline: isoTime(c.onset + DAY) } : {}),
    explains: c.findings.map((f) => f.finding.fingerprint),
    evidence: citations(c.findings.map((f) => f.finding)),
    against: c.against,
    because: [...new Set(c.findings.map((f) => f.finding.detail))].slice(0, 6),
    consequences,
    coincidences: coincidences(c.onset, graph),
    nextCheck: fill((rival ?? cause.rivals[0])?.separate ?? cause.verify.command),
    remedy: [...new Set([lead.remedy, ...steps])].filter(Boolean).slice(0, 8).map(fill),
    verify: { command: fill(cause.verify.command), before: fill(cause.verify.before), after: fill(cause.verify.after) },
    tell: cause.tell,
  };
}

/** Evidence of a diagnosis: strongest finding first, and one place of every file before a second of any. */
function citations(findings: Finding[]): EvidenceRef[] {
  const ordered = [...findings].sort((a, b) => PROOF_RANK[b.proof] - PROOF_RANK[a.proof]);
  const queue = ordered.flatMap((f) => f.evidence);
  const out: EvidenceRef[] = [];
  const files = new Set<string>();
  for (const e of queue) {
    if (files.has(e.file)) continue;
    files.add(e.file);
    out.push(e);
  }
  for (const e of queue) if (!out.includes(e) && out.length < 20) out.push(e);
  return out.slice(0, 20);
}
