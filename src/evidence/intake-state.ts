import type { Detectors } from './identify.ts';
import type { EvidenceLimits } from './limits.ts';
import type { Stored } from './stored.ts';
import type { EvidenceItem, EvidenceSource } from './types.ts';

export interface Problem {
  input: string;
  /** What happened. */
  what: string;
  /** What to do about it. */
  next: string;
  /** The user named this very input, so that the run is incomplete without it. */
  named: boolean;
}

/** What one run has taken in so far. */
export interface Intake {
  items: EvidenceItem[];
  /** The first item of each content, by its SHA-256. */
  byDigest: Map<string, EvidenceItem>;
  sources: EvidenceSource[];
  problems: Problem[];
  /**
   * Bytes as stored and after decompression, as far as known: those kept for the readers, those of all members of archives,
   * and of members that expand as those of a bomb do.
   */
  bytes: { stored: number; kept: number; expanded: number; suspect: number };
  pendingHashes: Map<EvidenceItem, Stored>;
  /** Whether large files are hashed too; without a manifest nobody needs that. */
  hashLarge: boolean;
  limits: EvidenceLimits;
  detectors: Detectors;
}

export const addNote = (item: EvidenceItem, note: string): void => {
  item.notes ??= [];
  if (!item.notes.includes(note)) item.notes.push(note);
};

/** The content of an artefact after decompression. */
export interface Content {
  head: Buffer;
  size: number | undefined;
  whole?: Buffer;
  open(): AsyncIterable<Buffer>;
  /** The same, each chunk valid only until the next is asked for; missing where there is no such way. */
  passing?: Opener;
  /** What is stored are other bytes. */
  packed?: true;
}

/** Gives the content from its start, each time. */
export type Opener = () => AsyncIterable<Buffer>;

/** Notes a problem beside the item and in the list. */
export function report(intake: Intake, item: EvidenceItem, what: string, next: string, named: boolean): void {
  addNote(item, what);
  intake.problems.push({ input: item.path, what, next, named });
}

/** Says once that the file limit is reached. */
export function roomLeft(intake: Intake, path: string): boolean {
  if (intake.items.length < intake.limits.files) return true;
  const what = `more than ${intake.limits.files} files; this one and what follows was not read`;
  if (!intake.problems.some((problem) => problem.what === what))
    intake.problems.push({ input: path, what, next: 'name the folders that matter', named: false });
  return false;
}

/** An artefact that is there but cannot be read stays in the manifest. */
export function unreadable(
  intake: Intake,
  path: string,
  size: number,
  why: string,
  named: boolean,
  next = 'grant read access or copy it again, then run again',
): void {
  intake.items.push({ id: `e${intake.items.length + 1}`, path, kind: 'binary', size, sha256: '', unreadable: why });
  intake.problems.push({
    input: path,
    what: `could not be read: ${why}`,
    next,
    named,
  });
}
