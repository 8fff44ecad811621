/** The journal of a case: append-only, flushed line by line, hash-chained, sealed by the hash of its last line. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../finding.ts';
import type { RunJournal, StepDetail } from '../playbook/run.ts';
import { type ChainEntry, type ChainProblem, chainLine, FIRST_PREVIOUS, readChain } from './chain.ts';

const JOURNAL_FILE = 'journal.jsonl';
const HEAD_FILE = 'journal.head';
const LOCK_FILE = 'journal.lock';

/** A case folder that cannot be used; `next` says what to do. */
export class CaseError extends Error {
  readonly code = 'CASE';
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.next = next;
  }
}

/** What the first line of a journal says: enough to run the same again. */
export interface CaseOpening {
  tool: string;
  playbook: { id: string; version: string; sha256: string };
  inputs: { [name: string]: Json };
  /** The evidence as named on the command line. */
  evidence: string[];
  /** Folder from which relative names are meant. */
  folder: string;
  /** ms UTC: the clock of the machine when the case was opened; a resumed run uses it again. */
  system: number;
  options: { [name: string]: Json };
}

export interface JournalText {
  entries: ChainEntry[];
  problems: ChainProblem[];
  /** Bytes after the last whole line: a write that a crash broke off. */
  torn: string;
  head?: { seq: number; hash: string };
}

/** Reads and checks the journal of a case folder. */
export function readJournal(folder: string): JournalText {
  const file = join(folder, JOURNAL_FILE);
  if (!existsSync(file))
    throw new CaseError(
      `${folder} is not a case: it holds no ${JOURNAL_FILE}`,
      'name the folder that was given with --case',
    );
  // latin1 keeps bytes that are not UTF-8 apart from each other; a sound line is compared as UTF-8.
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  const chain = readChain(text);
  const problems = [...chain.problems];
  if (!Buffer.from(text, 'utf8').equals(bytes) && problems.length === 0)
    problems.push({ line: chain.entries.length + 1, says: 'holds bytes that are not UTF-8' });
  const head = readHead(folder);
  if (head) {
    const sealed = chain.entries[head.seq];
    if (problems.length === 0 && !sealed) {
      problems.push({
        line: chain.entries.length + 1,
        says: `is missing: the seal names line ${head.seq + 1} as the last one`,
      });
    } else if (sealed && sealed.hash !== head.hash) {
      problems.push({ line: head.seq + 1, says: 'is not the one that the seal names' });
    }
  } else if (chain.entries.length > 1)
    problems.push({ line: chain.entries.length, says: `has no seal: ${HEAD_FILE} is missing or was changed` });
  return { ...chain, problems, ...(head ? { head } : {}) };
}

function readHead(folder: string): { seq: number; hash: string } | undefined {
  try {
    const match = /^([0-9]{1,9}) ([0-9a-f]{64})\n$/.exec(readFileSync(join(folder, HEAD_FILE), 'latin1'));
    return match ? { seq: Number(match[1]), hash: match[2]! } : undefined;
  } catch {
    return undefined;
  }
}

/** Appends to the journal of one case, and answers what had been done before. */
export class CaseJournal implements RunJournal {
  readonly folder: string;
  readonly opening: CaseOpening;
  private readonly now: () => number;
  private readonly done = new Map<string, StepDetail>();
  private readonly begun = new Set<string>();
  private handle: number;
  private seq: number;
  private last: string;

  private constructor(folder: string, opening: CaseOpening, now: () => number, entries: ChainEntry[]) {
    this.folder = folder;
    this.opening = opening;
    this.now = now;
    this.seq = entries.length;
    this.last = entries.at(-1)?.hash ?? FIRST_PREVIOUS;
    lock(folder);
    this.handle = openSync(join(folder, JOURNAL_FILE), 'a');
    for (const entry of entries) this.replay(entry);
  }

  /**
   * Begins a case in a new or empty folder.
   * @throws CaseError when the folder holds a case already, or something else
   */
  static create(folder: string, opening: CaseOpening, now: () => number): CaseJournal {
    if (existsSync(folder)) {
      if (!statSync(folder).isDirectory()) throw new CaseError(`${folder} is a file`, 'name a new folder for the case');
      if (existsSync(join(folder, JOURNAL_FILE)))
        throw new CaseError(
          `${folder} holds a case already`,
          `go on with it: paymedic resume ${folder}, or name another folder`,
        );
      if (readdirSync(folder).length > 0)
        throw new CaseError(`${folder} is not empty`, 'name a new or empty folder for the case');
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const journal = new CaseJournal(folder, opening, now, []);
    journal.append('opened', opening as unknown as Json);
    return journal;
  }

  /**
   * Opens a case to go on with it. A write that a crash broke off is cut away.
   * @throws CaseError when the journal was tampered with, or the case is closed
   */
  static open(folder: string, now: () => number, entry: 'resumed' | 'none' = 'resumed'): CaseJournal {
    const { entries, problems, torn } = readJournal(folder);
    if (problems.length)
      throw new CaseError(
        `the journal of ${folder} cannot be trusted: line ${problems[0]!.line} ${problems[0]!.says}`,
        `look at it with: paymedic case verify ${folder}`,
      );
    const first = entries[0];
    if (first?.type !== 'opened')
      throw new CaseError(`the journal of ${folder} has no beginning`, 'start the run again in a new folder');
    if (entries.some((entry) => entry.type === 'closed'))
      throw new CaseError(`the case ${folder} is closed`, 'open a new case');
    const journal = new CaseJournal(folder, first.data as unknown as CaseOpening, now, entries);
    if (torn) cutTorn(join(folder, JOURNAL_FILE), Buffer.byteLength(torn));
    if (entry === 'resumed') journal.append('resumed', {});
    return journal;
  }

  finished(step: string): StepDetail | undefined {
    return this.done.get(step);
  }

  wasBegun(step: string): boolean {
    return this.begun.has(step);
  }

  begin(step: string): void {
    this.begun.add(step);
    this.append('began', { step });
  }

  end(step: string, detail: StepDetail): void {
    const before = this.done.get(step);
    // An interrupted step may have taken effect: that it was begun is forgotten only when its end is final.
    if (detail.final) this.begun.delete(step);
    if (before && JSON.stringify(before) === JSON.stringify(detail)) return;
    this.append('ended', { step, detail: detail as unknown as Json });
    if (detail.final) this.done.set(step, detail);
  }

  /** Writes one line, flushes it, then moves the seal. */
  append(type: string, data: Json): void {
    const { line, hash } = chainLine({
      seq: this.seq,
      time: new Date(this.now()).toISOString(),
      type,
      data,
      previous: this.last,
    });
    writeSync(this.handle, `${line}\n`);
    fsyncSync(this.handle);
    seal(this.folder, this.seq, hash);
    this.seq++;
    this.last = hash;
  }

  /** The hash of the last line: note it elsewhere to prove later that the whole journal is as it was. */
  get headHash(): string {
    return this.last;
  }

  close(): void {
    if (this.handle < 0) return;
    closeSync(this.handle);
    this.handle = -1;
    rmSync(join(this.folder, LOCK_FILE), { force: true });
  }

  private replay(entry: ChainEntry): void {
    const data = entry.data as { step?: string; detail?: StepDetail };
    if (entry.type === 'began' && data.step) this.begun.add(data.step);
    if (entry.type === 'ended' && data.step && data.detail) {
      if (data.detail.final) {
        this.begun.delete(data.step);
        this.done.set(data.step, data.detail);
      }
    }
  }
}

/** Only one process writes a journal. A lock whose process is gone, as after a crash, is taken over. */
function lock(folder: string): void {
  const file = join(folder, LOCK_FILE);
  for (let again = true; ; again = false) {
    try {
      writeFileSync(file, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(file, 'utf8'));
      if (!again || isRunning(owner)) {
        throw new CaseError(
          `the case ${folder} is in use by process ${owner}`,
          `wait until it has ended; if it is not paymedic, remove ${file}`,
        );
      }
      rmSync(file, { force: true });
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function seal(folder: string, seq: number, hash: string): void {
  const file = join(folder, HEAD_FILE);
  const handle = openSync(`${file}.new`, 'w', 0o600);
  try {
    writeSync(handle, `${seq} ${hash}\n`);
  } finally {
    closeSync(handle);
  }
  renameSync(`${file}.new`, file);
}

function cutTorn(file: string, bytes: number): void {
  const handle = openSync(file, 'r+');
  try {
    ftruncateSync(handle, statSync(file).size - bytes);
  } finally {
    closeSync(handle);
  }
}
