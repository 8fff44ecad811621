/** What the previous scheduled scan saw: an alert once, not every night; renewed, new and gone certificates; a lock against overlapping runs. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import type { Finding } from '../../finding.ts';
import { isoTime } from '../../instant.ts';
import type { TimelineEntry } from '../../report/types.ts';
import type { AuditResult } from '../../x509/audit/index.ts';
import { EXIT, UserError } from '../exit.ts';
import { writeFileAtomically } from '../output.ts';

export interface ScanState {
  version: 1;
  /** ISO-8601 UTC. */
  ran: string;
  /** SHA-256 to what is known of it. */
  certificates: { [sha256: string]: { name: string; subject: string; notAfter: string; firstSeen: string } };
  /** Fingerprint and priority of findings that were reported. */
  alerted: { [fingerprint: string]: string };
}

const empty = (): ScanState => ({ version: 1, ran: '', certificates: {}, alerted: {} });

/** Reads the state; an absent file is the first run. A damaged one is an error, so that alerts are not lost in silence. */
export function readState(file: string): ScanState {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty();
    throw new UserError(`--state ${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  try {
    const value = JSON.parse(text) as Partial<ScanState>;
    if (value.version === 1 && typeof value.certificates === 'object' && typeof value.alerted === 'object')
      return { ...empty(), ...value } as ScanState;
  } catch {
    // Falls through to the same message as a file of another shape.
  }
  throw new UserError(`--state ${file}: this is no state of an earlier scan`, {
    next: 'remove it to begin anew, or name another file',
  });
}

/** Holds `FILE.lock` for the run; a lock whose process is gone is taken over. Returns the release. */
export function lock(file: string): () => void {
  const path = `${file}.lock`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = openSync(path, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new UserError(`cannot write ${path} (${(error as NodeJS.ErrnoException).code})`);
      if (isRunning(path)) break;
      rmSync(path, { force: true });
    }
  }
  throw new UserError(`another scan with this state is still running (${path})`, {
    exitCode: EXIT.incomplete,
    next: 'wait for it, or give this scan a state of its own',
  });
}

function isRunning(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (!Number.isInteger(pid) || pid <= 0) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Findings that were not reported before, or are more urgent than then. */
export function freshFindings(findings: readonly Finding[], state: ScanState): Finding[] {
  const rank: { readonly [priority: string]: number } = { routine: 1, important: 2, urgent: 3 };
  return findings.filter((f) => (rank[f.priority] ?? 0) > (rank[state.alerted[f.fingerprint] ?? ''] ?? 0));
}

/** New, renewed and gone certificates since the previous run, as entries of the report. */
export function changes(audit: AuditResult, state: ScanState, clock: number): TimelineEntry[] {
  if (state.ran === '') return [];
  const time = new Date(clock).toISOString();
  const entry = (what: string): TimelineEntry => ({ time, what, kind: 'certificate' });
  const now = new Map(audit.certificates.map(({ certificate }) => [certificate.sha256, certificate]));
  const out: TimelineEntry[] = [];
  const gone = Object.entries(state.certificates).filter(([sha]) => !now.has(sha));
  const renewed = new Set<string>();
  for (const [sha, certificate] of now) {
    if (state.certificates[sha]) continue;
    const before = gone.find(([, old]) => old.subject === certificate.subject.text);
    if (before) renewed.add(before[0]);
    out.push(
      entry(
        before
          ? `renewed: ${certificate.subject.text}, now until ${iso(certificate.notAfter)}`
          : `new: ${certificate.subject.text}, until ${iso(certificate.notAfter)}`,
      ),
    );
  }
  for (const [sha, old] of gone)
    if (!renewed.has(sha)) out.push(entry(`gone: ${old.subject}, which was valid until ${old.notAfter}`));
  return out.slice(0, 1000);
}

const iso = (time: number): string => isoTime(time, 'an unreadable date');

/** Writes what this run saw for the next one. */
export function writeState(
  file: string,
  audit: AuditResult,
  findings: readonly Finding[],
  state: ScanState,
  clock: number,
): void {
  const ran = new Date(clock).toISOString();
  const certificates: ScanState['certificates'] = {};
  for (const { certificate: c } of audit.certificates) {
    certificates[c.sha256] = {
      name: c.names[0]?.value ?? '',
      subject: c.subject.text,
      notAfter: iso(c.notAfter),
      firstSeen: state.certificates[c.sha256]?.firstSeen ?? ran,
    };
  }
  const alerted = Object.fromEntries(findings.map((f) => [f.fingerprint, f.priority]));
  writeFileAtomically(
    file,
    `${JSON.stringify({ version: 1, ran, certificates, alerted } satisfies ScanState, null, 1)}\n`,
    0o600,
  );
}
