/** Judging and explaining what a session has read; both are pure but for the session they write to. */
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

/** Sets right the times of logs without a zone, where other evidence tells it; once a session. */
async function alignZones(session: Session): Promise<void> {
  const { logs, clock, evidence } = session.observations;
  if (!logs.sources.some((s) => s.zone.source === 'assumed-utc' || s.zone.source === 'inferred')) return;
  const [{ inferZones }, { shiftSource }] = await Promise.all([
    import('../graph/zones.ts'),
    import('../logs/shift.ts'),
  ]);
  for (const { source, by, zone, why } of inferZones(session.observations, clock.now)) {
    if (by !== 0) shiftSource(logs, source, by);
    const about = logs.sources[source]!;
    about.zone = { name: zone, source: 'inferred' };
    const item = evidence.find((e) => e.path === about.file);
    if (!item) continue;
    item.notes = [
      ...(item.notes ?? []).filter((n) => !n.includes('UTC was assumed')),
      `its lines carry no time zone; they were read as ${zone}, because ${why}`,
    ];
    if (about.first !== undefined && about.last !== undefined)
      item.span = { from: new Date(about.first).toISOString(), to: new Date(about.last).toISOString() };
  }
}

/** Ranks the named causes (all when none is named) over the findings. */
export async function explain(session: Session, wanted: string[]): Promise<void> {
  if (!session.graph || !session.checks) return;
  const { diagnose } = await import('../diagnosis/infer.ts');
  const causes = wanted.length
    ? session.knowledge.causes.filter((c) => wanted.includes(c.id))
    : session.knowledge.causes;
  session.diagnosis = diagnose(session.checks.findings, causes, session.graph);
}
