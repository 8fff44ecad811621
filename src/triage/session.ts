/** What one run has read and concluded so far: the state that the triage steps share. */

import type { CheckResult } from '../checks/run.ts';
import type { ServerConfigObservation } from '../ciphers/types.ts';
import { incidentClock } from '../evidence/clock.ts';
import type { Detectors, OpenedEvidence } from '../evidence/index.ts';
import type { TopologyFact } from '../evidence/small-facts.ts';
import type { EvidenceKind, EvidenceSource, IncidentClock } from '../evidence/types.ts';
import type { Finding, NotChecked } from '../finding.ts';
import type { Observations } from '../graph/observations.ts';
import type { EvidenceGraph } from '../graph/types.ts';
import type { Knowledge } from '../knowledge/load.ts';
import type { Diagnosis } from '../report/types.ts';
import type { ResponseCodeData } from '../transactions/response-codes.ts';
import { counted } from '../wording.ts';
import { emptyLogs } from './empty.ts';
import type { NamedLayouts } from './named-layouts.ts';

export interface SessionOptions {
  nowOption?: string;
  /** The machine's clock; used only when the evidence carries no time. */
  system: number;
  since?: number;
  until?: number;
  /** IANA zone of lines without an offset, when the user gives one. */
  zone?: string;
  /** Layouts of logs that the user named. */
  layouts?: NamedLayouts;
  /** Response codes with those of the user laid over them. */
  codes?: ResponseCodeData;
  thresholds?: { [name: string]: number };
  /** Legs and hosts of one's own from the project file; they stand beside those of the evidence. */
  topology?: TopologyFact;
  /** Texts of key log files that open encrypted handshake records of captures. */
  keyLogs?: readonly string[];
  /** `performance.now()` at which readers stop reading, so that what was read by a deadline can still be judged. */
  readUntil?: number;
}

export interface Session {
  opened: OpenedEvidence;
  knowledge: Knowledge;
  options: SessionOptions;
  observations: Observations;
  graph?: EvidenceGraph;
  checks?: CheckResult;
  /** Findings of commands that ran as steps, by fingerprint. */
  adopted: Map<string, Finding>;
  diagnosis: Diagnosis[];
  /** What the steps could not do, beyond what the checks say. */
  notChecked: NotChecked[];
  /** Inputs that the user named and that could not be read or judged: exit code 3. */
  incomplete: { input: string; what: string; next: string }[];
}

/** Content detectors that evidence identification borrows from the reader rooms. */
export async function detectors(): Promise<Detectors> {
  const [{ detectLogFormat }, { detectServerConfig }] = await Promise.all([
    import('../logs/formats/detect.ts'),
    import('../ciphers/config/index.ts'),
  ]);
  return { log: detectLogFormat, serverConfig: detectServerConfig };
}

/** A session over opened evidence, with nothing read yet. */
export function openSession(opened: OpenedEvidence, knowledge: Knowledge, options: SessionOptions): Session {
  const clock: IncidentClock = incidentClock(opened.sources, {
    system: options.system,
    ...(options.nowOption !== undefined ? { nowOption: options.nowOption } : {}),
  });
  return {
    opened,
    knowledge,
    options,
    observations: {
      clock,
      evidence: opened.items,
      logs: emptyLogs(),
      transactions: { tables: [], statements: [], issuers: [] },
      certificates: [],
      configurations: [] as ServerConfigObservation[],
      handshakes: [],
      targets: [],
      messages: [],
      facts: {
        changes: [],
        notices: [],
        files: [],
        clocks: [],
        dns: [],
        versions: [],
        topology: options.topology ? [options.topology] : [],
        flows: [],
        texts: [],
        tables: [],
        settings: [],
      },
    },
    diagnosis: [],
    adopted: new Map(),
    notChecked: [],
    incomplete: opened.problems.filter((p) => p.named).map((p) => ({ input: p.input, what: p.what, next: p.next })),
  };
}

/** Readable sources of the given kinds, narrowed by path patterns (`*` stands for any characters). */
export function sourcesOf(
  session: Session,
  kinds: readonly EvidenceKind[],
  patterns: readonly string[] = [],
): EvidenceSource[] {
  const tests = patterns.map((p) => wildcard(p));
  return session.opened.sources.filter(
    (s) => kinds.includes(s.item.kind) && (tests.length === 0 || tests.some((t) => t(s.item.path))),
  );
}

/** A matcher for `*` patterns without a regular expression, so that no pattern can be slow. */
export function wildcard(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  return (text) => {
    if (parts.length === 1) return text === pattern;
    if (!text.startsWith(parts[0]!)) return false;
    let at = parts[0]!.length;
    for (const part of parts.slice(1, -1)) {
      const found = text.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    const last = parts.at(-1)!;
    return text.length - last.length >= at && text.endsWith(last);
  };
}

/** Sets the clock again once the newest record is known, if nothing better told the time. */
export function settleClock(session: Session): void {
  const { observations, options, opened } = session;
  if (observations.clock.source === 'option' || observations.clock.source === 'meta/now') return;
  let newest = Number.NEGATIVE_INFINITY;
  for (const s of observations.logs.sources) if (s.last !== undefined) newest = Math.max(newest, s.last);
  for (const h of observations.handshakes) newest = Math.max(newest, h.end ?? h.time);
  for (const t of observations.transactions.tables)
    for (let i = 0; i < t.length; i++) newest = Math.max(newest, t.time[i] || Number.NEGATIVE_INFINITY);
  if (Number.isFinite(newest)) observations.clock = incidentClock(opened.sources, { system: options.system, newest });
}

/** A source whose content ends when the time for reading is over; the manifest says how much was left. */
export function withinTime(session: Session, source: EvidenceSource): EvidenceSource {
  const until = session.options.readUntil;
  if (until === undefined) return source;
  const inTime = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let read = 0;
    for await (const chunk of chunks) {
      read += chunk.length;
      yield chunk;
      if (performance.now() <= until) continue;
      const { item } = source;
      item.notes = [...(item.notes ?? []), `stopped at the deadline after ${counted(read, 'byte')}`];
      session.notChecked.push({
        what: `the rest of ${item.path}`,
        why: `the deadline came after ${counted(read, 'byte')} of it`,
        wouldShow: 'a run with a later --deadline, or without one',
      });
      return;
    }
  };
  return Object.create(source, {
    chunks: { value: () => inTime(source.chunks()) },
    passing: { value: () => inTime(source.passing()) },
  }) as EvidenceSource;
}
