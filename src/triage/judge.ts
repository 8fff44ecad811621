/** Judging and explaining what a session has read; both are pure but for the session they write to. */

import { isoTime } from '../instant.ts';
import { CLAIM } from '../report/text.ts';
import { filesOf } from '../transactions/types.ts';
import { type Session, settleClock } from './session.ts';
import { applyWindow } from './window.ts';

/** Runs the checks of the named groups (all when none is named). */
export async function judge(session: Session, groups: string[]): Promise<void> {
  await alignZones(session);
  applyWindow(session);
  settleClock(session);
  const [{ buildGraph }, { CHECKS }, { runChecks }] = await Promise.all([
    import('../graph/build.ts'),
    import('../checks/registry.gen.ts'),
    import('../checks/run.ts'),
  ]);
  session.graph = buildGraph(session.observations);
  const chosen = groups.length
    ? CHECKS.filter((c) => groups.some((g) => c.meta.id === g || c.meta.id.startsWith(`${g}/`)))
    : CHECKS;
  session.checks = runChecks(chosen, session.observations, session.graph, session.options.thresholds);
}

/** Sets right the times of logs whose lines carry no zone, where other evidence tells it; once a session. */
async function alignZones(session: Session): Promise<void> {
  const { logs, clock, evidence, transactions } = session.observations;
  if (!logs.sources.some((s) => s.zone.source !== 'line' && s.zone.source !== 'option')) return;
  const [{ inferZones }, { shiftSource }] = await Promise.all([
    import('../graph/zones.ts'),
    import('../logs/shift.ts'),
  ]);
  const { shifts, tables, doubts } = inferZones(session.observations, clock.now);
  const note = (path: string, text: string): void => {
    const item = evidence.find((e) => e.path === path);
    if (item) item.notes = [...(item.notes ?? []).filter((n) => !n.includes('UTC was assumed')), text];
  };
  for (const { source, by, zone, why } of shifts) {
    if (by !== 0) shiftSource(logs, source, by);
    const about = logs.sources[source]!;
    about.zone = { name: zone, source: 'inferred' };
    note(about.file, `its lines carry no time zone; they were read as ${zone}, because ${why}`);
    const item = evidence.find((e) => e.path === about.file);
    if (item && about.first !== undefined && about.last !== undefined)
      item.span = { from: isoTime(about.first), to: isoTime(about.last) };
  }
  for (const table of tables ? transactions.tables : []) {
    if (table.zone?.source !== 'topology') continue;
    for (let i = 0; i < table.length; i++) table.time[i]! += tables!.by;
    // Proven by orders of other evidence, so no longer the word of the topology.
    table.zone = { name: tables!.zone, source: 'row' };
    for (const file of filesOf(table))
      note(file, `its times carry no zone; they were read as ${tables!.zone}: the zone of the topology is wrong`);
  }
  for (const { source, says } of doubts) {
    const { file } = logs.sources[source]!;
    note(file, says);
    session.notChecked.push({
      what: `exact times of ${file}`,
      why: says,
      wouldShow: '--zone with the zone of that log, or log lines with an offset',
    });
  }
}

/** From here on a cause, claimed or only considered, tells more than that something stopped or was slow. */
const NAMED = 0.3;

/** Findings that something stopped or was slow, without a cause: a cause of that time explains them. */
const UNEXPLAINED = new Set(['capacity/traffic-stopped', 'capacity/answers-slow']);
/** Minutes by which the edges of a fault and of what follows from it may differ. */
const BESIDE_MS = 15 * 60_000;

/** Whether two stretches have nothing to do with each other; an end that nobody knows is the end of the evidence. */
function apart(
  onset: string | undefined,
  ended: string | undefined,
  first: string | undefined,
  last: string | undefined,
): boolean {
  if (onset === undefined || first === undefined) return false;
  const end = ended === undefined ? Number.POSITIVE_INFINITY : Date.parse(ended) + BESIDE_MS;
  return Date.parse(first) > end || Date.parse(last ?? first) < Date.parse(onset) - BESIDE_MS;
}

/** Ranks the named causes (all when none is named) over the findings. */
export async function explain(session: Session, wanted: string[]): Promise<void> {
  if (!session.graph || !session.checks) return;
  const { diagnose } = await import('../diagnosis/infer.ts');
  const causes = wanted.length
    ? session.knowledge.causes.filter((c) => wanted.includes(c.id))
    : session.knowledge.causes;
  session.diagnosis = diagnose(session.checks.findings, causes, session.graph);
  const named = session.diagnosis.filter((d) => d.priority !== 'routine' && d.confidence >= NAMED);
  if (named.length === 0) return;
  // What fails is told with its cause where one is proven; how much fails, and since when, is told in any case.
  const proven = named.some(({ confidence }) => confidence >= CLAIM);
  session.checks.findings = session.checks.findings.filter(
    (f) =>
      !(proven && f.id === 'capacity/unexplained-failures') &&
      (!UNEXPLAINED.has(f.id) || named.every((d) => apart(d.onset, d.ended, f.firstSeen, f.lastSeen))),
  );
}
