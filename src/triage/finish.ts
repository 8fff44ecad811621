import { assembleReport } from '../diagnosis/assemble.ts';
import { blindSpots } from '../diagnosis/blind-spots.ts';
import { runningClocks } from '../diagnosis/clocks.ts';
import { withPictures } from '../diagnosis/pictures/index.ts';
import { notUnderstood, readings } from '../diagnosis/readings.ts';
import type { NotChecked } from '../finding.ts';
import { buildGraph } from '../graph/build.ts';
import type { Report, StepRecord } from '../report/types.ts';
import { findingsOf } from './adopt.ts';
import { explain, judge } from './judge.ts';
import type { Session } from './session.ts';

/** Completes the manifest and puts the report together from whatever the steps got done. */
export async function finishReport(
  session: Session,
  run: { version: string; inputs: string[]; playbook: NonNullable<Report['playbook']> },
): Promise<Report> {
  await session.opened.seal();
  // A deadline cuts the reading short, never the judging: what is known by then is judged and explained.
  if (
    !session.graph &&
    run.playbook.steps.some((s) => s.outcome === 'timed-out' || /deadline|interrupt/.test(s.because ?? ''))
  ) {
    await judge(session, []);
    await explain(session, []);
  }
  const graph = session.graph ?? buildGraph(session.observations);
  const unread = unreadInputs(session);
  const notChecked: NotChecked[] = [
    ...session.incomplete.map((p) => ({ what: p.input, why: p.what, wouldShow: p.next })),
    ...session.opened.problems.filter((p) => !p.named).map((p) => ({ what: p.input, why: p.what, wouldShow: p.next })),
    ...run.playbook.steps
      .filter((s) => s.outcome === 'timed-out' || s.outcome === 'error' || cutShort(s))
      .map((s) => ({
        what: s.title,
        why: s.because ?? s.outcome,
        wouldShow:
          s.outcome !== 'error'
            ? 'a run without --deadline, or on less evidence'
            : 'the step by itself: its command, program or reader, with the message above',
      })),
    ...session.notChecked,
    ...unread,
    ...halfUnderstood(session),
    ...blindSpots(session.observations, graph),
  ];
  const report = assembleReport({
    version: run.version,
    inputs: run.inputs,
    observations: session.observations,
    graph,
    checks: { ...(session.checks ?? { notChecked: [], ran: [] }), findings: findingsOf(session) },
    diagnosis: session.diagnosis,
    clocks: runningClocks(
      session.diagnosis,
      session.knowledge.clocks,
      session.observations.clock.now,
      session.knowledge.causeById,
    ),
    notChecked,
    playbook: run.playbook,
  });
  return withPictures(report, session.observations);
}

/**
 * Artefacts that nothing came out of although the reading got done. Those that the user named one by one make the run
 * incomplete; of those found in a folder the report says so, but for empty files, which are everyday.
 */
function unreadInputs(session: Session): NotChecked[] {
  // Where reading itself was cut short, the steps say so already.
  if (!session.checks) return [];
  const said = new Set([...session.incomplete, ...session.opened.problems].map((p) => p.input));
  const items = new Map(session.observations.evidence.map((e) => [e.path, e]));
  const out: NotChecked[] = [];
  for (const [path, reading] of readings(session.observations)) {
    if (typeof reading === 'string' || said.has(path)) continue;
    const item = items.get(path)!;
    if (item.kind !== 'empty') item.unreadable ??= reading.why;
    if (session.opened.named.includes(path))
      session.incomplete.push({ input: path, what: reading.why, next: reading.next });
    else if (item.kind !== 'empty') out.push({ what: path, why: reading.why, wouldShow: reading.next });
  }
  return out;
}

/** From this share on, answers that are not understood are said; from half on, the whole table is not judged. */
const WORTH_SAYING = 0.1;

/** Payment tables of which a good part, but not most, ended in a way that nobody here can read. */
function halfUnderstood(session: Session): NotChecked[] {
  return session.observations.transactions.tables.flatMap((table) => {
    const share = notUnderstood(table);
    if (share < WORTH_SAYING || share >= 0.5) return [];
    return {
      what: table.file,
      why: `how ${Math.round(share * 100)} % of its payments ended is not understood`,
      wouldShow: 'the codes of the provider as a file: --codes FILE',
    };
  });
}

/** Reading and probing that a deadline or an interruption left out. */
export const cutShort = (s: StepRecord): boolean =>
  s.phase === 'investigate' && s.outcome === 'skipped' && /deadline|interrupt/.test(s.because ?? '');
