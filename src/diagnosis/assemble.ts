/** The report of one run, from findings and diagnoses. Pure. */

import type { CheckResult } from '../checks/run.ts';
import type { Finding, NotChecked, Priority } from '../finding.ts';
import { failingRequests } from '../graph/failing-requests.ts';
import type { Observations } from '../graph/observations.ts';
import { isExcerpt } from '../graph/symptoms.ts';
import type { EvidenceGraph } from '../graph/types.ts';
import { isoTime } from '../instant.ts';
import { least } from '../lists.ts';
import { isClaim, isIncident } from '../report/text.ts';
import type { Diagnosis, Report, StepRecord, TimelineEntry } from '../report/types.ts';
import { NEUTRAL_VERDICTS } from '../tls/neutral-verdicts.ts';
import { couldJudge, type Reading, readings } from './readings.ts';
import { seriesOf } from './series.ts';

const RANK: Record<Priority, number> = { urgent: 3, important: 2, routine: 1 };

export interface AssembleInput {
  version: string;
  inputs: string[];
  observations: Observations;
  graph: EvidenceGraph;
  checks: CheckResult;
  diagnosis: Diagnosis[];
  clocks: Report['clocks'];
  notChecked: NotChecked[];
  playbook?: { id: string; title: string; steps: StepRecord[] };
}

/** Lines of one complaint, and their share of the log, that are told where nothing else is. */
const MANY_LINES = 20;
const LARGE_SHARE = 0.3;

/** Puts the report together: verdict, counts, timeline, series, what was not checked. */
export function assembleReport(input: AssembleInput): Report {
  const { observations: o, graph, diagnosis } = input;
  const claims = diagnosis.filter(isIncident);
  const lead = claims[0];
  const worst = claims.reduce<Diagnosis | undefined>(
    (w, d) => (!w || RANK[d.priority] > RANK[w.priority] ? d : w),
    undefined,
  );
  const findings = [...input.checks.findings].sort(
    (a, b) =>
      RANK[b.priority] - RANK[a.priority] ||
      (a.firstSeen ?? '').localeCompare(b.firstSeen ?? '') ||
      (a.fingerprint < b.fingerprint ? -1 : 1),
  );
  const routine = findings.filter((f) => f.priority === 'routine').length;
  const candidates = diagnosis.filter((d) => !isClaim(d));
  const read = readings(o);
  // That a file is damaged says nothing about the systems it came from.
  const telling = findings.filter((f) => !(f.evidence.length && f.evidence.every((e) => isFailure(read.get(e.file)))));
  // A finding can be worth a person's time without a cause of the catalogue behind it.
  const alone = lead ? undefined : findings.find((f) => f.priority !== 'routine' && f.cause === undefined);
  const refused = mostlyRefused(o);
  const failing = lead || alone ? undefined : failingRequests(o.logs.requests);
  // An error log alone cannot say how much goes well; that it is full of one complaint is no clean bill.
  const complaint = isExcerpt(o)
    ? graph.symptoms[0]
    : graph.symptoms.find((s) => s.significant && s.burstCount >= MANY_LINES && s.share >= LARGE_SHARE);
  const summary: Report['summary'] = {
    verdict: 'Nothing wrong was found in this evidence.',
    priority: 'none',
    because: routine
      ? `${routine} routine finding${routine === 1 ? '' : 's'}, none that affects payments`
      : 'no finding',
    nextStep: input.notChecked[0] ? `to see more: ${input.notChecked[0].wouldShow}` : 'none',
    counts: {
      urgent: findings.filter((f) => f.priority === 'urgent').length,
      important: findings.filter((f) => f.priority === 'important').length,
      routine,
      evidence: o.evidence.length,
      unreadable: o.evidence.filter((e) => e.unreadable).length,
      checks: input.checks.ran.length,
    },
  };
  if (lead && worst) {
    summary.verdict = sentence(lead);
    summary.priority = worst.priority;
    summary.because = worst.priorityBecause;
    if (lead.onset) summary.since = lead.onset;
    summary.owner = lead.owner;
    summary.nextStep = lead.remedy[0] ?? lead.nextCheck;
  } else if (!telling.length && !candidates.length && !couldJudge(o, read)) {
    summary.judged = false;
    const failed = input.notChecked.map((n) => n.what);
    summary.verdict = findings[0]
      ? `Not judged: ${findings[0].title}${findings.length > 1 ? `, and ${findings.length - 1} more` : ''}.`
      : failed.length
        ? `Not judged: ${failed.slice(0, 3).join(', ')}${failed.length > 3 ? ` and ${failed.length - 3} more` : ''} could not be read or reached.`
        : [...read.values()].includes('context')
          ? 'Not judged: this evidence holds background only; nothing in it shows a system at work.'
          : 'Not judged: there was no evidence to read.';
    summary.because = input.notChecked[0]?.why ?? findings[0]?.detail ?? 'no evidence of a system at work was given';
    summary.nextStep =
      input.notChecked[0]?.wouldShow ??
      'name a folder, file or host:port with logs, captures, certificates or payments';
  } else if (alone) {
    summary.verdict = `${alone.title}.`;
    summary.priority = alone.priority;
    summary.because =
      typeof alone.data?.priorityBecause === 'string'
        ? alone.data.priorityBecause
        : `the gravest of ${findings.length} finding${findings.length === 1 ? '' : 's'}`;
    if (alone.firstSeen) summary.since = alone.firstSeen;
    summary.owner = alone.owner;
    summary.nextStep =
      (alone.id === 'capacity/unexplained-failures' ? candidates[0]?.nextCheck : undefined) ?? alone.remedy;
  } else if (candidates[0]) {
    summary.verdict = `No cause is proven by this evidence; the likeliest is ${candidates[0].cause} (${Math.round(candidates[0].confidence * 100)} %).`;
    summary.nextStep = candidates[0].nextCheck;
    summary.proven = false;
    summary.because = 'no cause reaches the 50 % of a claim';
  } else if (refused) {
    summary.proven = false;
    summary.verdict = `${refused.failed} of ${refused.judged} captured connections failed, and no cause is proven: ${refused.says}.`;
    summary.because = 'no finding that names a cause';
    summary.nextStep = `the log of ${refused.server} for that minute; paymedic pcap ${refused.file} --flow ${refused.flow} shows the packets`;
  } else if (failing) {
    summary.proven = false;
    summary.verdict = `${failing.says}, and no cause is proven.`;
    summary.because = Number.isNaN(failing.first)
      ? 'the lines carry no time'
      : 'too few to tell when it began, or from a usual day';
    summary.nextStep = `the log of a longer time, the error log of the server and of the application behind it (first failure: ${o.logs.sources[failing.source]?.file}:${failing.line})`;
  } else if (complaint) {
    const { event, burstCount, events } = complaint;
    const hit = events[0]?.hits[0];
    summary.proven = false;
    const since = Number.isFinite(complaint.onset) ? ` since ${isoTime(complaint.onset)}` : '';
    summary.verdict = `Software complains (${event}, ${burstCount} line${burstCount === 1 ? '' : 's'}${since}), and no cause is proven by these lines alone.`;
    summary.because = 'no finding that names a cause';
    summary.nextStep = `the whole log of that minute from both sides, the certificates and the configuration${hit ? ` (first line: ${o.logs.sources[hit.source]?.file}:${hit.line})` : ''}`;
  } else if (findings.length) summary.verdict = 'Nothing in this evidence stops payments.';
  return {
    schemaVersion: 1,
    tool: { name: 'paymedic', version: input.version },
    generated: isoTime(o.clock.now),
    incident: {
      clock: isoTime(o.clock.now),
      clockSource: o.clock.says.replace(/^\S+ \((.*)\)$/s, '$1'),
      ...(graph.span.from <= graph.span.to
        ? { span: { from: isoTime(graph.span.from), to: isoTime(graph.span.to) } }
        : {}),
      legs: o.facts.topology.flatMap((t) =>
        t.legs.map((l) => ({
          name: l.name,
          ...(l.to ? { to: l.to } : {}),
          ...(l.tls !== undefined ? { tls: l.tls } : {}),
        })),
      ),
      inputs: input.inputs,
    },
    summary,
    diagnosis,
    findings,
    timeline: timeline(o, graph, claims, findings),
    notChecked: dedupe([...input.notChecked, ...input.checks.notChecked]),
    evidence: o.evidence,
    clocks: input.clocks,
    series: seriesOf(o, graph),
    ...(input.playbook ? { playbook: input.playbook } : {}),
  };
}

const isFailure = (reading: Reading | undefined): boolean => typeof reading === 'object';

/** Where at least half of the captured connections failed: how many, and what the wire says of the most frequent failure. */
function mostlyRefused(o: Observations) {
  const judged = o.handshakes.filter((h) => !NEUTRAL_VERDICTS.has(h.verdict.id));
  const failed = judged.filter((h) => h.verdict.id !== 'ok');
  if (failed.length === 0 || failed.length * 2 < judged.length) return undefined;
  const perVerdict = new Map<string, number>();
  for (const { verdict } of failed) perVerdict.set(verdict.id, (perVerdict.get(verdict.id) ?? 0) + 1);
  const { verdict, server, file, flow } = failed.reduce((lead, h) =>
    perVerdict.get(h.verdict.id)! > perVerdict.get(lead.verdict.id)! ? h : lead,
  );
  return {
    failed: failed.length,
    judged: judged.length,
    says: verdict.says,
    server: `${server.address}:${server.port}`,
    file,
    flow,
  };
}

const sentence = (d: Diagnosis): string =>
  `${d.title}${d.scope && !d.title.includes(d.scope) ? ` (${d.scope})` : ''}.`.replace(/\.\.$/, '.');

function dedupe(list: NotChecked[]): NotChecked[] {
  const seen = new Set<string>();
  return list.filter((n) => {
    const key = `${n.what}|${n.why}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function timeline(
  o: Observations,
  graph: EvidenceGraph,
  claims: readonly Diagnosis[],
  findings: readonly Finding[],
): TimelineEntry[] {
  const out: TimelineEntry[] = [];
  const from =
    Math.min(graph.span.from, least(claims.flatMap((d) => (d.onset ? [Date.parse(d.onset)] : [])))) - 2 * 86_400_000;
  for (const c of graph.changes)
    if (c.time >= from && c.time <= o.clock.now)
      out.push({ time: isoTime(c.time), what: c.text, kind: 'change', evidence: { file: c.file, line: c.line } });
  for (const d of claims) {
    if (d.onset)
      out.push({
        time: d.onset,
        what: d.title,
        kind: 'onset',
        ...(d.evidence[0] ? { evidence: d.evidence[0] } : {}),
      });
    if (d.ended) out.push({ time: d.ended, what: `last sign of: ${d.cause}`, kind: 'end' });
    for (const c of d.coincidences)
      if (!c.what.startsWith('change:')) out.push({ time: c.time, what: c.what, kind: 'certificate' });
  }
  for (const f of findings) {
    if (f.cause !== undefined || f.priority === 'routine' || !f.firstSeen) continue;
    out.push({
      time: f.firstSeen,
      what: f.title,
      kind: claims.length === 0 ? 'onset' : 'error',
      ...(f.evidence[0] ? { evidence: f.evidence[0] } : {}),
    });
    if (f.lastSeen && f.impact.ongoing === false)
      out.push({ time: f.lastSeen, what: `last sign of: ${f.id}`, kind: 'end' });
  }
  for (const s of graph.symptoms.filter((x) => x.significant && Number.isFinite(x.onset)).slice(0, 12)) {
    const hit = s.events[0]?.hits[0];
    out.push({
      time: isoTime(s.onset),
      what: `${s.event}: ${s.burstCount} line${s.burstCount === 1 ? '' : 's'} from ${s.nodes.slice(0, 3).join(', ')}`,
      kind: 'error',
      ...(hit ? { evidence: { file: o.logs.sources[hit.source]?.file ?? '', line: hit.line } } : {}),
    });
  }
  out.push({ time: isoTime(o.clock.now), what: 'incident clock', kind: 'clock' });
  const seen = new Set<string>();
  return out
    .filter((t) => !seen.has(t.time + t.what) && seen.add(t.time + t.what))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .slice(0, 60);
}
