/** Triage of one generated bundle in this process, and what of its answer was right. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openEvidence } from '../../src/evidence/index.ts';
import { loadKnowledge } from '../../src/knowledge/load.ts';
import { runPlaybook } from '../../src/playbook/index.ts';
import { parsePlaybook } from '../../src/playbook/parse.ts';
import type { Report } from '../../src/report/types.ts';
import { finishReport } from '../../src/triage/finish.ts';
import { detectors, openSession } from '../../src/triage/session.ts';
import { triageSteps } from '../../src/triage/steps.ts';
import type { Made } from './index.ts';
import type { Incident } from './types.ts';

/** Runs the shipped triage playbook over a folder. @param root of the project */
async function triage(root: string, folder: string): Promise<Report> {
  const file = join(root, 'playbooks/triage.yaml');
  const { playbook } = parsePlaybook(readFileSync(file, 'utf8'), file);
  const opened = await openEvidence([folder], { detectors: await detectors() });
  const session = openSession(opened, loadKnowledge(), { system: Date.UTC(2027, 0, 1) });
  const result = await runPlaybook(playbook!, {
    implementations: triageSteps(session),
    clock: { now: () => session.observations.clock.now },
  });
  return finishReport(session, {
    version: 'bench',
    inputs: [folder],
    playbook: { id: playbook!.id, title: playbook!.title, steps: result.steps },
  });
}

/** Writes files into a fresh folder and triages them. */
export async function triageFiles(root: string, files: Iterable<[string, string | Buffer]>): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'paymedic-incident-'));
  try {
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await triage(root, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Verdict {
  /** What was said, first three. */
  said: string[];
  claimed: string[];
  top1: boolean;
  top3: boolean;
  priority: boolean;
  owner: boolean;
  /** Minutes between the onset said and the true one. */
  onsetMinutes?: number;
  /** Claims of causes that the bundle only resembles, and any claim on a day without an incident. */
  accused: string[];
  confidence: number;
  /** Claims that are neither right nor acceptable. */
  mistaken: string[];
  /** For a reader of the table: what was said of the first, and what was right. */
  wrong: string[];
}

/** Compares a report with the truth. A claim: confidence of at least 0.5 and a priority above routine. */
export function judge(incident: Incident, made: Made, report: Report): Verdict {
  const { diagnosis } = report;
  const good = new Set([...incident.causes, ...(incident.also ?? [])]);
  const claimed = diagnosis.filter((d) => d.confidence >= 0.5 && d.priority !== 'routine').map((d) => d.cause);
  const hit = diagnosis.slice(0, 3).find((d) => good.has(d.cause));
  const healthy = incident.causes.length === 0;
  const onset = hit?.onset ? Math.abs(Date.parse(hit.onset) - made.onset) / 60_000 : undefined;
  const out: Verdict = {
    said: diagnosis.slice(0, 3).map((d) => `${d.cause} ${d.confidence.toFixed(2)} ${d.priority}`),
    claimed,
    top1: healthy ? claimed.length === 0 : good.has(diagnosis[0]?.cause ?? ''),
    top3: healthy ? claimed.length === 0 : hit !== undefined,
    priority: healthy || (incident.priorities ?? ['urgent', 'important']).includes(hit?.priority ?? ''),
    owner: healthy || !incident.owners || incident.owners.includes(hit?.owner ?? ''),
    ...(onset === undefined ? {} : { onsetMinutes: onset }),
    accused: healthy ? claimed : claimed.filter((c) => incident.unlike.includes(c)),
    mistaken: claimed.filter((c) => !good.has(c)),
    confidence: diagnosis[0]?.confidence ?? 0,
    wrong: [],
  };
  if (!out.top1) out.wrong.push(healthy ? `alarm: ${claimed.join()}` : `said ${out.said.join(' > ') || 'nothing'}`);
  else if (!healthy && diagnosis[0]!.confidence < 0.5) out.wrong.push(`only a candidate: ${out.said[0]}`);
  if (out.accused.length) out.wrong.push(`accuses ${out.accused.join()}`);
  if (hit && !out.priority) out.wrong.push(`priority ${hit.priority}`);
  if (hit && !out.owner) out.wrong.push(`owner ${hit.owner}`);
  if (!healthy && hit && (onset === undefined || onset > 2))
    out.wrong.push(`onset ${onset?.toFixed(1) ?? 'none'} min off`);
  return out;
}
