/** Judging and explaining what a session has read; both are pure but for the session they write to. */
import { type Session, settleClock } from './session.ts';
import { applyWindow } from './window.ts';

/** Runs the checks of the named groups (all when none is named). */
export async function judge(session: Session, groups: string[]): Promise<void> {
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

/** Ranks the named causes (all when none is named) over the findings. */
export async function explain(session: Session, wanted: string[]): Promise<void> {
  if (!session.graph || !session.checks) return;
  const { diagnose } = await import('../diagnosis/infer.ts');
  const causes = wanted.length
    ? session.knowledge.causes.filter((c) => wanted.includes(c.id))
    : session.knowledge.causes;
  session.diagnosis = diagnose(session.checks.findings, causes, session.graph);
}
