/** Case folders: what one run leaves when asked to. journal.jsonl, journal.head, playbook.json, manifest.json, report.json. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../finding.ts';
import type { Playbook } from '../playbook/language.ts';
import { maskText } from '../report/mask.ts';
import type { Report, StepRecord } from '../report/types.ts';
import { type ChainEntry, sha256 } from './chain.ts';
import { CaseError, CaseJournal, readJournal } from './journal.ts';

export interface ManifestEntry {
  path: string;
  size: number;
  sha256: string;
}

const PLAYBOOK_FILE = 'playbook.json';
const MANIFEST_FILE = 'manifest.json';
const REPORT_FILE = 'report.json';
const VERIFICATION_FILE = 'verification.json';
/** The file that the last line of a kind seals. */
const FILES = { manifest: MANIFEST_FILE, report: REPORT_FILE, verification: VERIFICATION_FILE };

function write(folder: string, name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return sha256(content);
}

/** What a case keeps of a piece of evidence: a file's own name may hold a card number or a secret (PCI DSS v4.0.1, 3.5.1). */
const kept = ({ path, size, sha256: hash }: ManifestEntry): ManifestEntry => ({
  path: maskText(path),
  size,
  sha256: hash,
});

/** Begins a case for a run of `playbook`. */
export function createCase(
  folder: string,
  playbook: Playbook,
  opening: Omit<Parameters<typeof CaseJournal.create>[1], 'playbook'>,
  now: () => number,
): CaseJournal {
  const text = `${JSON.stringify(playbook, null, 2)}\n`;
  const journal = CaseJournal.create(
    folder,
    { ...opening, playbook: { id: playbook.id, version: playbook.version, sha256: sha256(text) } },
    now,
  );
  write(folder, PLAYBOOK_FILE, text);
  return journal;
}

/** The playbook as it was when the case was opened. */
export function playbookOfCase(folder: string, journal: CaseJournal): Playbook {
  const file = join(folder, PLAYBOOK_FILE);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (sha256(text) !== journal.opening.playbook.sha256)
    throw new CaseError(
      `${file} is not the playbook with which the case was opened`,
      'put the file back, or start again in a new folder',
    );
  return JSON.parse(text) as Playbook;
}

/**
 * Writes the manifest of the evidence, or compares with the one written before.
 * @throws CaseError when a resumed run would see other evidence
 */
export function recordManifest(journal: CaseJournal, evidence: readonly ManifestEntry[]): void {
  const manifest = evidence.map(kept);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const file = join(journal.folder, MANIFEST_FILE);
  const before = lastData(readJournal(journal.folder).entries, 'manifest');
  if (before) {
    if (before.sha256 === sha256(text)) return;
    throw new CaseError(
      `the evidence has changed since the case was opened: ${difference(readManifest(file), manifest)}`,
      'restore it, or start again in a new folder',
    );
  }
  journal.append('manifest', {
    file: MANIFEST_FILE,
    sha256: write(journal.folder, MANIFEST_FILE, text),
    count: manifest.length,
  });
}

/** The manifest as it was written; nothing where it was changed so much that it is none. */
function readManifest(file: string): ManifestEntry[] {
  try {
    const entries = JSON.parse(readFileSync(file, 'utf8')) as ManifestEntry[];
    return entries.filter((entry) => typeof entry.path === 'string');
  } catch {
    return [];
  }
}

function difference(before: readonly ManifestEntry[], after: readonly ManifestEntry[]): string {
  const old = new Map(before.map((entry) => [entry.path, entry.sha256]));
  const now = new Map(after.map((entry) => [entry.path, entry.sha256]));
  const says = [
    ...[...old].filter(([path]) => !now.has(path)).map(([path]) => `${path} is gone`),
    ...[...now].filter(([path]) => !old.has(path)).map(([path]) => `${path} is new`),
    ...[...now]
      .filter(([path, hash]) => old.has(path) && old.get(path) !== hash)
      .map(([path]) => `${path} is different`),
  ];
  return says.slice(0, 3).join(', ') || 'the manifest differs';
}

/** Writes the report of a run, whole or partial, into the case. */
export function recordReport(journal: CaseJournal, report: Report): void {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  journal.append('report', {
    file: REPORT_FILE,
    sha256: write(journal.folder, REPORT_FILE, text),
    verdict: report.summary.verdict,
  });
}

/** What looking again at the findings of a case came to. */
export type VerificationOutcome = 'resolved' | 'still there' | 'could not check';

/**
 * Writes into the case what a later look at its findings came to; closing asks for it.
 * @param results one per finding, as paymedic verify gives them
 * @param evidence what was looked at: names and hashes
 */
export function recordVerification(
  folder: string,
  outcome: VerificationOutcome,
  results: Json,
  evidence: readonly ManifestEntry[],
  now: () => number,
): void {
  const journal = CaseJournal.open(folder, now, 'none');
  try {
    const text = `${JSON.stringify({ outcome, results, evidence: evidence.map(kept) }, null, 2)}\n`;
    journal.append('verification', {
      file: VERIFICATION_FILE,
      sha256: write(folder, VERIFICATION_FILE, text),
      outcome,
    });
  } finally {
    journal.close();
  }
}

/** The report of a case, as a file. */
export const reportOfCase = (folder: string): string => join(folder, REPORT_FILE);

export interface CaseVerdict {
  state: 'intact' | 'broken-off' | 'tampered';
  /** One sentence each: file, line, what is wrong. */
  problems: string[];
  notes: string[];
  lines: number;
  headHash: string;
  closed: boolean;
}

/**
 * Checks that nothing in a case was changed: every byte of the journal, the playbook, the manifest and the report.
 * @param expectedHead hash of the last line as it was noted elsewhere; the only defence against someone who writes a
 * whole new chain
 */
export function verifyCase(folder: string, expectedHead?: string): CaseVerdict {
  const { entries, problems: chain, torn, head } = readJournal(folder);
  const problems = chain.map((problem) => `journal.jsonl line ${problem.line} ${problem.says}`);
  const notes: string[] = [];
  if (entries.length === 0 && problems.length === 0) problems.push('journal.jsonl has no line');
  const check = (file: string, hash: unknown): void => {
    const path = join(folder, file);
    if (!existsSync(path)) problems.push(`${file} is missing`);
    else if (sha256(readFileSync(path)) !== hash) problems.push(`${file} was changed after it was written`);
  };
  const opened = entries[0]?.type === 'opened' ? (entries[0].data as { playbook: { sha256: string } }) : undefined;
  if (opened) check(PLAYBOOK_FILE, opened.playbook.sha256);
  for (const [type, file] of Object.entries(FILES)) {
    const data = lastData(entries, type);
    // A journal that was written anew could name any file of the machine, also one without an end.
    if (data && data.file !== file) problems.push(`journal.jsonl names another file than ${file} as the ${type}`);
    else if (data) check(file, data.sha256);
  }
  const headHash = entries.at(-1)?.hash ?? '';
  if (expectedHead !== undefined && !entries.some((entry) => entry.hash === expectedHead.toLowerCase()))
    problems.push(`no line has the hash ${expectedHead}: the journal was written anew, or cut`);
  if (head && problems.length === 0 && entries.length > head.seq + 1)
    notes.push('the last line is not sealed yet: the run was broken off while writing it');
  if (torn) notes.push('the last line is unfinished: the run was broken off while writing it; resume cuts it away');
  return {
    state: problems.length ? 'tampered' : torn ? 'broken-off' : 'intact',
    problems,
    notes,
    lines: entries.length,
    headHash,
    closed: entries.some((entry) => entry.type === 'closed'),
  };
}

/**
 * Steps of the last report of a case.
 * @throws CaseError when the report is none
 */
export function stepsOfCase(folder: string): StepRecord[] {
  const file = join(folder, REPORT_FILE);
  if (!existsSync(file)) return [];
  try {
    const steps = (JSON.parse(readFileSync(file, 'utf8')) as Partial<Report>).playbook?.steps ?? [];
    if (steps.every(({ id, phase, outcome }) => [id, phase, outcome].every((text) => typeof text === 'string')))
      return steps;
  } catch {
    // No JSON, or not of this form.
  }
  throw new CaseError(`${file} is no report of paymedic`, `look at it with: paymedic case verify ${folder}`);
}

/**
 * Closes a case: nothing can be added to it afterwards.
 * @param force reason for closing a case whose verification has not passed
 * @throws CaseError when a step waits, or the repair was not verified
 */
export function closeCase(folder: string, by: string, note: string, now: () => number, force?: string): void {
  const verdict = verifyCase(folder);
  if (verdict.state === 'tampered') {
    throw new CaseError(
      `the case cannot be closed: ${verdict.problems[0]}`,
      `look at it with: paymedic case verify ${folder}`,
    );
  }
  const steps = stepsOfCase(folder);
  const waiting = steps.filter((step) => step.outcome === 'waiting').map((step) => step.id);
  const unproven = steps.filter(
    (step) =>
      step.phase === 'verify' &&
      !['passed', 'waived'].includes(step.outcome) &&
      !(step.outcome === 'skipped' && /^(condition not met|not needed)/.test(step.because ?? '')),
  );
  // A later look at the findings (paymedic verify FOLDER EVIDENCE) says more than the run that found them.
  const looked = lastData(readJournal(folder).entries, 'verification');
  const verified = steps.some((step) => step.phase === 'verify' && step.outcome === 'passed');
  const why =
    steps.length === 0
      ? 'it has no report'
      : waiting.length
        ? `these steps wait for an answer: ${waiting.join(', ')}`
        : looked
          ? looked.outcome === 'resolved'
            ? undefined
            : `its last verification says: ${String(looked.outcome)}`
          : unproven.length
            ? `its verification has not passed: ${unproven.map((step) => `${step.id} ${step.outcome}`).join(', ')}`
            : verified
              ? undefined
              : 'nothing was verified';
  if (why && !force)
    throw new CaseError(
      `the case cannot be closed: ${why}`,
      `look again with evidence from after the repair (paymedic verify ${folder} EVIDENCE), go on with it (paymedic resume ${folder}), or close it all the same with --force "reason"`,
    );
  const journal = CaseJournal.open(folder, now, 'none');
  try {
    journal.append('closed', {
      by: maskText(by),
      note: maskText(note),
      ...(why && force ? { forced: maskText(force), although: why } : {}),
    });
  } finally {
    journal.close();
  }
}

function lastData(entries: readonly ChainEntry[], type: string): { [key: string]: Json } | undefined {
  return entries.findLast((entry) => entry.type === type)?.data as { [key: string]: Json } | undefined;
}
